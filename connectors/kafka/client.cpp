#include "connectors/kafka/client.hpp"

#include "connectors/log.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace fairlead::kafka {
namespace {

void log_line(const rd_kafka_t* client, int level, const char* facility,
              const char* text) {
  // Every handle gets every passed property, and a consumer is meant to ignore
  // a producer's.
  if (std::string_view{facility} == "CONFWARN")
    return;
  // librdkafka reports a fenced producer or a restarting broker as an error.
  // What needs somebody's attention we say ourselves.
  auto* say = level <= 4 ? log_warning : level <= 6 ? log_info : log_debug;
  say(std::string{"kafka: "} + text + " (" + facility + ", "
      + (client != nullptr ? rd_kafka_name(client) : "") + ")");
}

void set(rd_kafka_conf_t* conf, const std::string& name,
         const std::string& value) {
  std::array<char, 512> why{};
  if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), why.data(),
                        why.size())
      != RD_KAFKA_CONF_OK)
    throw settings_error("the Kafka property " + name
                         + " can't be used: " + why.data());
}

bool produces(client_role role) {
  return role == client_role::transactional || role == client_role::sink
         || role == client_role::admin;
}

// librdkafka 2.5.0.
constexpr int first_with_telemetry = 0x020500ff;

using settings_list = std::vector<std::pair<std::string, std::string>>;

// What passed properties may override.
settings_list defaults_of(const settings& s, client_role role) {
  settings_list out{{"client.id", "fairlead"},
                    {"socket.nagle.disable", "true"},
                    // By default a broker may have been back for ten seconds
                    // before anybody looks.
                    {"reconnect.backoff.max.ms", "2000"},
                    {"log.connection.close", "false"}};
  auto add = [&out](const char* name, std::string value) {
    out.emplace_back(name, std::move(value));
  };
  // KIP-714: handles would tell the broker about themselves, and the end of
  // each waits up to a second for the last word of it.
  if (rd_kafka_version() >= first_with_telemetry)
    add("enable.metrics.push", "false");
  auto ms
    = [](std::chrono::milliseconds t) { return std::to_string(t.count()); };
  // The others need no session, but librdkafka compares max.poll.interval.ms,
  // which may be passed, with it on every consumer.
  if (!produces(role)) {
    add("session.timeout.ms", ms(s.session_timeout));
    add("heartbeat.interval.ms", ms(s.heartbeat_interval));
  }
  switch (role) {
    case client_role::member:
      add("queued.min.messages", "100000");
      add("queued.max.messages.kbytes", "4096");
      break;
    case client_role::restorer:
      // The end is announced by an empty answer of the broker, which would
      // otherwise take half a second.
      add("fetch.wait.max.ms", "5");
      break;
    case client_role::reader:
      add("fetch.wait.max.ms", "100");
      // What waits for the caller, of all partitions that share a queue; one
      // answer of the broker brings as much at most. By default it is some
      // hundred megabytes.
      add("queued.min.messages", "20000");
      add("queued.max.messages.kbytes", "4096");
      add("fetch.message.max.bytes", "524288");
      break;
    case client_role::transactional:
      // 100 ms by default: every transaction that follows at once on another
      // would wait that long (CONCURRENT_TRANSACTIONS).
      add("retry.backoff.ms", "2");
      // A commit flushes anyway; 0 sends nearly one request per record.
      add("linger.ms", "50");
      add("compression.type", "lz4");
      add("transaction.timeout.ms", ms(s.transaction_timeout));
      add("message.timeout.ms", ms(s.transaction_timeout));
      add("queue.buffering.max.messages", "1000000");
      add("queue.buffering.max.kbytes", "1048576");
      // The broker checks the compressed size, librdkafka the size before: a
      // dead letter must not fail here because its original was compressed.
      add("message.max.bytes", "67108864");
      add("batch.size", "1000000");
      break;
    case client_role::sink:
      add("retry.backoff.ms", "10");
      add("linger.ms", "2");
      // Not packed, as what others read (producer.cpp).
      add("message.timeout.ms", ms(s.transaction_timeout));
      break;
    case client_role::admin:
      break;
  }
  return out;
}

// What they may not.
settings_list musts_of(const settings& s, client_role role,
                       const client_hooks& hooks) {
  settings_list out{{"bootstrap.servers", s.brokers}};
  auto add = [&out](const char* name, std::string value) {
    out.emplace_back(name, std::move(value));
  };
  switch (role) {
    case client_role::member:
      add("group.id", s.group_id);
      if (!s.instance_id.empty())
        add("group.instance.id", s.instance_id);
      // Cooperative-sticky and roundrobin don't keep partition p of all
      // topics together.
      add("partition.assignment.strategy", "range");
      add("isolation.level", "read_committed");
      add("enable.auto.commit", "false");
      add("enable.auto.offset.store", "false");
      add("auto.offset.reset", "earliest");
      add("enable.partition.eof", "true");
      break;
    case client_role::restorer:
    case client_role::reader:
      add("isolation.level", "read_committed");
      add("enable.auto.commit", "false");
      add("enable.auto.offset.store", "false");
      add("auto.offset.reset", "earliest");
      add("enable.partition.eof", "true");
      break;
    case client_role::transactional:
      if (!hooks.transactional_id.empty())
        add("transactional.id", hooks.transactional_id);
      break;
    case client_role::sink:
      add("enable.idempotence", "true");
      add("acks", "all");
      // The default is CRC32, and then every record would have to be forwarded
      // to its partition (R47).
      add("partitioner", "murmur2_random");
      break;
    case client_role::admin:
      break;
  }
  return out;
}

} // namespace

conf_ptr make_conf(const settings& s, client_role role,
                   const client_hooks& hooks) {
  conf_ptr conf{rd_kafka_conf_new()};
  for (const auto& [name, value] : defaults_of(s, role))
    set(conf.get(), name, value);
  for (const auto& [name, value] : s.properties)
    set(conf.get(), name, value);
  for (const auto& [name, value] : musts_of(s, role, hooks))
    set(conf.get(), name, value);
  rd_kafka_conf_set_log_cb(conf.get(), log_line);
  rd_kafka_conf_set_opaque(conf.get(), hooks.opaque);
  if (hooks.delivered != nullptr)
    rd_kafka_conf_set_dr_msg_cb(conf.get(), hooks.delivered);
  if (hooks.rebalance != nullptr)
    rd_kafka_conf_set_rebalance_cb(conf.get(), hooks.rebalance);
  if (hooks.error != nullptr)
    rd_kafka_conf_set_error_cb(conf.get(), hooks.error);
  return conf;
}

client_ptr make_client(const settings& s, client_role role,
                       const client_hooks& hooks) {
  auto conf = make_conf(s, role, hooks);
  std::array<char, 512> why{};
  client_ptr client{
    rd_kafka_new(produces(role) ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER,
                 conf.get(), why.data(), why.size())};
  if (client == nullptr)
    throw settings_error(std::string{"the Kafka settings can't be used: "}
                         + why.data());
  // The handle owns it now.
  static_cast<void>(conf.release());
  return client;
}

int as_ms(std::chrono::milliseconds t) {
  return static_cast<int>(std::clamp<std::chrono::milliseconds::rep>(
    t.count(), 0, std::numeric_limits<int>::max()));
}

bool nobody_answered(rd_kafka_resp_err_t code) {
  return code == RD_KAFKA_RESP_ERR__TRANSPORT
         || code == RD_KAFKA_RESP_ERR__TIMED_OUT
         || code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN;
}

std::string text_of(rd_kafka_resp_err_t code) {
  std::string out = rd_kafka_err2str(code);
  while (!out.empty() && (out.back() == '.' || out.back() == ' '))
    out.pop_back();
  return out;
}

std::string text_of(const rd_kafka_error_t* error) {
  if (error == nullptr)
    return "no error";
  std::string out = rd_kafka_error_string(error);
  while (!out.empty() && (out.back() == '.' || out.back() == ' '))
    out.pop_back();
  return out + " (" + rd_kafka_error_name(error) + ')';
}

std::string missing_right(rd_kafka_resp_err_t code, const settings& s,
                          const std::string& operation,
                          const std::string& topic) {
  auto missing = [](const std::string& right) {
    return "; the ACL " + right + " is missing";
  };
  if (code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED)
    return missing(operation + " on the topic "
                   + (topic.empty() ? s.topic_prefix + ".*" : topic));
  if (code == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED)
    return missing("Read on the group " + s.group_id);
  if (code == RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED)
    return missing("Write on the transactional id " + s.topic_prefix + "-*");
  return "";
}

error_ptr produce(rd_kafka_t* client, rd_kafka_topic_t* to,
                  std::int32_t partition, const new_record& r,
                  value_memory memory, void* opaque) {
  std::array<rd_kafka_vu_t, 8> vu;
  std::size_t n = 0;
  auto add = [&vu, &n ](rd_kafka_vtype_t type) -> auto& {
    vu[n].vtype = type;
    return vu[n++].u;
  };
  add(RD_KAFKA_VTYPE_RKT).rkt = to;
  add(RD_KAFKA_VTYPE_PARTITION).i32 = partition;
  add(RD_KAFKA_VTYPE_MSGFLAGS).i
    = memory == value_memory::copied ? RD_KAFKA_MSG_F_COPY : 0;
  // 0 (an instant that was not set) means now.
  add(RD_KAFKA_VTYPE_TIMESTAMP).i64 = ms_of(r.timestamp);
  add(RD_KAFKA_VTYPE_OPAQUE).ptr = opaque;
  // The C interface wants non-const pointers to what it only reads.
  auto put = [&add](rd_kafka_vtype_t type, const std::string& text) {
    auto& u = add(type);
    u.mem.ptr = const_cast<char*>(text.data());
    u.mem.size = text.size();
  };
  if (r.value)
    put(RD_KAFKA_VTYPE_VALUE, *r.value);
  if (r.key)
    put(RD_KAFKA_VTYPE_KEY, *r.key);
  rd_kafka_headers_t* headers = nullptr;
  if (const auto& all = headers_of(r); !all.empty()) {
    headers = rd_kafka_headers_new(all.size());
    for (const auto& [name, value] : all)
      rd_kafka_header_add(headers, name.data(),
                          static_cast<ssize_t>(name.size()),
                          value ? value->data() : nullptr,
                          value ? static_cast<ssize_t>(value->size()) : 0);
    add(RD_KAFKA_VTYPE_HEADERS).headers = headers;
  }
  error_ptr error{rd_kafka_produceva(client, vu.data(), n)};
  // Only a message that was accepted owns its headers.
  if (error != nullptr && headers != nullptr)
    rd_kafka_headers_destroy(headers);
  return error;
}

watermarks query_watermarks(rd_kafka_t* client, const std::string& topic_name,
                            std::int32_t partition,
                            std::chrono::milliseconds timeout) {
  watermarks w;
  // librdkafka 2.0.2 takes the leader from its cache, and where that has moved
  // it refreshes only topics that the handle has an object of.
  topic_ptr known{rd_kafka_topic_new(client, topic_name.c_str(), nullptr)};
  for (auto end = std::chrono::steady_clock::now() + timeout;;) {
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      end - std::chrono::steady_clock::now());
    auto code = rd_kafka_query_watermark_offsets(
      client, topic_name.c_str(), partition, &w.low, &w.high, as_ms(left));
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
      return w;
    // Moments after a topic was created, or a leader has moved.
    bool passes = code == RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION
                  || code == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE;
    if (!passes || std::chrono::steady_clock::now() > end) {
      auto why = "the broker did not tell the offsets of " + topic_name + '/'
                 + std::to_string(partition) + ": " + text_of(code);
      if (nobody_answered(code))
        throw not_reachable(why);
      throw std::runtime_error(why);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
}

namespace {

/// Offsets of many partitions; `which` is a time that stands for one of the two
/// ends (ListOffsets, timestamps -2 and -1). Nothing: ask one by one.
std::optional<std::vector<std::int64_t>>
ends_of(rd_kafka_t* client,
        const std::vector<std::pair<std::string, std::int32_t>>& of,
        std::int64_t which, std::chrono::milliseconds timeout) {
  partitions_ptr list{
    rd_kafka_topic_partition_list_new(static_cast<int>(of.size()))};
  for (const auto& [name, partition] : of)
    rd_kafka_topic_partition_list_add(list.get(), name.c_str(), partition)
      ->offset
      = which;
  if (rd_kafka_offsets_for_times(client, list.get(), as_ms(timeout))
      != RD_KAFKA_RESP_ERR_NO_ERROR)
    return std::nullopt;
  std::vector<std::int64_t> out;
  for (const auto& [name, partition] : of) {
    const auto* e
      = rd_kafka_topic_partition_list_find(list.get(), name.c_str(), partition);
    if (e == nullptr || e->err != RD_KAFKA_RESP_ERR_NO_ERROR || e->offset < 0)
      return std::nullopt;
    out.push_back(e->offset);
  }
  return out;
}

} // namespace

std::vector<watermarks>
query_watermarks(rd_kafka_t* client,
                 const std::vector<std::pair<std::string, std::int32_t>>& of,
                 std::chrono::milliseconds timeout) {
  std::vector<watermarks> out;
  // The end first: where a leader is not ready, librdkafka 2.0.2 asks again
  // with the -1 of the refusal in place of the time, that is for the end. A
  // beginning that is not before the end is therefore asked for once more.
  auto high = ends_of(client, of, RD_KAFKA_OFFSET_END, timeout);
  auto low = high ? ends_of(client, of, RD_KAFKA_OFFSET_BEGINNING, timeout)
                  : std::nullopt;
  for (std::size_t i = 0; i < of.size(); ++i) {
    bool sure = low && ((*low)[i] < (*high)[i] || (*low)[i] == 0);
    out.push_back(
      sure ? watermarks{.low = (*low)[i], .high = (*high)[i]}
           : query_watermarks(client, of[i].first, of[i].second, timeout));
  }
  return out;
}

std::optional<std::int64_t>
query_first_offset(rd_kafka_t* client, const std::string& topic_name,
                   std::int32_t partition, std::chrono::milliseconds timeout) {
  partitions_ptr list{rd_kafka_topic_partition_list_new(1)};
  // A time that stands for the beginning (ListOffsets, timestamp -2).
  rd_kafka_topic_partition_list_add(list.get(), topic_name.c_str(), partition)
    ->offset
    = RD_KAFKA_OFFSET_BEGINNING;
  if (rd_kafka_offsets_for_times(client, list.get(), as_ms(timeout))
        != RD_KAFKA_RESP_ERR_NO_ERROR
      || list->elems[0].err != RD_KAFKA_RESP_ERR_NO_ERROR
      || list->elems[0].offset < 0)
    return std::nullopt;
  return list->elems[0].offset;
}

} // namespace fairlead::kafka
