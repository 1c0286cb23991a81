#include "connectors/memory/broker.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace fairlead::memory {

broker::broker(std::int32_t partitions)
  : partitions_{partitions},
    lanes_(topic_count * static_cast<std::size_t>(partitions)),
    offsets_(static_cast<std::size_t>(partitions), no_positions) {
}

std::size_t broker::lane_number(topic on, std::int32_t p) const {
  if (p < 0 || p >= partitions_)
    throw std::logic_error{"there is no such partition"};
  return static_cast<std::size_t>(on) * static_cast<std::size_t>(partitions_)
         + static_cast<std::size_t>(p);
}

// -- publishers, readers ------------------------------------------------------

std::int64_t broker::append(raw_record r) {
  auto& l = lanes_[lane_number(r.on, r.partition)];
  r.offset = l.end++;
  l.entries.push_back({r.offset, 0, false, std::move(r)});
  return l.end - 1;
}

std::int64_t broker::stable_end(const lane& l) {
  auto end = l.end;
  for (const auto& [unused, first] : l.undecided)
    end = std::min(end, first);
  return end;
}

broker::fetched broker::fetch(topic on, std::int32_t partition,
                              std::int64_t from, std::size_t max) const {
  const auto& l = lane_of(on, partition);
  auto end = stable_end(l);
  fetched out;
  out.next = std::max<std::int64_t>(from, 0);
  auto it = std::lower_bound(
    l.entries.begin(), l.entries.end(), out.next,
    [](const entry& e, std::int64_t offset) { return e.offset < offset; });
  for (; it != l.entries.end() && it->offset < end; ++it) {
    bool hidden = it->marker || (it->txn != 0 && l.aborted.contains(it->txn));
    if (!hidden) {
      if (out.records.size() == max)
        return out;
      out.records.push_back(it->record);
    }
    out.next = it->offset + 1;
  }
  // Compaction leaves gaps, the end does not move with them.
  out.next = std::max(out.next, end);
  out.at_end = true;
  return out;
}

std::int64_t broker::last_stable(topic on, std::int32_t partition) const {
  return stable_end(lane_of(on, partition));
}

std::int64_t broker::high_watermark(topic on, std::int32_t partition) const {
  return lane_of(on, partition).end;
}

std::optional<bool> broker::is_committed(topic on, std::int32_t partition,
                                         std::int64_t offset) const {
  const auto& l = lane_of(on, partition);
  auto it = std::find_if(l.entries.begin(), l.entries.end(),
                         [&](const entry& e) { return e.offset == offset; });
  if (it == l.entries.end())
    return false;
  if (l.undecided.contains(it->txn))
    return std::nullopt;
  return !l.aborted.contains(it->txn);
}

// -- transactions -------------------------------------------------------------

std::int64_t broker::init(const std::string& id) {
  auto& p = producers_[id];
  ++p.epoch;
  auto epoch = p.epoch;
  if (p.open.number != 0)
    prepare(p, false);
  settle(p);
  return epoch;
}

void broker::settle(const producer& p) {
  auto unsettled = [&] {
    return std::any_of(
      pending_.begin(), pending_.end(),
      [&](const pending_marker& m) { return m.txn == p.ended; });
  };
  while (patient && unsettled())
    wait();
}

void broker::open(producer& p) {
  if (p.open.number != 0)
    return;
  settle(p);
  p.open.number = ++last_txn_;
}

answer broker::add(const std::string& id, std::int64_t epoch,
                   const new_record& r, std::int64_t& offset) {
  auto& p = producers_[id];
  if (epoch != p.epoch)
    return answer::fenced;
  open(p);
  auto number = lane_number(r.on, r.partition);
  auto& l = lanes_[number];
  offset = l.end++;
  l.entries.push_back({offset,
                       p.open.number,
                       false,
                       {.on = r.on,
                        .partition = r.partition,
                        .offset = offset,
                        .timestamp = r.timestamp,
                        .log_append_time = false,
                        .key = r.key,
                        .value = r.value,
                        .headers = headers_of(r)}});
  l.undecided.try_emplace(p.open.number, offset);
  p.open.lanes.insert(number);
  p.open.records.push_back(r);
  return answer::ok;
}

answer broker::add_offsets(const std::string& id, std::int64_t epoch,
                           const group_metadata& who, std::int32_t partition,
                           const input_positions& positions) {
  auto& p = producers_[id];
  if (epoch != p.epoch)
    return answer::fenced;
  bool nobody = who.member.empty() && who.generation == -1;
  if (!nobody
      && (who.generation != generation_ || !members_.contains(who.member)))
    return answer::stale;
  open(p);
  p.open.offsets[partition] = positions;
  return answer::ok;
}

answer broker::end(const std::string& id, std::int64_t epoch, bool commit) {
  auto& p = producers_[id];
  if (epoch != p.epoch)
    return answer::fenced;
  if (p.open.number != 0)
    prepare(p, commit);
  return answer::ok;
}

void broker::time_out(const std::string& id) {
  auto& p = producers_[id];
  ++p.epoch;
  if (p.open.number != 0)
    prepare(p, false);
}

void broker::prepare(producer& p, bool commit) {
  auto done = std::exchange(p.open, {});
  p.ended = done.number;
  if (commit && on_prepared)
    on_prepared(done.records);
  for (auto l : done.lanes)
    pending_.push_back({done.number, l, commit, {}});
  if (!done.offsets.empty())
    pending_.push_back({done.number, no_lane, commit, std::move(done.offsets)});
}

// -- the group ----------------------------------------------------------------

std::int32_t broker::rebalance(std::set<std::string> members) {
  members_ = std::move(members);
  return ++generation_;
}

std::optional<input_positions>
broker::committed_offsets(std::int32_t partition) const {
  for (const auto& m : pending_)
    if (m.offsets.contains(partition))
      return std::nullopt;
  for (const auto& [unused, p] : producers_)
    if (p.open.offsets.contains(partition))
      return std::nullopt;
  return offsets_[static_cast<std::size_t>(partition)];
}

// -- what happens by itself ---------------------------------------------------

void broker::deliver_marker(std::size_t which) {
  // Of one lane in the order in which the transactions were ended.
  auto wanted = pending_.at(which).lane;
  auto it
    = std::find_if(pending_.begin(), pending_.end(),
                   [&](const pending_marker& m) { return m.lane == wanted; });
  auto m = std::move(*it);
  pending_.erase(it);
  if (m.lane == no_lane) {
    if (m.commit)
      for (const auto& [partition, positions] : m.offsets)
        offsets_[static_cast<std::size_t>(partition)] = positions;
    return;
  }
  auto& l = lanes_[m.lane];
  l.undecided.erase(m.txn);
  if (!m.commit)
    l.aborted.insert(m.txn);
  auto offset = l.end++;
  l.entries.push_back({offset, m.txn, true, {}});
}

void broker::wait() {
  if (!pending_.empty())
    return deliver_marker(pick ? pick(pending_.size()) : 0);
  std::string oldest;
  std::uint64_t number = 0;
  for (const auto& [id, p] : producers_)
    if (p.open.number != 0 && (number == 0 || p.open.number < number)) {
      oldest = id;
      number = p.open.number;
    }
  if (number == 0)
    throw std::logic_error{"something waits for what will never come"};
  time_out(oldest);
}

void broker::compact(topic on, std::int32_t partition, std::int64_t until,
                     std::int64_t no_tombstones_until) {
  auto& l = lanes_[lane_number(on, partition)];
  until = std::min(until, stable_end(l));
  std::map<std::string, std::int64_t> last;
  auto is_data = [&](const entry& e) {
    return !e.marker && !(e.txn != 0 && l.aborted.contains(e.txn));
  };
  for (const auto& e : l.entries)
    if (e.offset < until && is_data(e))
      last[e.record.key.value_or("")] = e.offset;
  std::erase_if(l.entries, [&](const entry& e) {
    if (e.offset >= until)
      return false;
    if (!is_data(e))
      return true;
    return e.offset != last[e.record.key.value_or("")]
           || (!e.record.value && e.offset < no_tombstones_until);
  });
}

} // namespace fairlead::memory
