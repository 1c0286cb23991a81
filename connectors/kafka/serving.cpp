#include "connectors/kafka/serving.hpp"

#include "connectors/kafka/client.hpp"

#include <array>
#include <chrono>
#include <cstddef>

namespace fairlead::kafka {
namespace {

using namespace std::chrono_literals;

// Whoever asks must be able to stop in good time; the answer can be had later.
constexpr auto patience = 3s;

std::string name_of(const rd_kafka_MemberDescription_t* m) {
  const auto* name = rd_kafka_MemberDescription_group_instance_id(m);
  if (name != nullptr && *name != '\0')
    return name;
  const auto* client = rd_kafka_MemberDescription_client_id(m);
  const auto* host = rd_kafka_MemberDescription_host(m);
  std::string at = host == nullptr ? "" : host;
  if (at.starts_with('/')) // Java writes an address without a name so
    at.erase(0, 1);
  return std::string{client == nullptr ? "" : client}
         + (at.empty() ? "" : " at " + at);
}

} // namespace

std::optional<std::map<std::int32_t, std::string>>
who_serves(const settings& s) {
  auto client = make_client(s, client_role::admin);
  queue_ptr queue{rd_kafka_queue_new(client.get())};
  std::array<const char*, 1> groups{s.group_id.c_str()};
  rd_kafka_DescribeConsumerGroups(client.get(), groups.data(), groups.size(),
                                  nullptr, queue.get());
  event_ptr event{rd_kafka_queue_poll(queue.get(), as_ms(patience))};
  if (event == nullptr)
    return std::nullopt;
  const auto* result
    = rd_kafka_event_DescribeConsumerGroups_result(event.get());
  if (result == nullptr)
    return std::nullopt;
  std::size_t n = 0;
  const auto* found = rd_kafka_DescribeConsumerGroups_result_groups(result, &n);
  if (n == 0
      || rd_kafka_error_code(rd_kafka_ConsumerGroupDescription_error(found[0]))
           != RD_KAFKA_RESP_ERR_NO_ERROR)
    return std::nullopt;
  auto state = rd_kafka_ConsumerGroupDescription_state(found[0]);
  if (state != RD_KAFKA_CONSUMER_GROUP_STATE_STABLE
      && state != RD_KAFKA_CONSUMER_GROUP_STATE_EMPTY
      && state != RD_KAFKA_CONSUMER_GROUP_STATE_DEAD)
    return std::nullopt;
  // All inputs of a partition are the same member's.
  auto inputs = topic_name(s, topic::leads);
  std::map<std::int32_t, std::string> out;
  auto members = rd_kafka_ConsumerGroupDescription_member_count(found[0]);
  for (std::size_t i = 0; i < members; ++i) {
    const auto* m = rd_kafka_ConsumerGroupDescription_member(found[0], i);
    const auto* assigned = rd_kafka_MemberDescription_assignment(m);
    const auto* parts = assigned == nullptr
                          ? nullptr
                          : rd_kafka_MemberAssignment_partitions(assigned);
    for (int k = 0; parts != nullptr && k < parts->cnt; ++k)
      if (parts->elems[k].topic == inputs)
        out[parts->elems[k].partition] = name_of(m);
  }
  return out;
}

} // namespace fairlead::kafka
