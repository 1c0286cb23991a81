#include "connectors/kafka/verdict.hpp"

#include <gtest/gtest.h>

#include <array>

namespace fairlead::kafka {
namespace {

TEST(KafkaVerdict, CodesBeatFlags) {
  struct row {
    rd_kafka_resp_err_t code;
    error_flags flags;
    verdict expected;
  };
  std::array table{
    row{RD_KAFKA_RESP_ERR__FENCED,
        {.retriable = false, .fatal = true},
        verdict::fenced},
    row{
      RD_KAFKA_RESP_ERR_PRODUCER_FENCED, {.retriable = true}, verdict::fenced},
    row{RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH, {}, verdict::fenced},
    row{RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION, {}, verdict::stale},
    row{
      RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID, {.retriable = true}, verdict::stale},
    row{RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID, {.fatal = true}, verdict::stale},
    row{RD_KAFKA_RESP_ERR__TIMED_OUT, {.retriable = true}, verdict::again},
    row{RD_KAFKA_RESP_ERR__TIMED_OUT,
        {.retriable = true, .fatal = true},
        verdict::fatal},
    row{RD_KAFKA_RESP_ERR__TIMED_OUT, {}, verdict::abort},
    row{RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, {}, verdict::abort},
    row{RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
        {.fatal = true},
        verdict::fatal}};
  for (const auto& r : table)
    EXPECT_EQ(judge(r.code, r.flags), r.expected) << rd_kafka_err2name(r.code);
}

} // namespace
} // namespace fairlead::kafka
