#include "connectors/kafka/group_member.hpp"

#include "connectors/kafka/client.hpp"
#include "connectors/kafka/partition/partition_log.hpp"
#include "connectors/kafka/watchdog.hpp"
#include "connectors/log.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace fairlead::kafka {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

/// One partition number that is ours.
struct owned {
  std::shared_ptr<partition_lease> lease;
  std::vector<queue_ptr> forwarded; // of each topic, into the lease's queue
  std::unique_ptr<partition_worker> worker;
  int contests = 0;                  // in a row
  clock::time_point next_try{};      // after a contest
  clock::time_point began_serving{}; // of this worker; none: it does not yet
};

// A contest is over when nobody has taken the id for that long.
constexpr auto peace = 60s;

// After a contest the next try comes after a second, then two, four, … so much
// at most.
constexpr auto contest_pause_max = 30s;

// So long nothing may be committed before that counts as not ready.
constexpr auto stuck_after = 30s;

} // namespace

struct group_member::impl {
  impl(const kafka::settings& s, std::int32_t partitions,
       partition_worker_factory make,
       std::function<void(const std::string&)> failed)
    : settings{std::make_shared<const kafka::settings>(s)},
      count{partitions},
      make_worker{std::move(make)},
      on_failure{std::move(failed)},
      dog{s.watchdog_limit},
      watched{dog.watch("the group's thread")},
      consumer{make_client(s, client_role::member,
                           {.opaque = this, .rebalance = rebalanced})} {
    // Everything of the consumer comes to one queue, also what librdkafka
    // would otherwise keep for rd_kafka_poll.
    rd_kafka_poll_set_consumer(consumer.get());
    thread = std::thread{[this] { run(); }};
  }

  ~impl() { stop(); }

  void stop() {
    ending = true;
    if (thread.joinable())
      thread.join();
  }

  static void rebalanced(rd_kafka_t* rk, rd_kafka_resp_err_t code,
                         rd_kafka_topic_partition_list_t* partitions,
                         void* self) {
    auto& m = *static_cast<impl*>(self);
    m.watched->begins("a rebalance");
    // An exception must not cross librdkafka's frames.
    try {
      if (code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
        m.assigned(*partitions);
      } else {
        m.revoked(rd_kafka_assignment_lost(rk) != 0);
        if (code != RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS)
          log_warning("the group's rebalance failed: " + text_of(code));
      }
    } catch (const std::exception& e) {
      m.fail(std::string{"the partitions could not be taken over: "}
             + e.what());
    }
    m.watched->rests();
  }

  // The range assignor gives partition p of all inputs to one member, so they
  // come together, and the assignment is eager: it is the whole of what this
  // member has, after revoked() has emptied `mine` (KIP-429 calls this the
  // eager protocol). Everything is prepared before rd_kafka_assign, which
  // starts the fetching.
  void assigned(rd_kafka_topic_partition_list_t& partitions) {
    std::map<std::int32_t, owned> fresh;
    auto group = group_metadata();
    if (group == nullptr)
      return refuse(fresh, "the group assigned partitions but gave no member "
                           "id");
    for (int i = 0; i < partitions.cnt; ++i) {
      auto& part = partitions.elems[i];
      if (part.partition >= count)
        return refuse(fresh, "the topic " + std::string{part.topic}
                               + " has more partitions than it had at the "
                                 "start, and their number is for ever: teams "
                                 "would look for their state where it is not");
      part.offset = RD_KAFKA_OFFSET_STORED;
      auto& o = fresh[part.partition];
      if (o.lease == nullptr)
        o.lease = lease_for(part.partition, group);
      forward(part, o);
    }
    // Two members with a part each would both write the partition.
    for (const auto& [p, o] : fresh)
      if (o.forwarded.size() != input_topic_count)
        return refuse(fresh, "the group gave us only some of the inputs of "
                             "partition "
                               + std::to_string(p)
                               + ": does another version of this program take "
                                 "part in it?");
    if (auto code = rd_kafka_assign(consumer.get(), &partitions);
        code != RD_KAFKA_RESP_ERR_NO_ERROR)
      return refuse(fresh,
                    "the partitions could not be taken over: " + text_of(code));
    std::string list;
    for (const auto& [p, o] : fresh)
      list += (list.empty() ? "" : ", ") + std::to_string(p);
    log_info("the group assigned " + std::to_string(fresh.size()) + " of "
             + std::to_string(count)
             + " partitions to us: " + (list.empty() ? "none" : list));
    {
      std::lock_guard lock{mutex};
      mine = std::move(fresh);
      joined = true;
    }
    // Only this thread changes the map, so it may look without the lock; where
    // a worker can't be made, the others are stopped as at any other end.
    for (auto& [p, o] : mine)
      o.worker = make_worker(std::make_unique<partition_log>(o.lease));
  }

  // Null without a member id. With it and the generation, offsets that are
  // sent in a transaction are refused once the group has moved on (KIP-447);
  // without it (generation -1) the broker takes them from anybody. Asked for
  // in the callback, where it is the one of this assignment: after a lost
  // session the answer is the old generation with an empty member id.
  std::shared_ptr<rd_kafka_consumer_group_metadata_t> group_metadata() {
    char* raw_id = rd_kafka_memberid(consumer.get());
    std::string member_id{raw_id == nullptr ? "" : raw_id};
    rd_kafka_mem_free(consumer.get(), raw_id);
    if (member_id.empty())
      return nullptr;
    return {rd_kafka_consumer_group_metadata(consumer.get()),
            destroy_with<rd_kafka_consumer_group_metadata_destroy>{}};
  }

  std::shared_ptr<partition_lease>
  lease_for(std::int32_t partition,
            std::shared_ptr<rd_kafka_consumer_group_metadata_t> group) {
    auto lease = std::make_shared<partition_lease>();
    lease->settings = settings;
    lease->partition = partition;
    lease->partition_count = count;
    lease->consumer = consumer.get();
    lease->counts = &counts;
    lease->queue = {rd_kafka_queue_new(consumer.get()),
                    destroy_with<rd_kafka_queue_destroy>{}};
    lease->group = std::move(group);
    lease->watched = dog.watch("partition " + std::to_string(partition));
    return lease;
  }

  // Has an input's records come to the queue of its partition's worker, and to
  // no other. This must precede the assignment: after it, what was fetched in
  // between has gone to the member's own queue. Nobody reads the worker's queue
  // until the state is restored, and librdkafka stops fetching when it is full,
  // so nothing has to be paused.
  void forward(const rd_kafka_topic_partition_t& part, owned& o) {
    queue_ptr q{
      rd_kafka_queue_get_partition(consumer.get(), part.topic, part.partition)};
    if (q == nullptr)
      return;
    rd_kafka_queue_forward(q.get(), o.lease->queue.get());
    o.forwarded.push_back(std::move(q));
  }

  // Rather no partition than one that is not certainly ours: takes none of
  // them and ends the membership.
  void refuse(std::map<std::int32_t, owned>& fresh, const std::string& why) {
    rd_kafka_assign(consumer.get(), nullptr);
    for (auto& [p, o] : fresh)
      unforward(o);
    fail(why);
  }

  // Returns only when nothing of ours can be written any more: the group gives
  // the partitions to their next owners as soon as the callback is over. They
  // would shut our producers out anyway, but then a batch that could have been
  // committed is aborted and done again. `lost`: the session is over and they
  // have the partitions already; committing is pointless.
  void revoked(bool lost) {
    std::map<std::int32_t, owned> gone;
    {
      std::lock_guard lock{mutex};
      gone.swap(mine);
      joined = false;
    }
    if (!gone.empty())
      log_info(std::to_string(gone.size()) + " partitions "
               + (lost ? "were lost" : "are given back"));
    // Told all at once and joined one after another, they end side by side.
    // One that is not serving yet has nothing to end.
    auto deadline = clock::now() + settings->stop_timeout;
    for (auto& [p, o] : gone) {
      if (lost || o.lease->phase != partition_phase::serving)
        o.lease->control.lose();
      else
        o.lease->control.end_by(deadline);
      rd_kafka_queue_yield(o.lease->queue.get());
      if (o.worker != nullptr)
        o.worker->stop();
      rd_kafka_queue_yield(o.lease->queue.get());
    }
    for (auto& [p, o] : gone)
      if (o.worker != nullptr)
        o.worker->join();
    // The producers go with the workers' logs, before anybody else gets the
    // partitions.
    for (auto& [p, o] : gone)
      o.worker.reset();
    for (auto& [p, o] : gone)
      unforward(o);
    gone.clear();
    rd_kafka_assign(consumer.get(), nullptr);
  }

  static void unforward(owned& o) {
    // A partition's queue must have been forwarded somewhere, if only to
    // nobody, before it is released: else rd_kafka_consumer_close() hangs.
    for (auto& q : o.forwarded)
      rd_kafka_queue_forward(q.get(), nullptr);
    o.forwarded.clear();
  }

  void fail(const std::string& why) {
    {
      std::lock_guard lock{mutex};
      if (!failure.empty())
        return;
      failure = why;
    }
    log_critical(why);
    ending = true;
    if (on_failure)
      on_failure(why);
  }

  void run() {
    try {
      subscribe();
      while (!ending)
        serve();
    } catch (const std::exception& e) {
      fail(e.what());
    }
    watched->begins("leaving the group");
    // Calls `revoked`, and for a dynamic member tells the group, so that the
    // others need not wait for the session to end.
    rd_kafka_consumer_close(consumer.get());
    watched->rests();
  }

  void subscribe() {
    partitions_ptr topics{rd_kafka_topic_partition_list_new(input_topic_count)};
    for (std::size_t i = 0; i < input_topic_count; ++i)
      rd_kafka_topic_partition_list_add(
        topics.get(), topic_name(*settings, static_cast<topic>(i)).c_str(),
        RD_KAFKA_PARTITION_UA);
    if (auto code = rd_kafka_subscribe(consumer.get(), topics.get());
        code != RD_KAFKA_RESP_ERR_NO_ERROR)
      fail("could not subscribe to the input topics: " + text_of(code));
  }

  // Somebody else took a partition's id over, again and again, although the
  // group leaves the partition to us: what they wrote we don't know, so it is
  // restored anew, after a pause that grows.
  void retry_contested() {
    auto now = clock::now();
    for (auto& [p, o] : mine) {
      auto phase = o.lease->phase.load();
      if (phase == partition_phase::serving) {
        if (o.began_serving == clock::time_point{})
          o.began_serving = now;
        if (now - o.began_serving > peace)
          o.contests = 0;
      }
      if (phase != partition_phase::contested || o.worker == nullptr)
        continue;
      if (o.next_try == clock::time_point{}) {
        auto pause = std::min<clock::duration>(
          1s * (1 << std::min(o.contests++, 5)), contest_pause_max);
        o.next_try = now + pause;
        log_error(
          "partition " + std::to_string(p)
          + ": somebody else writes to it; it is tried again in "
          + std::to_string(
            std::chrono::duration_cast<std::chrono::seconds>(pause).count())
          + " s");
      }
      if (now < o.next_try)
        continue;
      o.worker->stop();
      o.worker->join();
      o.worker.reset();
      o.next_try = o.began_serving = {};
      o.lease->read_anew = true;
      o.lease->phase = partition_phase::restoring;
      o.worker = make_worker(std::make_unique<partition_log>(o.lease));
    }
  }

  void serve() {
    watched->rests();
    retry_contested();
    message_ptr m{rd_kafka_consumer_poll(consumer.get(), 100)};
    if (m == nullptr)
      return;
    if (m->err == RD_KAFKA_RESP_ERR_NO_ERROR
        || m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      // It would be missing in its partition: rather no partition than a gap.
      fail("a record of " + std::string{rd_kafka_topic_name(m->rkt)}
           + " arrived on the wrong queue; please report this");
      return;
    }
    if (m->err == RD_KAFKA_RESP_ERR__FATAL
        || m->err == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID) {
      std::array<char, 256> text{};
      auto code
        = rd_kafka_fatal_error(consumer.get(), text.data(), text.size());
      fail(code == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID
             ? "another process uses the instance id " + settings->instance_id
                 + ": give each process its own"
             : "the membership in the group " + settings->group_id
                 + " ended: " + text_of(code));
      return;
    }
    if (m->err == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED
        || m->err == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED) {
      fail(
        "the broker refuses access: "
        + std::string{rd_kafka_message_errstr(m.get())}
        + missing_right(m->err, *settings, "Read",
                        m->rkt == nullptr ? "" : rd_kafka_topic_name(m->rkt)));
      return;
    }
    log_warning(std::string{"the group's thread: "}
                + rd_kafka_message_errstr(m.get()));
  }

  std::shared_ptr<const kafka::settings> settings;
  std::int32_t count;
  partition_worker_factory make_worker;
  std::function<void(const std::string&)> on_failure;
  watchdog dog;
  std::shared_ptr<watched_thread> watched;
  member_counts counts;
  client_ptr consumer;
  std::atomic<bool> ending{false};

  mutable std::mutex mutex; // what status() reads
  std::map<std::int32_t, owned> mine;
  bool joined = false;
  std::string failure;

  std::thread thread;
};

group_member::group_member(const settings& s, std::int32_t partition_count,
                           partition_worker_factory make_worker,
                           std::function<void(const std::string&)> on_failure)
  : impl_{std::make_unique<impl>(s, partition_count, std::move(make_worker),
                                 std::move(on_failure))} {
}

group_member::~group_member() = default;

void group_member::stop() {
  impl_->stop();
}

member_status group_member::status() const {
  auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
               clock::now().time_since_epoch())
               .count();
  auto stuck_ms = std::chrono::milliseconds{stuck_after}.count();
  std::lock_guard lock{impl_->mutex};
  member_status out;
  out.joined = impl_->joined;
  out.failure = impl_->failure;
  out.assigned = static_cast<std::int32_t>(impl_->mine.size());
  for (const auto& [p, o] : impl_->mine) {
    auto phase = o.lease->phase.load();
    out.serving += phase == partition_phase::serving ? 1 : 0;
    out.stopped += phase == partition_phase::stopped ? 1 : 0;
    out.contested += phase == partition_phase::contested ? 1 : 0;
    auto failing = o.lease->failing_since.load();
    out.stuck += failing != 0 && now - failing > stuck_ms ? 1 : 0;
    if (phase != partition_phase::serving)
      continue;
    for (std::size_t i = 0; i < input_topic_count; ++i) {
      const auto& read = o.lease->progress[i];
      auto held_up = read.held_up.load();
      out.readings.push_back({.partition = p,
                              .input = static_cast<topic>(i),
                              .lag = read.lag,
                              .read_to_ms = read.read_to,
                              .held_up_ms = held_up == 0 ? 0 : now - held_up});
    }
  }
  out.aborted = impl_->counts.aborted;
  out.restores = impl_->counts.restores;
  out.records_lost = impl_->counts.records_lost;
  return out;
}

} // namespace fairlead::kafka
