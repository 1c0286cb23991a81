// What Kafka alone costs: the service's transactions without its decisions.
//
// Goal: the ceiling that the service is measured against, in the same run, on
// the same broker, however loaded the machine is. Method: the topics, the
// settings and the threads of connectors/kafka, but the outputs are slices of
// the input. Per lead four outputs and two snapshots, per batch a meta and a
// journal record; one transactional producer per partition, offsets in the
// transaction.

#include <librdkafka/rdkafka.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <iostream>
#include <mutex>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

using steady = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr std::size_t output_bytes = 470; // as the service's, on average
constexpr std::size_t snapshot_bytes = 510;
constexpr std::size_t batch_max = 2000;
constexpr int patience_ms = 15'000;

struct options {
  std::string brokers;
  std::string prefix = "raw";
  std::int32_t partitions = 12;
  std::int64_t leads = 0; // stop after so many; 0: go on until SIGTERM
};

std::atomic<bool> stopping{false};

void stop(int) {
  stopping = true;
}

[[noreturn]] void die(const std::string& why) {
  std::cerr << "raw_loop: " << why << '\n';
  std::_Exit(1);
}

/// Nothing is repaired here: a run with an error is no measurement.
void expect(rd_kafka_error_t* error, const char* what) {
  if (error != nullptr)
    die(std::string{what} + ": " + rd_kafka_error_string(error));
}

void expect(rd_kafka_resp_err_t code, const char* what) {
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
    die(std::string{what} + ": " + rd_kafka_err2str(code));
}

rusage usage() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return used;
}

double cpu_seconds() {
  auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  const auto used = usage();
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// Counts what is committed. The clock runs from a tenth of the leads to nine
/// tenths: as much is in flight at either end, so that nothing counts for free,
/// neither connecting nor the last partition's rest.
class progress {
public:
  explicit progress(std::int64_t wanted) : wanted_{wanted} {}

  void committed(std::int64_t leads) {
    std::lock_guard guard{mutex_};
    ++transactions_;
    leads_ += leads;
    if (wanted_ == 0)
      return;
    if (from_.leads == 0 && leads_ * 10 >= wanted_)
      from_ = moment("from");
    if (to_.leads == 0 && leads_ * 10 >= wanted_ * 9)
      to_ = moment("to");
    if (leads_ >= wanted_)
      stopping = true;
  }

  void print() {
    std::lock_guard guard{mutex_};
    const auto seconds
      = std::chrono::duration<double>(to_.time - from_.time).count();
    const auto counted = static_cast<double>(to_.leads - from_.leads);
    const bool good = seconds > 0 && counted > 0;
    std::printf("{\"leads\":%lld,\"measured\":%lld,\"transactions\":%lld,"
                "\"seconds\":%.4f,\"leads_per_s\":%.1f,"
                "\"cpu_us_per_lead\":%.3f,\"rss_highest_mb\":%ld}\n",
                static_cast<long long>(leads_),
                static_cast<long long>(to_.leads - from_.leads),
                static_cast<long long>(transactions_), good ? seconds : 0.0,
                good ? counted / seconds : 0.0,
                good ? (to_.cpu_s - from_.cpu_s) * 1e6 / counted : 0.0,
                usage().ru_maxrss / 1024);
  }

private:
  struct at {
    std::int64_t leads = 0;
    steady::time_point time;
    double cpu_s = 0;
  };

  [[nodiscard]] at moment(const char* name) const {
    std::cerr << name << '\n'; // who measures the broker waits for it
    return {.leads = leads_, .time = steady::now(), .cpu_s = cpu_seconds()};
  }

  std::mutex mutex_;
  std::int64_t wanted_;
  std::int64_t leads_ = 0, transactions_ = 0;
  at from_, to_;
};

using properties = std::initializer_list<std::pair<const char*, std::string>>;

void delivered(rd_kafka_t*, const rd_kafka_message_t*, void*) {
  // Without a callback flush() polls in slices of 10 ms.
}

rd_kafka_t* client(rd_kafka_type_t type, const properties& all) {
  auto* conf = rd_kafka_conf_new();
  std::array<char, 256> why{};
  for (const auto& [name, value] : all)
    if (rd_kafka_conf_set(conf, name, value.c_str(), why.data(), why.size())
        != RD_KAFKA_CONF_OK)
      die(why.data());
  if (type == RD_KAFKA_PRODUCER)
    rd_kafka_conf_set_dr_msg_cb(conf, delivered);
  auto* made = rd_kafka_new(type, conf, why.data(), why.size());
  if (made == nullptr)
    die(why.data());
  return made;
}

rd_kafka_t* new_consumer(const options& o) {
  return client(RD_KAFKA_CONSUMER, {{"bootstrap.servers", o.brokers},
                                    {"group.id", o.prefix},
                                    {"socket.nagle.disable", "true"},
                                    {"isolation.level", "read_committed"},
                                    {"enable.auto.commit", "false"},
                                    {"enable.auto.offset.store", "false"},
                                    {"auto.offset.reset", "earliest"},
                                    {"queued.max.messages.kbytes", "4096"}});
}

rd_kafka_t* new_producer(const options& o, std::int32_t partition) {
  const auto id = o.prefix + '-' + std::to_string(partition);
  return client(RD_KAFKA_PRODUCER, {{"bootstrap.servers", o.brokers},
                                    {"transactional.id", id},
                                    {"socket.nagle.disable", "true"},
                                    {"retry.backoff.ms", "2"},
                                    {"linger.ms", "50"},
                                    {"compression.type", "lz4"},
                                    {"transaction.timeout.ms", "15000"},
                                    {"message.timeout.ms", "15000"}});
}

std::string_view key_of(const rd_kafka_message_t& m) {
  return {static_cast<const char*>(m.key), m.key_len};
}

/// The producer of one partition.
class writer {
public:
  writer(const options& o, std::int32_t partition)
    : partition_{partition}, client_{new_producer(o, partition)} {
    for (std::size_t i = 0; i < names.size(); ++i) {
      const auto name = o.prefix + '.' + names[i];
      topics_[i] = rd_kafka_topic_new(client_, name.c_str(), nullptr);
    }
    const rd_kafka_metadata_t* known = nullptr;
    expect(rd_kafka_metadata(client_, 0, nullptr, &known, patience_ms),
           "the broker does not tell its topics");
    rd_kafka_metadata_destroy(known);
    expect(rd_kafka_init_transactions(client_, patience_ms),
           "init_transactions");
    offsets_ = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(offsets_, (o.prefix + ".leads").c_str(),
                                      partition);
    // No member id: nobody else reads this group's partitions.
    group_ = rd_kafka_consumer_group_metadata_new(o.prefix.c_str());
  }
  writer(const writer&) = delete;
  writer& operator=(const writer&) = delete;
  ~writer() {
    rd_kafka_consumer_group_metadata_destroy(group_);
    rd_kafka_topic_partition_list_destroy(offsets_);
    for (auto* t : topics_)
      rd_kafka_topic_destroy(t);
    rd_kafka_destroy(client_);
  }

  void write(const std::vector<rd_kafka_message_t*>& batch) {
    expect(rd_kafka_begin_transaction(client_), "begin_transaction");
    for (const auto* m : batch) {
      put(decisions, key_of(*m), value_of(*m, output_bytes));
      put(assignments, key_of(*m), value_of(*m, output_bytes));
      put(assignments, key_of(*m), value_of(*m, output_bytes));
      put(notifications, key_of(*m), value_of(*m, output_bytes));
      for (const char* kind : {"lead/", "contact/"})
        put(state, kind + std::to_string(m->offset),
            value_of(*m, snapshot_bytes));
    }
    put(journal, key_of(*batch.front()), std::string(16 * batch.size(), 'j'));
    put(state, "meta", value_of(*batch.front(), snapshot_bytes));
    offsets_->elems[0].offset = batch.back()->offset + 1;
    expect(rd_kafka_send_offsets_to_transaction(client_, offsets_, group_,
                                                patience_ms),
           "send_offsets_to_transaction");
    expect(rd_kafka_commit_transaction(client_, patience_ms),
           "commit_transaction");
  }

private:
  enum where : std::size_t {
    assignments,
    decisions,
    notifications,
    journal,
    state
  };
  static constexpr std::array names{"assignments", "decisions", "notifications",
                                    "journal", "state"};

  /// Two new ids, as each output has, so that a batch compresses as little as
  /// the service's; then the input's bytes, repeated where it is shorter.
  std::string_view value_of(const rd_kafka_message_t& m, std::size_t bytes) {
    filled_.clear();
    for (int i = 0; i < 4; ++i) {
      // splitmix64: cheap, and no two of them alike.
      auto z = seed_ += 0x9e3779b97f4a7c15U;
      z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
      z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
      z ^= z >> 31U;
      for (int digit = 0; digit < 16; ++digit, z >>= 4U)
        filled_ += "0123456789abcdef"[z & 15U];
    }
    const std::string_view in{static_cast<const char*>(m.payload), m.len};
    while (filled_.size() < bytes && !in.empty())
      filled_ += in.substr(0, bytes - filled_.size());
    return filled_;
  }

  void put(where to, std::string_view key, std::string_view value) {
    // The C interface takes what it only reads without const.
    while (rd_kafka_produce(topics_[to], partition_, RD_KAFKA_MSG_F_COPY,
                            const_cast<char*>(value.data()), value.size(),
                            key.data(), key.size(), nullptr)
           != 0) {
      if (rd_kafka_last_error() != RD_KAFKA_RESP_ERR__QUEUE_FULL)
        die(rd_kafka_err2str(rd_kafka_last_error()));
      rd_kafka_poll(client_, 5);
    }
  }

  std::int32_t partition_;
  rd_kafka_t* client_;
  std::array<rd_kafka_topic_t*, names.size()> topics_{};
  rd_kafka_topic_partition_list_t* offsets_ = nullptr;
  rd_kafka_consumer_group_metadata_t* group_ = nullptr;
  std::string filled_;
  std::uint64_t seed_ = std::random_device{}();
};

/// Takes what is there, up to a batch, and commits it when drained.
void serve(rd_kafka_queue_t* queue, writer& to, progress& done) {
  std::vector<rd_kafka_message_t*> batch(batch_max);
  while (!stopping) {
    batch.resize(batch_max);
    std::size_t n = 0;
    // Waiting for a whole batch would wait out the time.
    if ((batch[0] = rd_kafka_consume_queue(queue, 100)) == nullptr)
      continue;
    const auto more
      = rd_kafka_consume_batch_queue(queue, 0, &batch[1], batch_max - 1);
    const auto taken = 1 + static_cast<std::size_t>(std::max<ssize_t>(more, 0));
    for (std::size_t i = 0; i < taken; ++i)
      if (batch[i]->err == RD_KAFKA_RESP_ERR_NO_ERROR)
        batch[n++] = batch[i];
      else
        die(rd_kafka_message_errstr(batch[i]));
    batch.resize(n);
    to.write(batch);
    for (auto* m : batch)
      rd_kafka_message_destroy(m);
    done.committed(static_cast<std::int64_t>(n));
  }
}

void run(const options& o) {
  auto* consumer = new_consumer(o);
  rd_kafka_poll_set_consumer(consumer);
  const auto count = static_cast<std::size_t>(o.partitions);
  const auto input = o.prefix + ".leads";
  std::vector<rd_kafka_queue_t*> queues(count);
  auto* all = rd_kafka_topic_partition_list_new(o.partitions);
  for (std::int32_t p = 0; p < o.partitions; ++p) {
    auto*& own = queues[static_cast<std::size_t>(p)];
    own = rd_kafka_queue_new(consumer);
    auto* its = rd_kafka_queue_get_partition(consumer, input.c_str(), p);
    rd_kafka_queue_forward(its, own);
    rd_kafka_queue_destroy(its);
    rd_kafka_topic_partition_list_add(all, input.c_str(), p)->offset
      = RD_KAFKA_OFFSET_STORED;
  }
  progress done{o.leads};
  std::atomic<std::int32_t> ready{0};
  std::vector<std::thread> threads;
  for (std::int32_t p = 0; p < o.partitions; ++p)
    threads.emplace_back([&, p] {
      writer to{o, p};
      ++ready;
      serve(queues[static_cast<std::size_t>(p)], to, done);
    });
  while (ready < o.partitions && !stopping)
    std::this_thread::sleep_for(5ms);
  expect(rd_kafka_assign(consumer, all), "assign");
  std::cerr << "ready\n";
  while (!stopping)
    if (auto* m = rd_kafka_consumer_poll(consumer, 100)) {
      std::cerr << "raw_loop: " << rd_kafka_message_errstr(m) << '\n';
      rd_kafka_message_destroy(m);
    }
  for (auto& t : threads)
    t.join();
  done.print();
  for (auto* q : queues)
    rd_kafka_queue_destroy(q);
  rd_kafka_topic_partition_list_destroy(all);
  rd_kafka_consumer_close(consumer);
  rd_kafka_destroy(consumer);
}

template <class Number>
Number number(std::string_view name, std::string_view text) {
  Number n{};
  const auto [end, fault]
    = std::from_chars(text.data(), text.data() + text.size(), n);
  if (fault != std::errc{} || end != text.data() + text.size() || n < 0)
    die(std::string{name} + " needs a number");
  return n;
}

options parse(const std::vector<std::string_view>& words) {
  options o;
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
    const auto name = words[i], value = words[i + 1];
    if (name == "--brokers")
      o.brokers = value;
    else if (name == "--prefix")
      o.prefix = value;
    else if (name == "--partitions")
      o.partitions = number<std::int32_t>(name, value);
    else if (name == "--leads")
      o.leads = number<std::int64_t>(name, value);
    else
      die("unknown option " + std::string{name});
  }
  if (words.size() % 2 != 0 || o.brokers.empty() || o.partitions < 1)
    die("usage: raw_loop --brokers LIST [--prefix P] [--partitions N] "
        "[--leads N]");
  return o;
}

} // namespace

int main(int argc, char** argv) {
  std::signal(SIGTERM, stop);
  std::signal(SIGINT, stop);
  run(parse({argv + 1, argv + argc}));
  return 0;
}
