#include "connectors/kafka/partition/partition_log.hpp"

#include "actors/partition/meta_record.hpp"
#include "connectors/kafka/group_member.hpp"
#include "connectors/kafka/partition_reader.hpp"
#include "connectors/log.hpp"

#include <algorithm>
#include <cstring>
#include <random>
#include <stdexcept>
#include <thread>
#include <utility>

namespace fairlead::kafka {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

constexpr auto slice = 500ms;

// How often somebody is told of what goes on failing.
constexpr auto tell_every = 60s;
constexpr auto tell_first_every = 10s;

/// The key of a record without a value that an owner writes into `state` before
/// it reads it. No entity has it (meta_record.hpp).
constexpr std::string_view fence_key = "\x1f"
                                       "fence";

std::string random_token() {
  std::random_device device;
  return std::to_string(device()) + '-' + std::to_string(device());
}

std::string text_of_positions(const input_positions& p) {
  std::string out;
  for (std::size_t i = 0; i < p.size(); ++i)
    out += (out.empty() ? "" : " ")
           + std::string{name_of(static_cast<topic>(i))} + '='
           + std::to_string(p[i]);
  return out;
}

} // namespace

partition_log::partition_log(std::shared_ptr<partition_lease> lease)
  : lease_{std::move(lease)}, inputs_{*lease_} {
  for (std::size_t i = 0; i < topic_count; ++i)
    names_[i] = topic_name(*lease_->settings, static_cast<topic>(i));
  token_prefix_ = random_token() + '-';
}

partition_log::~partition_log() {
  producer_.reset();
  lease_->watched->rests();
}

std::int32_t partition_log::partition() const {
  return lease_->partition;
}

std::int32_t partition_log::partition_count() const {
  return lease_->partition_count;
}

// The transactional id is the same for every owner of the partition, so that
// the broker raises its epoch: the predecessor's producer is fenced and what it
// left open is aborted, however alive it is (KIP-98). False: the partition is
// not ours any more.
bool partition_log::renew_producer() {
  producer_.reset();
  producer_ = producer::open({.settings = *lease_->settings,
                              .partition = lease_->partition,
                              .control = lease_->control,
                              .watched = *lease_->watched,
                              .faults = lease_->faults,
                              .transactional_id = transactional_id(
                                *lease_->settings, lease_->partition)});
  producer_is_new_ = true;
  return producer_ != nullptr;
}

// Where restoring and starting end badly: a partition that was taken away is
// nobody's fault, anything else stops it until somebody looks.
template <class F>
auto partition_log::or_stop(F f) {
  try {
    return f();
  } catch (const partition_taken&) {
    lease_->watched->rests();
    throw;
  } catch (...) {
    lease_->phase = partition_phase::stopped;
    lease_->watched->rests();
    throw;
  }
}

// From where a fence of ours stands nobody but us writes into this partition of
// `state`, and what stands before it is all there is. The broker told us its
// offset, so the end needs no question: one about a topic's end can hang, or be
// answered by a leader that does not know all of it yet.
void partition_log::restore(const each_record& each) {
  or_stop([&] {
    auto began = clock::now();
    if (!renew_producer())
      throw_partition_taken(lease_->partition);
    restored so_far;
    auto fence = write_fence();
    // Not "the beginning", which librdkafka asks for, at first half a second
    // too early. A compacted topic begins at 0, or else the reader is sent
    // there.
    read_state(0, fence, each, so_far);
    if (so_far.of_older_version) {
      shut_out_older_version();
      auto again = write_fence();
      read_state(fence, again, each, so_far);
    }
    log_debug(
      "partition " + std::to_string(lease_->partition) + " restored "
      + std::to_string(so_far.records) + " records in "
      + std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(
                         clock::now() - began)
                         .count())
      + " ms");
  });
  lease_->watched->begins("its own work");
}

// A version before 0.2 made the transactional id from the group's name: where
// that is not the prefix's, taking over our id does not shut it out.
void partition_log::shut_out_older_version() {
  auto id
    = lease_->settings->group_id + '-' + std::to_string(lease_->partition);
  if (id == transactional_id(*lease_->settings, lease_->partition))
    return;
  if (producer::open({.settings = *lease_->settings,
                      .partition = lease_->partition,
                      .control = lease_->control,
                      .watched = *lease_->watched,
                      .faults = lease_->faults,
                      .transactional_id = id})
      == nullptr)
    throw_partition_taken(lease_->partition);
}

std::int64_t partition_log::write_fence() {
  std::vector<new_record> fence(1);
  fence[0].on = topic::state;
  fence[0].partition = lease_->partition;
  fence[0].key = std::string{fence_key};
  fence[0].timestamp = std::chrono::floor<std::chrono::milliseconds>(
    std::chrono::system_clock::now());
  partitions_ptr none{rd_kafka_topic_partition_list_new(0)};
  for (;;) {
    if (!lease_->control.patient())
      throw_partition_taken(lease_->partition);
    auto attempt = producer_->write(fence, none.get(), nullptr);
    if (attempt.done && attempt.last_offset >= 0) {
      all_is_well();
      return attempt.last_offset;
    }
    failed_again(attempt.done ? "the broker did not tell where a record stands"
                              : attempt.why);
    producer_->abort();
    back_off();
    if (!renew_producer())
      throw_partition_taken(lease_->partition);
  }
}

void partition_log::read_state(std::int64_t from, std::int64_t fence,
                               const each_record& each, restored& so_far) {
  const auto& name = names_[static_cast<std::size_t>(topic::state)];
  partition_reader reader{*lease_->settings, client_role::restorer};
  reader.add(name, lease_->partition, from);
  auto began = clock::now();
  std::string trouble;
  for (auto warned = began;;) {
    if (!lease_->control.patient())
      throw_partition_taken(lease_->partition);
    lease_->watched->begins("restoring");
    auto m = reader.next(lease_->control.at_most(100ms));
    if (m != nullptr && m->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      if (m->offset >= fence)
        return;
      std::string_view key{static_cast<const char*>(m->key),
                           m->key == nullptr ? 0 : m->key_len};
      if (m->key == nullptr || key == fence_key)
        continue;
      ++so_far.records;
      if (m->payload == nullptr) {
        each(key, std::nullopt);
        continue;
      }
      std::string_view value{static_cast<const char*>(m->payload), m->len};
      if (key == meta_key)
        so_far.of_older_version = decode_meta(value).consumer_group.empty();
      each(key, value);
      continue;
    }
    if (m != nullptr && m->err != RD_KAFKA_RESP_ERR__PARTITION_EOF)
      trouble = rd_kafka_message_errstr(m.get())
                + missing_right(m->err, *lease_->settings, "Read", name);
    // Never go on with a part of it: leads that are missing would get second
    // owners.
    if (clock::now() - warned > 5s) {
      warned = clock::now();
      log_error(
        "partition " + std::to_string(lease_->partition)
        + " can't serve yet: after "
        + std::to_string(
          std::chrono::duration_cast<std::chrono::seconds>(warned - began)
            .count())
        + " s its state has not been read to the end at offset "
        + std::to_string(fence)
        + (trouble.empty() ? "; has another program left a transaction open in "
                             "the topic "
                               + name + "?"
                           : " (" + trouble + ')'));
    }
  }
}

// librdkafka asks for stable offsets (KIP-447): while a transaction with
// offsets of this partition is undecided the broker answers with a retriable
// error, so what comes back is final.
partition_log::group_offsets partition_log::query_committed() {
  for (auto warned = clock::now();;) {
    if (!lease_->control.patient())
      throw_partition_taken(lease_->partition);
    auto list = inputs_.inputs();
    lease_->watched->begins("asking for the committed offsets");
    auto code = rd_kafka_committed(lease_->consumer, list.get(),
                                   as_ms(lease_->control.at_most(2 * slice)));
    group_offsets out;
    for (std::size_t i = 0; i < input_topic_count; ++i) {
      const auto& part = list->elems[i];
      if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
        code = part.err;
      out.positions[i] = part.offset >= 0 ? part.offset : -1;
      if (part.metadata != nullptr)
        out.tokens[i].assign(static_cast<const char*>(part.metadata),
                             part.metadata_size);
    }
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
      return out;
    if (code == RD_KAFKA_RESP_ERR__DESTROY) // the member is leaving
      throw_partition_taken(lease_->partition);
    if (code == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED
        || code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED)
      throw std::runtime_error(
        "the group's offsets can't be read: " + text_of(code)
        + missing_right(code, *lease_->settings, "Read"));
    if (clock::now() - warned > 5s) {
      warned = clock::now();
      log_warning("partition " + std::to_string(lease_->partition)
                  + " is waiting for the group's offsets: " + text_of(code));
    }
    std::this_thread::sleep_for(10ms);
  }
}

input_positions
partition_log::start(const std::optional<input_positions>& meta) {
  auto out = or_stop([&] {
    committed_ = query_committed().positions;
    auto found = compare_positions(meta, committed_, lease_->partition);
    for (const auto& w : found.warnings)
      log_warning(w);
    if (found.fault)
      throw std::runtime_error("partition " + std::to_string(lease_->partition)
                               + " stops: " + *found.fault);
    // Without an offset of the group's, librdkafka has begun at the topic's
    // beginning, which may be a month ago.
    std::array<bool, input_topic_count> elsewhere{};
    for (std::size_t i = 0; i < input_topic_count; ++i)
      elsewhere[i]
        = lease_->read_anew || (committed_[i] < 0 && found.positions[i] >= 0);
    inputs_.start(found.positions, elsewhere);
    return found.positions;
  });
  if (lease_->counts != nullptr)
    ++lease_->counts->restores;
  lease_->phase = partition_phase::serving;
  log_debug("partition " + std::to_string(lease_->partition) + " serves from "
            + text_of_positions(out));
  lease_->watched->begins("its own work");
  return out;
}

polled partition_log::poll(std::chrono::milliseconds wait,
                           std::size_t records_max) {
  return inputs_.poll(wait, records_max);
}

void partition_log::wake() {
  rd_kafka_queue_yield(lease_->queue.get());
}

// The first transaction of a producer always carries offsets, even if they have
// not moved: the broker compares their generation with the group's, which is
// the only thing that tells the owner from a zombie, a process that does not
// know yet that the group has moved on. Later transactions are covered by the
// producer's epoch. Without this a zombie whose producer was fenced, and which
// took the id back, could write what its timers want.
partitions_ptr partition_log::offsets_of(const input_positions& positions) {
  token_ = token_prefix_ + std::to_string(++tokens_);
  partitions_ptr list{rd_kafka_topic_partition_list_new(input_topic_count)};
  for (std::size_t i = 0; i < input_topic_count; ++i)
    if (positions[i] >= 0
        && (producer_is_new_ || positions[i] != committed_[i])) {
      auto* part = rd_kafka_topic_partition_list_add(
        list.get(), names_[i].c_str(), lease_->partition);
      part->offset = positions[i];
      // The list frees it.
      part->metadata = ::strdup(token_.c_str());
      part->metadata_size = token_.size();
    }
  return list;
}

commit_result partition_log::commit(const transaction& t) {
  if (lease_->control.lost())
    return give_up("it is no longer ours");
  try {
    if (producer_ == nullptr && !renew_producer())
      return give_up("it was taken away");
    auto offsets = offsets_of(t.positions);
    auto attempt
      = producer_->write(t.records, offsets.get(), lease_->group.get());
    if (!attempt.done)
      return recover(t, attempt);
    for (int i = 0; i < offsets->cnt; ++i)
      for (std::size_t k = 0; k < input_topic_count; ++k)
        if (names_[k] == offsets->elems[i].topic)
          committed_[k] = offsets->elems[i].offset;
  } catch (const partition_taken&) {
    return give_up("it was taken away");
  } catch (const std::exception& e) {
    lease_->phase = partition_phase::stopped;
    log_error("partition " + std::to_string(lease_->partition)
              + " stops: " + e.what());
    return give_up("it can't go on");
  }
  producer_is_new_ = false;
  all_is_well();
  lease_->watched->begins("its own work");
  return commit_result::done;
}

commit_result partition_log::give_up(const std::string& why) {
  producer_.reset();
  lease_->watched->rests();
  log_info("partition " + std::to_string(lease_->partition) + " ends: " + why);
  return commit_result::lost;
}

commit_result partition_log::recover(const transaction& t,
                                     const write_attempt& a) {
  if (!lease_->control.lost())
    failed_again(a.why);
  producer_->abort();
  producer_.reset();
  if (a.verdict == verdict::stale)
    return give_up("the group has assigned it to somebody else");
  // A newer owner of the id and the broker's own timeout look the same: both
  // raise the epoch. While the group leaves the partition to us we take the id
  // back once. Being fenced again right after that means that somebody else
  // takes it back, too, and may have written what we don't know of: the
  // partition is restored anew, later (group_member).
  if (a.verdict == verdict::fenced && ++fenced_ > 1) {
    lease_->phase = partition_phase::contested;
    return give_up("another producer keeps taking over its transactional id "
                   + transactional_id(*lease_->settings, lease_->partition)
                   + "; does another deployment use the same topics?");
  }
  back_off();
  // The new producer's init_transactions returns only after the broker has
  // decided about the old one's transaction: completed it if its commit had
  // begun, else aborted it.
  if (!renew_producer())
    return give_up("it was taken away");
  if (!a.commit_called) {
    lease_->watched->begins("its own work");
    return commit_result::aborted;
  }
  return find_out(t, a);
}

// An indefinite commit: the call was made, but its answer was lost or was an
// error that does not say whether the broker had begun to commit. By now the
// transaction is decided, so what it would have changed tells: offsets that it
// carried are the group's, or they are not.
commit_result partition_log::find_out(const transaction& t,
                                      const write_attempt& a) {
  auto result = commit_result::aborted;
  auto [now, tokens] = query_committed();
  auto target = committed_;
  for (std::size_t i = 0; i < input_topic_count; ++i)
    if (t.positions[i] >= 0)
      target[i] = t.positions[i];
  if (target != committed_) {
    bool ours = true; // and not a successor's that got just as far
    for (std::size_t i = 0; i < input_topic_count; ++i)
      if (target[i] != committed_[i])
        ours = ours && tokens[i] == token_;
    if (now == target && ours)
      result = commit_result::done;
    else if (now != committed_) {
      lease_->phase = partition_phase::stopped;
      log_error("partition " + std::to_string(lease_->partition)
                + " stops: the group's offsets have been moved to "
                + text_of_positions(now) + " by somebody else");
      return give_up("somebody else writes to it");
    }
  } else if (a.last_offset >= 0) {
    // Nothing moved, so the offsets can't tell: look for its last record. Where
    // it has no offset there is nothing to look for: the broker commits only
    // after each record has been acknowledged with one.
    const auto& last = t.records.back();
    auto visible
      = is_visible(*lease_->settings, names_[static_cast<std::size_t>(last.on)],
                   last.partition, a.last_offset, [this] {
                     lease_->watched->begins("looking for its last record");
                     return lease_->control.patient();
                   });
    if (visible)
      result = commit_result::done;
  }
  if (result == commit_result::done) {
    committed_ = target;
    all_is_well();
  }
  log_info("partition " + std::to_string(lease_->partition)
           + ": the transaction was "
           + (result == commit_result::done ? "committed" : "aborted"));
  lease_->watched->begins("its own work");
  return result;
}

void partition_log::back_off() {
  if (++failures_ < 2)
    return;
  auto end = clock::now()
             + std::min<std::chrono::milliseconds>(
               10ms * (1 << std::min(failures_, 7)), 1s);
  while (clock::now() < end && lease_->control.patient()) {
    lease_->watched->begins("backing off");
    std::this_thread::sleep_for(lease_->control.at_most(10ms));
  }
}

// At first, then once a minute while it goes on.
void partition_log::failed_again(const std::string& why) {
  if (lease_->counts != nullptr)
    ++lease_->counts->aborted;
  auto now = clock::now();
  std::int64_t since = std::chrono::duration_cast<std::chrono::milliseconds>(
                         now.time_since_epoch())
                         .count();
  std::int64_t well = 0;
  bool first = lease_->failing_since.compare_exchange_strong(well, since);
  if (now - failure_told_ < (first ? tell_first_every : tell_every))
    return;
  failure_told_ = now;
  log_warning("partition " + std::to_string(lease_->partition) + ": " + why
              + (first ? ""
                       : "; so it has been for "
                           + std::to_string((since - well) / 1000) + " s"));
}

void partition_log::all_is_well() {
  fenced_ = failures_ = 0;
  lease_->failing_since = 0;
}

} // namespace fairlead::kafka
