#include "connectors/kafka/producer.hpp"

#include "connectors/kafka/dead_letters.hpp"
#include "connectors/log.hpp"

#include <algorithm>
#include <stdexcept>
#include <thread>
#include <utility>

namespace fairlead::kafka {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

// Calls are cut into slices, so that a partition that is taken away is noticed.
constexpr auto slice = 500ms;

// If a dead owner has left a transaction open, the broker refuses the first
// InitProducerId with CONCURRENT_TRANSACTIONS, and librdkafka asks again only
// after a fixed 500 ms. But the refused request has started the abort, so a
// second handle with the same id succeeds within milliseconds. On a slow
// machine its first request may still come too early, hence more than two. The
// last one is asked until it answers. Each limit is at least twice the time
// that a first request took: that is what a connection costs, with TLS and a
// password over a network many times what it costs here.
constexpr std::array<std::chrono::milliseconds, 4> init_limits{30ms, 60ms,
                                                               120ms, 0ms};

// What others read is not packed: every client reads it without a further
// package, and small records are packed at the price of a quarter of our time
// and of the broker's. What only Fairlead reads is packed in the quickest way.
// Whoever sets compression.type means all topics. Null: as the client has it.
rd_kafka_topic_conf_t* for_other_readers(rd_kafka_t* client, const settings& s,
                                         topic on) {
  bool is_set
    = std::any_of(s.properties.begin(), s.properties.end(), [](const auto& p) {
        return p.first == "compression.type" || p.first == "compression.codec";
      });
  if (is_set || on == topic::state || on == topic::journal
      || on == topic::rekey)
    return nullptr;
  auto* conf = rd_kafka_default_topic_conf_dup(client);
  rd_kafka_topic_conf_set(conf, "compression.type", "none", nullptr, 0);
  return conf;
}

bool unreachable(rd_kafka_resp_err_t code) {
  return code == RD_KAFKA_RESP_ERR__TRANSPORT
         || code == RD_KAFKA_RESP_ERR__TIMED_OUT
         || code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN
         || code == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE;
}

} // namespace

producer::producer(environment env) : env_{std::move(env)} {
}

producer::~producer() {
  env_.watched.begins("destroying its producer");
  if (client_ != nullptr) {
    // Nothing that is still queued may go out, and destroying would wait for
    // it.
    rd_kafka_purge(client_.get(),
                   RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    rd_kafka_poll(client_.get(), 0);
  }
  for (auto& t : topics_)
    t.reset();
  client_.reset();
  env_.watched.begins("its own work");
}

void producer::delivered(rd_kafka_t*, const rd_kafka_message_t* message,
                         void* self) {
  auto& p = *static_cast<producer*>(self);
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    if (p.delivery_error_.empty())
      p.delivery_error_
        = "a record of " + std::to_string(message->len + message->key_len)
          + " bytes could not be written to "
          + rd_kafka_topic_name(message->rkt) + ": " + text_of(message->err)
          + missing_right(message->err, p.env_.settings, "Write",
                          rd_kafka_topic_name(message->rkt));
  } else if (message->_private != nullptr) {
    p.last_offset_ = message->offset;
  }
}

void producer::create() {
  for (auto& t : topics_)
    t.reset();
  client_.reset();
  client_ = make_client(env_.settings, client_role::transactional,
                        {.opaque = this,
                         .delivered = delivered,
                         .transactional_id = env_.transactional_id});
  for (std::size_t i = 0; i < topic_count; ++i) {
    auto name = topic_name(env_.settings, static_cast<topic>(i));
    topics_[i].reset(rd_kafka_topic_new(
      client_.get(), name.c_str(),
      for_other_readers(client_.get(), env_.settings, static_cast<topic>(i))));
    if (topics_[i] == nullptr)
      throw std::runtime_error("the topic " + name + " can't be used: "
                               + text_of(rd_kafka_last_error()));
  }
}

// The first record for a topic that the handle does not know would wait for up
// to a second. One request asks for all of them and opens the connection.
bool producer::know_topics() {
  for (auto warned = clock::now() - 1min; env_.control.patient();) {
    const rd_kafka_metadata_t* raw = nullptr;
    env_.watched.begins("asking for metadata");
    auto code = rd_kafka_metadata(client_.get(), 0, nullptr, &raw,
                                  as_ms(env_.control.at_most(slice)));
    metadata_ptr metadata{raw};
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
      return true;
    if (!unreachable(code))
      throw std::runtime_error("the broker refuses to list its topics: "
                               + text_of(code));
    if (clock::now() - warned > 10s) {
      warned = clock::now();
      log_warning("partition " + std::to_string(env_.partition)
                  + " is waiting for a broker: " + text_of(code));
    }
  }
  return false;
}

// Calls in slices until there is an answer, the limit is over or the partition
// is not ours any more. librdkafka lets a transaction call that timed out be
// made again, and goes on where it was.
template <class Call>
error_ptr producer::persist(const char* what, std::chrono::milliseconds limit,
                            Call call) {
  auto end = clock::now() + limit;
  for (;;) {
    env_.watched.begins(what);
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      end - clock::now());
    error_ptr error{
      call(as_ms(env_.control.at_most(std::clamp(left, 1ms, slice))))};
    if (error == nullptr || judge(error.get()) != verdict::again
        || !env_.control.patient() || clock::now() >= end)
      return error;
    // Some retriable errors come at once.
    if (rd_kafka_error_code(error.get()) != RD_KAFKA_RESP_ERR__TIMED_OUT)
      std::this_thread::sleep_for(5ms);
  }
}

std::unique_ptr<producer> producer::open(const environment& env) {
  std::unique_ptr<producer> p{new producer{env}};
  for (std::size_t i = 0; env.control.patient();) {
    p->create();
    auto begun = clock::now();
    if (!p->know_topics())
      return nullptr;
    auto connecting = std::chrono::ceil<std::chrono::milliseconds>(
      2 * (clock::now() - begun));
    bool last = i + 1 == init_limits.size();
    auto error
      = p->persist("init_transactions",
                   last ? env.settings.connect_timeout
                        : std::max(init_limits[i], connecting),
                   [&p](int ms) {
                     return rd_kafka_init_transactions(p->client_.get(), ms);
                   });
    if (error == nullptr)
      return p;
    switch (judge(error.get())) {
      case verdict::again:
        if (last)
          log_warning("partition " + std::to_string(env.partition)
                      + " is waiting for its transaction coordinator: "
                      + text_of(error.get()));
        break;
      case verdict::fenced:
        // Somebody else takes the id over at this very moment. Which of us is
        // the owner the group decides, when the first commit brings offsets.
        log_warning("partition " + std::to_string(env.partition)
                    + ": another producer is taking over the id "
                    + env.transactional_id + ", too: " + text_of(error.get()));
        std::this_thread::sleep_for(env.control.at_most(100ms));
        break;
      case verdict::stale:
      case verdict::abort:
      case verdict::fatal:
        throw std::runtime_error(
          "the transactional id " + env.transactional_id
          + " can't be used: " + text_of(error.get())
          + missing_right(rd_kafka_error_code(error.get()), env.settings,
                          "Write"));
    }
    i = std::min(i + 1, init_limits.size() - 1);
  }
  return nullptr;
}

error_ptr producer::produce(const new_record& r, value_memory memory,
                            bool last) {
  for (auto end = clock::now() + env_.settings.transaction_timeout;;) {
    auto error = kafka::produce(client_.get(),
                                topics_[static_cast<std::size_t>(r.on)].get(),
                                r.partition, r, memory, last ? this : nullptr);
    if (error == nullptr
        || rd_kafka_error_code(error.get()) != RD_KAFKA_RESP_ERR__QUEUE_FULL
        || !env_.control.patient() || clock::now() > end)
      return error;
    rd_kafka_poll(client_.get(), 5);
  }
}

write_attempt producer::write(const std::vector<new_record>& records,
                              const rd_kafka_topic_partition_list_t* offsets,
                              const rd_kafka_consumer_group_metadata_t* group) {
  write_attempt out;
  delivery_error_.clear();
  last_offset_ = -1;
  auto failed = [&](const char* what, const rd_kafka_error_t* error) {
    out.verdict = judge(error);
    out.why = std::string{what} + " failed: " + text_of(error);
    // Adding the offsets is refused to those who may not read the topic.
    out.why += missing_right(
      rd_kafka_error_code(error), env_.settings,
      std::string_view{what}.ends_with("offsets") ? "Read" : "Write");
    if (!delivery_error_.empty())
      out.why += "; " + delivery_error_;
    out.commit_called = commit_pending_;
    out.last_offset = last_offset_;
    return out;
  };
  // A call on a producer with a fatal error may never return
  // (confluentinc/librdkafka 4420).
  std::array<char, 256> why{};
  if (auto code = rd_kafka_fatal_error(client_.get(), why.data(), why.size());
      code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    out.verdict = judge(code, {.retriable = false, .fatal = true});
    out.why = std::string{"the producer is broken: "} + why.data();
    return out;
  }
  env_.watched.begins("begin_transaction");
  if (error_ptr e{rd_kafka_begin_transaction(client_.get())})
    return failed("beginning a transaction", e.get());
  open_ = true;
  // Values are not copied: each record is delivered before the commit is done,
  // and after a failure the producer is destroyed before the records are.
  env_.watched.begins("producing");
  for (const auto& r : records) {
    bool last = &r == &records.back();
    if (auto e
        = r.on == topic::dead_letters
            ? produce(to_kafka(env_.settings, r), value_memory::copied, last)
            : produce(r, value_memory::lent, last))
      return failed("writing", e.get());
  }
  if (offsets->cnt > 0)
    if (auto e = persist("send_offsets_to_transaction",
                         env_.settings.transaction_timeout, [&](int ms) {
                           return rd_kafka_send_offsets_to_transaction(
                             client_.get(), offsets, group, ms);
                         }))
      return failed("adding the offsets", e.get());
  if (env_.control.lost()) {
    out.verdict = verdict::stale;
    out.why = "the partition was lost before the commit";
    return out;
  }
  commit_pending_ = true;
  auto fault = [this](fault_point at) -> error_ptr {
    if (auto code = env_.faults ? env_.faults(at) : std::nullopt)
      return error_ptr{rd_kafka_error_new(*code, "injected")};
    return nullptr;
  };
  if (auto e = fault(fault_point::before_commit))
    return failed("committing", e.get());
  auto e = persist(
    "commit_transaction", env_.settings.transaction_timeout,
    [this](int ms) { return rd_kafka_commit_transaction(client_.get(), ms); });
  if (e == nullptr)
    e = fault(fault_point::after_commit);
  if (e != nullptr)
    return failed("committing", e.get());
  open_ = commit_pending_ = false;
  out.done = true;
  out.last_offset = last_offset_;
  return out;
}

void producer::abort() {
  // While a commit is pending librdkafka refuses it.
  std::array<char, 8> why{};
  if (!open_ || commit_pending_
      || rd_kafka_fatal_error(client_.get(), why.data(), why.size())
           != RD_KAFKA_RESP_ERR_NO_ERROR)
    return;
  env_.watched.begins("abort_transaction");
  // The result does not matter: the next producer's start aborts it, too.
  error_ptr ignored{rd_kafka_abort_transaction(
    client_.get(), as_ms(env_.control.patient() ? 5'000ms : 500ms))};
  open_ = false;
}

} // namespace fairlead::kafka
