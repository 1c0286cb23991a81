#include "tests/kafka/support.hpp"

#include "connectors/log.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace fairlead::kafka::test {

using namespace std::chrono_literals;

namespace {

client_ptr plain_client(const std::string& brokers, bool produces,
                        std::map<std::string, std::string> properties) {
  properties["bootstrap.servers"] = brokers;
  properties["log_level"] = "0";
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  std::array<char, 256> why{};
  for (const auto& [key, value] : properties)
    if (rd_kafka_conf_set(conf, key.c_str(), value.c_str(), why.data(),
                          why.size())
        != RD_KAFKA_CONF_OK)
      throw std::runtime_error(why.data());
  client_ptr out{rd_kafka_new(produces ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER,
                              conf, why.data(), why.size())};
  if (out == nullptr)
    throw std::runtime_error(why.data());
  return out;
}

void produce(rd_kafka_t* client, const std::string& topic,
             std::int32_t partition, const std::string& value,
             const std::optional<std::string>& key) {
  topic_ptr t{rd_kafka_topic_new(client, topic.c_str(), nullptr)};
  if (rd_kafka_produce(t.get(), partition, RD_KAFKA_MSG_F_COPY,
                       const_cast<char*>(value.data()), value.size(),
                       key ? key->data() : nullptr, key ? key->size() : 0,
                       nullptr)
      != 0)
    throw std::runtime_error(text_of(rd_kafka_last_error()));
}

void need(rd_kafka_error_t* raw) {
  error_ptr error{raw};
  if (error != nullptr)
    throw std::runtime_error(rd_kafka_error_string(error.get()));
}

} // namespace

instant wall_clock() {
  return std::chrono::floor<std::chrono::milliseconds>(
    std::chrono::system_clock::now());
}

std::int64_t ms_since(clock::time_point then) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(clock::now()
                                                               - then)
    .count();
}

bool eventually(const std::function<bool()>& condition,
                std::chrono::milliseconds limit) {
  for (auto end = clock::now() + limit; clock::now() < end;) {
    if (condition())
      return true;
    std::this_thread::sleep_for(5ms);
  }
  return condition();
}

void stranger::publish(const std::string& topic, std::int32_t partition,
                       const std::vector<std::string>& values,
                       const std::optional<std::string>& key) const {
  auto client = plain_client(brokers_, true, {{"linger.ms", "0"}});
  for (const auto& v : values)
    produce(client.get(), topic, partition, v, key);
  if (rd_kafka_flush(client.get(), 10'000) != RD_KAFKA_RESP_ERR_NO_ERROR)
    throw std::runtime_error("the stranger could not publish");
}

std::vector<seen> stranger::read(const std::string& topic,
                                 std::int32_t partitions) const {
  auto client = plain_client(brokers_, false,
                             {{"group.id", "stranger"},
                              {"isolation.level", "read_committed"},
                              {"enable.auto.commit", "false"},
                              {"enable.partition.eof", "true"},
                              {"fetch.wait.max.ms", "10"}});
  partitions_ptr list{rd_kafka_topic_partition_list_new(partitions)};
  for (std::int32_t p = 0; p < partitions; ++p)
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), p)->offset
      = RD_KAFKA_OFFSET_BEGINNING;
  rd_kafka_assign(client.get(), list.get());
  std::vector<seen> out;
  std::int32_t ended = 0;
  for (auto end = clock::now() + 20s; ended < partitions;) {
    if (clock::now() > end)
      throw std::runtime_error("the stranger did not reach the end of "
                               + topic);
    message_ptr m{rd_kafka_consumer_poll(client.get(), 100)};
    if (m == nullptr)
      continue;
    if (m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      ++ended;
      continue;
    }
    if (m->err != RD_KAFKA_RESP_ERR_NO_ERROR)
      continue;
    seen s;
    s.topic = topic;
    s.partition = m->partition;
    s.offset = m->offset;
    s.timestamp_ms = rd_kafka_message_timestamp(m.get(), nullptr);
    if (m->key != nullptr)
      s.key.emplace(static_cast<const char*>(m->key), m->key_len);
    if (m->payload != nullptr)
      s.value.emplace(static_cast<const char*>(m->payload), m->len);
    rd_kafka_headers_t* headers = nullptr;
    if (rd_kafka_message_headers(m.get(), &headers)
        == RD_KAFKA_RESP_ERR_NO_ERROR) {
      const char* name = nullptr;
      const void* value = nullptr;
      std::size_t size = 0;
      for (std::size_t i = 0;
           rd_kafka_header_get_all(headers, i, &name, &value, &size)
           == RD_KAFKA_RESP_ERR_NO_ERROR;
           ++i) {
        s.headers.emplace_back(name, std::nullopt);
        if (value != nullptr)
          s.headers.back().second.emplace(static_cast<const char*>(value),
                                          size);
      }
    }
    out.push_back(std::move(s));
  }
  rd_kafka_consumer_close(client.get());
  std::sort(out.begin(), out.end(), [](const seen& a, const seen& b) {
    return std::pair{a.partition, a.offset} < std::pair{b.partition, b.offset};
  });
  return out;
}

std::vector<std::string> stranger::values(const std::string& topic,
                                          std::int32_t partitions) const {
  std::vector<std::string> out;
  for (const auto& s : read(topic, partitions))
    out.push_back(s.value.value_or("(null)"));
  return out;
}

client_ptr
stranger::open_transaction(const std::string& id, const std::string& topic,
                           std::int32_t partition,
                           const std::vector<std::string>& values) const {
  auto client = plain_client(brokers_, true,
                             {{"transactional.id", id}, {"linger.ms", "0"}});
  need(rd_kafka_init_transactions(client.get(), 10'000));
  need(rd_kafka_begin_transaction(client.get()));
  for (const auto& v : values)
    produce(client.get(), topic, partition, v, "stranger");
  if (rd_kafka_flush(client.get(), 10'000) != RD_KAFKA_RESP_ERR_NO_ERROR)
    throw std::runtime_error("the stranger could not publish");
  return client;
}

void KafkaTest::SetUp() {
  const char* brokers = std::getenv("FAIRLEAD_TEST_BROKERS");
  ASSERT_TRUE(brokers != nullptr && *brokers != '\0')
    << "this test needs a real broker: start one with `script/kafka start` and "
       "put the address that it prints into FAIRLEAD_TEST_BROKERS";
  if (std::getenv("FAIRLEAD_TEST_LOG") == nullptr)
    start_log("critical");
  settings.brokers = brokers;
  // Every test has topics and a group of its own, so tests and repetitions
  // don't meet.
  const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
  settings.topic_prefix
    = std::string{info->name()} + '-' + std::to_string(getpid()) + '-'
      + std::to_string(clock::now().time_since_epoch().count() % 1'000'000'000);
  settings.group_id = settings.topic_prefix;
}

void KafkaTest::make_topics(std::int32_t partitions) {
  partitions_ = partitions;
  auto made = create_topics(
    settings, {.partitions = partitions, .replication_factor = 1});
  ASSERT_EQ(made.created.size(), topic_count);
}

std::string positions_text(const input_positions& p) {
  std::string out;
  for (auto o : p)
    out += std::to_string(o) + ' ';
  return out;
}

input_positions positions_from(const std::string& text) {
  input_positions out = no_positions;
  std::istringstream in{text};
  for (auto& o : out)
    in >> o;
  return out;
}

lone_owner::lone_owner(const settings& s, std::int32_t partition,
                       std::int32_t count)
  : lease{std::make_shared<partition_lease>()},
    settings_{s},
    dog_{60s},
    consumer_{make_client(s, client_role::member,
                          {.opaque = this, .rebalance = rebalanced})} {
  lease->settings = std::make_shared<const kafka::settings>(s);
  lease->partition = partition;
  lease->partition_count = count;
  lease->consumer = consumer_.get();
  lease->counts = &counts;
  lease->queue = {rd_kafka_queue_new(consumer_.get()),
                  destroy_with<rd_kafka_queue_destroy>{}};
  lease->watched = dog_.watch("a test");
  rd_kafka_poll_set_consumer(consumer_.get());
  partitions_ptr topics{rd_kafka_topic_partition_list_new(4)};
  for (std::size_t i = 0; i < input_topic_count; ++i)
    rd_kafka_topic_partition_list_add(
      topics.get(), topic_name(s, static_cast<topic>(i)).c_str(), -1);
  rd_kafka_subscribe(consumer_.get(), topics.get());
  for (auto end = clock::now() + 20s; !assigned_ && clock::now() < end;)
    message_ptr{rd_kafka_consumer_poll(consumer_.get(), 50)};
  if (!assigned_)
    throw std::runtime_error("the lone owner got no partition");
  log_ = std::make_unique<partition_log>(lease);
}

lone_owner::~lone_owner() {
  log_.reset();
  for (auto& q : forwarded_)
    rd_kafka_queue_forward(q.get(), nullptr);
  forwarded_.clear();
  rd_kafka_consumer_close(consumer_.get());
  lease->queue.reset();
}

void lone_owner::leave_group() {
  rd_kafka_unsubscribe(consumer_.get());
  for (auto end = clock::now() + 10s; assigned_ && clock::now() < end;)
    message_ptr{rd_kafka_consumer_poll(consumer_.get(), 50)};
  if (assigned_)
    throw std::runtime_error("the lone owner could not leave");
}

void lone_owner::rebalanced(rd_kafka_t* rk, rd_kafka_resp_err_t code,
                            rd_kafka_topic_partition_list_t* list, void* self) {
  auto& o = *static_cast<lone_owner*>(self);
  if (code != RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
    rd_kafka_assign(rk, nullptr);
    o.assigned_ = false;
    return;
  }
  o.lease->group = {rd_kafka_consumer_group_metadata(rk),
                    destroy_with<rd_kafka_consumer_group_metadata_destroy>{}};
  partitions_ptr mine{rd_kafka_topic_partition_list_new(4)};
  for (int i = 0; i < list->cnt; ++i) {
    if (list->elems[i].partition != o.lease->partition)
      continue;
    rd_kafka_topic_partition_list_add(mine.get(), list->elems[i].topic,
                                      o.lease->partition)
      ->offset
      = RD_KAFKA_OFFSET_STORED;
    queue_ptr q{rd_kafka_queue_get_partition(rk, list->elems[i].topic,
                                             o.lease->partition)};
    rd_kafka_queue_forward(q.get(), o.lease->queue.get());
    o.forwarded_.push_back(std::move(q));
  }
  rd_kafka_assign(rk, mine.get());
  o.assigned_ = true;
}

void lone_owner::begin() {
  state.clear();
  log_->restore(
    [this](std::string_view key, std::optional<std::string_view> value) {
      if (value)
        state[std::string{key}] = std::string{*value};
      else
        state.erase(std::string{key});
    });
  auto meta = state.find("meta");
  positions = log_->start(meta == state.end()
                            ? std::nullopt
                            : std::optional{positions_from(meta->second)});
}

std::vector<raw_record> lone_owner::read(std::size_t count) {
  std::vector<raw_record> out;
  for (auto end = clock::now() + 15s;
       out.size() < count && clock::now() < end;) {
    auto got = log_->poll(200ms, count - out.size());
    for (auto& r : got.records) {
      positions[static_cast<std::size_t>(r.on)] = r.offset + 1;
      out.push_back(std::move(r));
    }
  }
  return out;
}

transaction lone_owner::outputs(const std::vector<std::string>& values) const {
  transaction t;
  t.positions = positions;
  for (const auto& v : values)
    t.records.push_back({.on = topic::assignments,
                         .partition = lease->partition,
                         .key = "team",
                         .value = v,
                         .headers = {},
                         .timestamp = wall_clock()});
  t.records.push_back({.on = topic::state,
                       .partition = lease->partition,
                       .key = "meta",
                       .value = positions_text(positions),
                       .headers = {},
                       .timestamp = wall_clock()});
  return t;
}

commit_result lone_owner::write(const std::vector<std::string>& values) {
  return log_->commit(outputs(values));
}

copying_worker::copying_worker(std::unique_ptr<fairlead::partition_log> log,
                               options o)
  : log_{std::move(log)}, options_{o}, thread_{[this] { run(); }} {
}

copying_worker::~copying_worker() {
  stop();
  join();
}

void copying_worker::stop() {
  stopping_ = true;
  log_->wake();
}

void copying_worker::join() {
  if (thread_.joinable())
    thread_.join();
}

void copying_worker::run() {
  std::int64_t counted = 0;
  std::optional<input_positions> meta;
  input_positions at = no_positions;
  try {
    log_->restore(
      [&](std::string_view key, std::optional<std::string_view> value) {
        if (key == "meta")
          meta = positions_from(std::string{value.value_or("")});
        if (key == "count")
          counted = std::stoll(std::string{value.value_or("0")});
      });
    at = log_->start(meta);
  } catch (const partition_taken&) {
    return;
  }
  while (!stopping_) {
    auto got = log_->poll(200ms, options_.batch_max);
    if (got.records.empty())
      continue;
    std::this_thread::sleep_for(options_.pause_in_batch);
    transaction t;
    t.positions = at;
    auto put = [&](topic on, std::string key, std::string value) {
      t.records.push_back({.on = on,
                           .partition = log_->partition(),
                           .key = std::move(key),
                           .value = std::move(value),
                           .headers = {},
                           .timestamp = wall_clock()});
    };
    auto n = counted;
    for (const auto& r : got.records) {
      t.positions[static_cast<std::size_t>(r.on)] = r.offset + 1;
      put(topic::assignments, std::to_string(++n), r.value.value_or(""));
    }
    put(topic::state, "count", std::to_string(n));
    put(topic::state, "meta", positions_text(t.positions));
    for (;;) {
      auto result = log_->commit(t);
      if (result == commit_result::lost)
        return;
      if (result == commit_result::done)
        break;
      if (options_.not_done != nullptr)
        ++*options_.not_done;
    }
    if (options_.commits != nullptr)
      ++*options_.commits;
    at = t.positions;
    counted = n;
  }
}

} // namespace fairlead::kafka::test
