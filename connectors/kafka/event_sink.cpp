#include "connectors/kafka/event_sink.hpp"

#include "connectors/kafka/client.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace fairlead::kafka {
namespace {

/// One append on its way. Its caller and its records share it, because the
/// caller may be gone when the last record is decided.
struct pending {
  std::mutex mutex;
  std::condition_variable decided;
  std::size_t open = 0;
  std::string failure;
};

/// What a record carries through librdkafka.
struct ticket {
  std::shared_ptr<pending> of;
  std::size_t bytes = 0;
};

} // namespace

struct event_sink::impl {
  impl(const settings& s, bounds b)
    : limits{b},
      timeout{s.transaction_timeout},
      client{make_client(s, client_role::sink,
                         {.opaque = this, .delivered = delivered})} {
    for (std::size_t i = 0; i < input_topic_count; ++i) {
      auto name = topic_name(s, static_cast<topic>(i));
      topics[i].reset(rd_kafka_topic_new(client.get(), name.c_str(), nullptr));
      if (topics[i] == nullptr)
        throw std::runtime_error("the topic " + name + " can't be used: "
                                 + text_of(rd_kafka_last_error()));
    }
    thread = std::thread{[this] {
      while (!ending)
        rd_kafka_poll(client.get(), 50);
    }};
  }

  ~impl() {
    rd_kafka_flush(client.get(), 2'000);
    rd_kafka_purge(client.get(),
                   RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    ending = true;
    thread.join();
    // The last verdicts, so that no ticket is left.
    while (rd_kafka_poll(client.get(), 0) > 0) {
    }
  }

  static void delivered(rd_kafka_t*, const rd_kafka_message_t* m, void* self) {
    std::unique_ptr<ticket> t{static_cast<ticket*>(m->_private)};
    static_cast<impl*>(self)->close(
      *t, m->err == RD_KAFKA_RESP_ERR_NO_ERROR
            ? ""
            : std::string{rd_kafka_topic_name(m->rkt)}
                + " did not accept it: " + text_of(m->err));
  }

  void close(const ticket& t, const std::string& failure) {
    records -= 1;
    bytes -= t.bytes;
    std::lock_guard lock{t.of->mutex};
    if (!failure.empty() && t.of->failure.empty())
      t.of->failure = failure;
    if (--t.of->open == 0)
      t.of->decided.notify_all();
  }

  rd_kafka_resp_err_t put(const new_record& r, ticket& t) {
    auto error
      = produce(client.get(), topics[static_cast<std::size_t>(r.on)].get(),
                RD_KAFKA_PARTITION_UA, r, value_memory::copied, &t);
    return error == nullptr ? RD_KAFKA_RESP_ERR_NO_ERROR
                            : rd_kafka_error_code(error.get());
  }

  bounds limits;
  std::chrono::milliseconds timeout;
  std::atomic<std::size_t> records{0};
  std::atomic<std::size_t> bytes{0};
  std::atomic<bool> ending{false};
  client_ptr client;
  std::array<topic_ptr, input_topic_count> topics;
  std::thread thread;
};

event_sink::event_sink(const settings& s) : event_sink{s, bounds{}} {
}

event_sink::event_sink(const settings& s, bounds limits)
  : impl_{std::make_unique<impl>(s, limits)} {
}

event_sink::~event_sink() = default;

event_sink::verdict event_sink::append(std::vector<new_record> records,
                                       std::string& why) {
  auto& self = *impl_;
  std::size_t bytes = 0;
  for (const auto& r : records) {
    if (!is_input(r.on)) {
      why = "events can be written to the input topics only";
      return verdict::failed;
    }
    bytes += (r.key ? r.key->size() : 0) + (r.value ? r.value->size() : 0);
  }
  // Taken first and given back when it was too much, so that two callers don't
  // both see the last free place.
  auto was = self.records.fetch_add(records.size());
  auto was_bytes = self.bytes.fetch_add(bytes);
  if (was + records.size() > self.limits.records_max
      || was_bytes + bytes > self.limits.bytes_max) {
    self.records -= records.size();
    self.bytes -= bytes;
    why = "too many events are on their way to Kafka";
    return verdict::busy;
  }
  auto state = std::make_shared<pending>();
  state->open = records.size();
  bool full = false;
  for (const auto& r : records) {
    auto t = std::make_unique<ticket>(ticket{
      state, (r.key ? r.key->size() : 0) + (r.value ? r.value->size() : 0)});
    auto code = full ? RD_KAFKA_RESP_ERR__QUEUE_FULL : self.put(r, *t);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
      static_cast<void>(t.release()); // delivered() takes it
      continue;
    }
    full = full || code == RD_KAFKA_RESP_ERR__QUEUE_FULL;
    self.close(*t, text_of(code));
  }
  // librdkafka decides about each record within message.timeout.ms; the rest is
  // for a delivery thread that is late.
  std::unique_lock lock{state->mutex};
  if (!state->decided.wait_for(lock, self.timeout + std::chrono::seconds{15},
                               [&state] { return state->open == 0; })) {
    why = "Kafka did not answer in time";
    return verdict::failed;
  }
  if (full) {
    why = "too many events are on their way to Kafka";
    return verdict::busy;
  }
  if (!state->failure.empty()) {
    why = state->failure;
    return verdict::failed;
  }
  return verdict::durable;
}

} // namespace fairlead::kafka
