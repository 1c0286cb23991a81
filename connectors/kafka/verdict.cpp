#include "connectors/kafka/verdict.hpp"

namespace fairlead::kafka {

verdict judge(rd_kafka_resp_err_t code, error_flags flags) {
  // An if chain, not a switch: the enumeration has 200 other cases.
  if (code == RD_KAFKA_RESP_ERR__FENCED
      || code == RD_KAFKA_RESP_ERR_PRODUCER_FENCED
      || code == RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH)
    return verdict::fenced;
  if (code == RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION
      || code == RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID
      || code == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID)
    return verdict::stale;
  if (flags.fatal)
    return verdict::fatal;
  return flags.retriable ? verdict::again : verdict::abort;
}

verdict judge(const rd_kafka_error_t* error) {
  return judge(rd_kafka_error_code(error),
               {.retriable = rd_kafka_error_is_retriable(error) != 0,
                .fatal = rd_kafka_error_is_fatal(error) != 0});
}

} // namespace fairlead::kafka
