#include "connectors/kafka/partition_reader.hpp"

#include <stdexcept>
#include <utility>

namespace fairlead::kafka {
namespace {

// So much at once may have been all that may wait (queued.max.messages.kbytes);
// with each record comes what librdkafka adds.
constexpr std::size_t much = std::size_t{256} * 1024;
constexpr std::size_t added_bytes = 256;

} // namespace

partition_reader::partition_reader(const settings& s, client_role role)
  : client_{make_client(s, role)} {
  queues_.emplace_back(rd_kafka_queue_new(client_.get()));
}

partition_reader::~partition_reader() {
  for (auto& p : parts_)
    rd_kafka_consume_stop(p.on.get(), p.partition);
  parts_.clear();
  queues_.clear();
}

// The old consumer interface: the new one needs a group id, and then the right
// to describe that group, for what only reads.
void partition_reader::add(const std::string& topic_name,
                           std::int32_t partition, std::int64_t offset,
                           std::size_t queue) {
  while (queues_.size() <= queue)
    queues_.emplace_back(rd_kafka_queue_new(client_.get()));
  topic_ptr on{rd_kafka_topic_new(client_.get(), topic_name.c_str(), nullptr)};
  if (on == nullptr
      || rd_kafka_consume_start_queue(on.get(), partition, offset,
                                      queues_.at(queue).get())
           != 0)
    throw std::runtime_error(topic_name + '/' + std::to_string(partition)
                             + " can't be read: "
                             + text_of(rd_kafka_last_error()));
  parts_.push_back({std::move(on), partition});
}

message_ptr partition_reader::next(std::chrono::milliseconds wait,
                                   std::size_t queue) {
  auto* from = queues_.at(queue).get();
  message_ptr m{rd_kafka_consume_queue(from, 0)};
  if (m == nullptr && wait.count() > 0) {
    if (std::exchange(bytes_, 0) > much)
      hurry();
    m.reset(rd_kafka_consume_queue(from, as_ms(wait)));
  }
  if (m != nullptr)
    bytes_ += m->len + m->key_len + added_bytes;
  return m;
}

void partition_reader::join_queues() {
  for (std::size_t i = 1; i < queues_.size(); ++i)
    rd_kafka_queue_forward(queues_[i].get(), queues_[0].get());
}

// Where as much waits as may, librdkafka's threads sleep, up to a second though
// all of it has been taken meanwhile. Nothing but a request wakes them (2.0.2;
// since 2.2 there is fetch.queue.backoff.ms). The answer does not matter.
void partition_reader::hurry() {
  partitions_ptr all{
    rd_kafka_topic_partition_list_new(static_cast<int>(parts_.size()))};
  for (const auto& p : parts_)
    rd_kafka_topic_partition_list_add(
      all.get(), rd_kafka_topic_name(p.on.get()), p.partition)
      ->offset
      = RD_KAFKA_OFFSET_END;
  static_cast<void>(rd_kafka_offsets_for_times(client_.get(), all.get(), 1));
}

raw_record to_raw_record(const rd_kafka_message_t& m, topic on) {
  raw_record r;
  r.on = on;
  r.partition = m.partition;
  r.offset = m.offset;
  rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
  auto ms = rd_kafka_message_timestamp(&m, &type);
  r.timestamp = at_ms(type == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE ? 0 : ms);
  r.log_append_time = type == RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME;
  if (m.key != nullptr)
    r.key.emplace(static_cast<const char*>(m.key), m.key_len);
  if (m.payload != nullptr)
    r.value.emplace(static_cast<const char*>(m.payload), m.len);
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&m, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR) {
    const char* name = nullptr;
    const void* value = nullptr;
    std::size_t size = 0;
    for (std::size_t i = 0;
         rd_kafka_header_get_all(headers, i, &name, &value, &size)
         == RD_KAFKA_RESP_ERR_NO_ERROR;
         ++i) {
      auto& h = r.headers.emplace_back(name, std::nullopt);
      if (value != nullptr)
        h.second.emplace(static_cast<const char*>(value), size);
    }
  }
  return r;
}

bool is_visible(const settings& s, const std::string& topic_name,
                std::int32_t partition, std::int64_t offset,
                const std::function<bool()>& go_on) {
  partition_reader reading{s, client_role::restorer};
  reading.add(topic_name, partition, offset);
  while (go_on()) {
    auto m = reading.next(std::chrono::milliseconds{100});
    if (m == nullptr)
      continue;
    if (m->err == RD_KAFKA_RESP_ERR_NO_ERROR)
      return m->offset == offset;
    // An end at that very offset means that it is still undecided.
    if (m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF && m->offset > offset)
      return false;
  }
  throw std::runtime_error("could not find out whether a transaction was "
                           "committed");
}

} // namespace fairlead::kafka
