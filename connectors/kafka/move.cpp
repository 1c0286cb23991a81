#include "connectors/kafka/move.hpp"

#include "actors/partition/meta_record.hpp"
#include "actors/partition/state_key.hpp"
#include "connectors/kafka/client.hpp"
#include "connectors/kafka/partition_reader.hpp"
#include "connectors/kafka/producer.hpp"
#include "connectors/kafka/topic_reader.hpp"
#include "messages/partitioner.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <utility>

namespace fairlead::kafka {
namespace {

using namespace std::chrono_literals;

// One transaction of the copy: far below what a broker takes at once.
constexpr std::size_t records_per_transaction = 5'000;
constexpr std::size_t bytes_per_transaction = 8'000'000;

// How much of a partition's end is looked at first for its meta record, which
// is part of every transaction.
constexpr std::int64_t tail_records = 20'000;

/// The last meta record of a partition of `state`; nothing: it is empty.
std::optional<meta_record> last_meta(const settings& s,
                                     std::int32_t partition) {
  auto name = topic_name(s, topic::state);
  auto asking = make_client(s, client_role::admin);
  auto extent
    = query_watermarks(asking.get(), name, partition, s.connect_timeout);
  for (auto tail = tail_records; extent.low < extent.high; tail *= 8) {
    auto from = std::max(extent.low, extent.high - tail);
    partition_reader reader{s, client_role::reader};
    reader.add(name, partition, from);
    std::optional<meta_record> found;
    auto next = from;
    for (auto end = std::chrono::steady_clock::now() + s.connect_timeout;
         next < extent.high;) {
      auto m = reader.next(200ms);
      if (m == nullptr) {
        if (std::chrono::steady_clock::now() > end)
          throw not_reachable("Kafka no longer answers at " + s.brokers
                              + ": the state could not be read");
        continue;
      }
      if (m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        next = extent.high;
        continue;
      }
      if (m->err != RD_KAFKA_RESP_ERR_NO_ERROR)
        continue;
      next = m->offset + 1;
      if (m->key != nullptr && m->payload != nullptr
          && std::string_view{static_cast<const char*>(m->key), m->key_len}
               == meta_key)
        found = decode_meta({static_cast<const char*>(m->payload), m->len});
    }
    if (found || from == extent.low)
      return found;
  }
  return std::nullopt;
}

/// What does not fit; nothing: it does.
std::optional<std::string> misfit(const meta_record& m,
                                  std::int32_t partitions) {
  if (m.partitions != 0 && m.partitions != partitions)
    return "the state was written with " + std::to_string(m.partitions)
           + " partitions, and the topics have " + std::to_string(partitions)
           + ": the number of partitions is for ever, teams would look for "
             "their state where it is not; to have another number, copy the "
             "state with `fairlead topics move`, made before the topics were "
             "altered";
  return std::nullopt;
}

void require_nobody_in_group(const settings& s, const std::string& group) {
  auto client = make_client(s, client_role::admin);
  queue_ptr queue{rd_kafka_queue_new(client.get())};
  std::array<const char*, 1> groups{group.c_str()};
  rd_kafka_DescribeConsumerGroups(client.get(), groups.data(), groups.size(),
                                  nullptr, queue.get());
  event_ptr event{
    rd_kafka_queue_poll(queue.get(), as_ms(s.connect_timeout + 5s))};
  if (event == nullptr)
    throw not_reachable("no Kafka broker answered at " + s.brokers);
  std::size_t n = 0;
  const auto* result
    = rd_kafka_event_DescribeConsumerGroups_result(event.get());
  const auto* found
    = result == nullptr
        ? nullptr
        : rd_kafka_DescribeConsumerGroups_result_groups(result, &n);
  if (n == 0)
    throw std::runtime_error("the broker does not say who is in the group "
                             + group);
  if (auto members = rd_kafka_ConsumerGroupDescription_member_count(found[0]);
      members > 0)
    throw std::runtime_error("the group " + group + " has "
                             + std::to_string(members)
                             + (members == 1 ? " member" : " members")
                             + ": stop all instances of the service first");
}

/// Everything that is in a topic by now.
template <class Each>
void read_all(const settings& s, std::vector<topic> topics, Each each) {
  topic_reader::options what;
  what.topics = std::move(topics);
  what.from = read_start::beginning;
  topic_reader reader{s, what};
  while (!reader.caught_up())
    while (auto r = reader.next(200ms))
      each(std::move(*r));
}

/// Writes in transactions of a bounded size.
class writer {
public:
  explicit writer(const settings& s)
    : settings_{s},
      dog_{s.watchdog_limit},
      watched_{dog_.watch("the copy")},
      none_{rd_kafka_topic_partition_list_new(0)},
      producer_{producer::open(
        {.settings = settings_,
         .partition = 0,
         .control = control_,
         .watched = *watched_,
         .faults = faults_,
         .transactional_id = settings_.topic_prefix + "-move"})} {}

  void add(new_record r) {
    bytes_ += bytes_of(r);
    records_.push_back(std::move(r));
    if (records_.size() >= records_per_transaction
        || bytes_ >= bytes_per_transaction)
      write();
  }

  void write() {
    if (records_.empty())
      return;
    auto attempt = producer_->write(records_, none_.get(), nullptr);
    if (!attempt.done)
      throw std::runtime_error("the copy could not be written: " + attempt.why);
    records_.clear();
    bytes_ = 0;
    watched_->rests();
  }

private:
  static std::size_t bytes_of(const new_record& r) {
    return (r.key ? r.key->size() : 0) + (r.value ? r.value->size() : 0);
  }

  settings settings_;
  partition_control control_;
  fault_injector faults_;
  watchdog dog_;
  std::shared_ptr<watched_thread> watched_;
  partitions_ptr none_;
  std::vector<new_record> records_; // outlive the producer, which reads them
  std::size_t bytes_ = 0;
  std::unique_ptr<producer> producer_;
};

/// The state of a prefix: its snapshots, and how far its inputs were read.
struct whole_state {
  std::map<std::string, std::string> snapshots;
  std::map<std::int32_t, input_positions> positions;
  std::set<std::string> groups; /// that it says it belongs to
};

whole_state read_state(const settings& s, std::int32_t partitions) {
  whole_state out;
  read_all(s, {topic::state}, [&](raw_record r) {
    if (!r.key)
      return;
    if (*r.key == meta_key && r.value) {
      auto m = decode_meta(*r.value);
      if (auto why = misfit(m, partitions))
        throw std::runtime_error(*why);
      out.groups.insert(m.consumer_group.empty() ? s.group_id
                                                 : m.consumer_group);
      out.positions[r.partition] = m.positions;
    } else if (!split_state_key(*r.key)) {
      return; // a fence
    } else if (r.value) {
      out.snapshots[*r.key] = std::move(*r.value);
    } else {
      out.snapshots.erase(*r.key);
    }
  });
  return out;
}

} // namespace

std::vector<std::string> check_state(const settings& s,
                                     std::int32_t partitions) {
  std::set<std::string> problems;
  for (std::int32_t p = 0; p < partitions; ++p)
    if (auto meta = last_meta(s, p))
      if (auto why = misfit(*meta, partitions))
        problems.insert(*why);
  return {problems.begin(), problems.end()};
}

moved move_topics(const settings& from, const settings& to,
                  const topics_plan& plan) {
  auto report = check_topics(from);
  if (!report.problems.empty())
    throw std::runtime_error(report.problems.front());
  require_nobody_in_group(from, from.group_id);
  auto source = read_state(from, report.partitions);
  for (const auto& group : source.groups)
    require_nobody_in_group(from, group);
  // The journal comes last: without it no service starts.
  auto copying = plan;
  copying.inputs_keep_timestamps = true;
  auto first = all_topics();
  std::erase(first, topic::journal);
  auto made = create_topics(to, copying, first);
  if (!made.existing.empty())
    throw std::runtime_error("the topic " + made.existing.front()
                             + " is there already: the new prefix must be "
                               "unused");
  moved out;
  writer w{to};
  std::set<std::string_view> teams;
  for (auto& [key, value] : source.snapshots) {
    auto team = split_state_key(key)->team;
    teams.insert(team);
    ++out.entities;
    w.add({.on = topic::state,
           .partition = partition_of(team, plan.partitions),
           .key = key,
           .value = std::move(value),
           .headers = {},
           .timestamp = {}});
  }
  out.teams = teams.size();
  std::vector<topic> inputs;
  for (std::size_t i = 0; i < input_topic_count; ++i)
    inputs.push_back(static_cast<topic>(i));
  read_all(from, inputs, [&](raw_record r) {
    auto read = source.positions.find(r.partition);
    if (read != source.positions.end()
        && r.offset < read->second[static_cast<std::size_t>(r.on)])
      return;
    ++out.unread;
    // What has no key is forwarded to where it belongs (R47).
    w.add({.on = r.on,
           .partition = r.key ? partition_of(*r.key, plan.partitions) : 0,
           .key = std::move(r.key),
           .value = std::move(r.value),
           .headers = std::move(r.headers),
           .timestamp = r.timestamp});
  });
  for (std::int32_t p = 0; p < plan.partitions; ++p)
    w.add({.on = topic::state,
           .partition = p,
           .key = std::string{meta_key},
           .value = encode_meta({.positions = no_positions,
                                 .consumer_group = to.group_id,
                                 .partitions = plan.partitions}),
           .headers = {},
           .timestamp = {}});
  w.write();
  use_broker_time(to, plan);
  static_cast<void>(create_topics(to, plan, {topic::journal}));
  return out;
}

} // namespace fairlead::kafka
