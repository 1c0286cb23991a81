#include "connectors/memory/partition_log.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace fairlead::memory {
namespace {

constexpr std::size_t restored_at_once = 500;

topic input_at(std::size_t i) {
  return static_cast<topic>(i);
}

} // namespace

partition_log::partition_log(broker& b, settings s)
  : broker_{b},
    settings_{std::move(s)},
    id_{"fairlead-" + std::to_string(settings_.partition)} {
}

std::int32_t partition_log::partition() const {
  return settings_.partition;
}

std::int32_t partition_log::partition_count() const {
  return broker_.partition_count();
}

log_fault partition_log::fault_at(log_call c) const {
  auto fault = settings_.at_call ? settings_.at_call(c) : log_fault::none;
  if (fault == log_fault::fence)
    broker_.time_out(id_);
  return fault;
}

void partition_log::renew_producer() {
  fault_at(log_call::init);
  epoch_ = broker_.init(id_);
  producer_is_new_ = true;
}

// -- restore ------------------------------------------------------------------

void partition_log::restore(
  const std::function<void(std::string_view, std::optional<std::string_view>)>&
    each) {
  renew_producer();
  // From here on nobody but us writes into this partition of `state`. Its end
  // is the high watermark: the last stable offset stands before the first
  // undecided transaction, and what is committed behind it would be missing.
  auto end = broker_.high_watermark(topic::state, settings_.partition);
  for (std::int64_t next = 0; next < end;) {
    fault_at(log_call::restore);
    auto got = broker_.fetch(topic::state, settings_.partition, next,
                             restored_at_once);
    for (const auto& r : got.records)
      each(r.key.value_or(""),
           r.value ? std::optional<std::string_view>{*r.value} : std::nullopt);
    next = got.next;
    if (got.at_end && next < end)
      broker_.wait();
  }
}

input_positions partition_log::stable_offsets() {
  for (;;) {
    fault_at(log_call::offsets);
    if (auto p = broker_.committed_offsets(settings_.partition))
      return *p;
    broker_.wait();
  }
}

input_positions
partition_log::start(const std::optional<input_positions>& meta) {
  committed_ = stable_offsets();
  auto begin = meta.value_or(no_positions);
  // Written in one transaction, they agree unless somebody has moved one.
  for (std::size_t i = 0; i < input_topic_count; ++i) {
    if (committed_[i] >= 0 && committed_[i] != begin[i])
      throw std::runtime_error{
        "the group's offset of " + std::string{name_of(input_at(i))} + "/"
        + std::to_string(settings_.partition) + " is "
        + std::to_string(committed_[i]) + ", but the state was written at "
        + std::to_string(begin[i])};
    next_[i] = std::max<std::int64_t>(begin[i], 0);
  }
  return begin;
}

// -- inputs -------------------------------------------------------------------

polled partition_log::poll(std::chrono::milliseconds, std::size_t records_max) {
  fault_at(log_call::poll);
  polled out;
  for (std::size_t i = 0; i < input_topic_count; ++i) {
    auto got = broker_.fetch(input_at(i), settings_.partition, next_[i],
                             records_max - out.records.size());
    if (settings_.bring && !got.records.empty()) {
      auto brought = settings_.bring(input_at(i), got.records.size());
      if (brought < got.records.size()) {
        got.next = got.records[brought].offset;
        got.records.resize(brought);
        got.at_end = false;
      }
    }
    next_[i] = got.next;
    out.at_end[i] = got.at_end;
    std::move(got.records.begin(), got.records.end(),
              std::back_inserter(out.records));
  }
  return out;
}

// -- transactions -------------------------------------------------------------

partition_log::outcome partition_log::attempt(const transaction& t) {
  commit_called_ = false;
  last_offset_ = -1;
  // A client's produce() succeeds even when the producer is fenced: only the
  // commit tells.
  bool delivered = true;
  for (const auto& r : t.records) {
    auto fault = fault_at(log_call::produce);
    if (fault == log_fault::abort || fault == log_fault::unknown_lost)
      return outcome::aborted;
    if (broker_.add(id_, epoch_, r, last_offset_) != answer::ok) {
      delivered = false;
      last_offset_ = -1;
    }
    if (fault == log_fault::unknown_done)
      return outcome::aborted;
  }
  // The first transaction of a producer always carries offsets, because the
  // broker checks their generation; the epoch covers the later ones.
  if (producer_is_new_ || t.positions != committed_) {
    auto fault = fault_at(log_call::send_offsets);
    if (fault == log_fault::abort || fault == log_fault::unknown_lost
        || fault == log_fault::unknown_done)
      return outcome::aborted;
    switch (broker_.add_offsets(id_, epoch_, settings_.group,
                                settings_.partition, t.positions)) {
      case answer::ok:
        break;
      case answer::fenced:
        return outcome::fenced;
      case answer::stale:
        return outcome::stale;
    }
  }
  auto fault = fault_at(log_call::commit);
  if (fault == log_fault::abort)
    return outcome::aborted;
  commit_called_ = true;
  if (fault == log_fault::unknown_lost)
    return outcome::unknown;
  if (!delivered || broker_.end(id_, epoch_, true) != answer::ok)
    return outcome::fenced;
  fault_at(log_call::committed);
  return fault == log_fault::unknown_done ? outcome::unknown : outcome::done;
}

commit_result partition_log::commit(const transaction& t) {
  if (lost_)
    return commit_result::lost;
  auto o = attempt(t);
  if (o != outcome::done)
    return recover(t, o);
  committed_ = t.positions;
  producer_is_new_ = false;
  fenced_ = 0;
  return commit_result::done;
}

commit_result partition_log::recover(const transaction& t, outcome o) {
  fault_at(log_call::abort);
  (void)broker_.end(id_, epoch_, false);
  // A newer owner and the broker's own timeout look the same. While the group
  // leaves the partition to us we take the id back once.
  if (o == outcome::stale || (o == outcome::fenced && ++fenced_ > 1)) {
    lost_ = true;
    return commit_result::lost;
  }
  renew_producer();
  return commit_called_ ? find_out(t) : commit_result::aborted;
}

commit_result partition_log::find_out(const transaction& t) {
  auto now = stable_offsets();
  bool done = false;
  if (t.positions != committed_) {
    if (now != committed_ && now != t.positions) {
      lost_ = true; // somebody else has moved the group's offsets
      return commit_result::lost;
    }
    done = now == t.positions;
  } else if (last_offset_ >= 0) {
    // Nothing moved, so the offsets can't tell: look at the last record. A
    // transaction whose records never arrived can't have been committed.
    const auto& last = t.records.back();
    for (;;) {
      auto committed
        = broker_.is_committed(last.on, last.partition, last_offset_);
      if (committed) {
        done = *committed;
        break;
      }
      broker_.wait();
    }
  }
  if (!done)
    return commit_result::aborted;
  committed_ = t.positions;
  fenced_ = 0;
  return commit_result::done;
}

} // namespace fairlead::memory
