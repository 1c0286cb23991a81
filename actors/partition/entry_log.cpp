#include "actors/partition/entry_log.hpp"

#include "actors/core/invariant.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace fairlead {
namespace {

// A ref is the number of a chunk and an offset in it, in units of four bytes.
constexpr std::size_t unit = 4;
constexpr std::size_t offset_bits = 16;
constexpr std::size_t chunk_bytes = unit << offset_bits;
constexpr std::size_t chunks_max = std::size_t{1} << (32 - offset_bits);
/// Of varints for the team, the two sizes, and the kind.
constexpr std::size_t front_bytes_max = 3 * 5 + 1;

char* write_number(char* to, std::size_t x) {
  for (; x >= 0x80; x >>= 7)
    *to++ = static_cast<char>(x | 0x80);
  *to++ = static_cast<char>(x);
  return to;
}

std::size_t read_number(const char*& from) {
  std::size_t x = 0;
  for (unsigned shift = 0;; shift += 7) {
    auto byte = static_cast<unsigned char>(*from++);
    x |= static_cast<std::size_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0)
      return x;
  }
}

std::size_t rounded(std::size_t bytes) {
  return (bytes + unit - 1) / unit * unit;
}

/// An entry, and the bytes that it takes.
std::pair<log_entry, std::size_t> parse(const char* begin) {
  const auto* p = begin;
  log_entry e;
  e.team_no = static_cast<std::uint32_t>(read_number(p));
  e.kind = static_cast<entity_kind>(*p++);
  auto id_size = read_number(p);
  auto value_size = read_number(p);
  e.id = {p, id_size};
  e.value = {p + id_size, value_size};
  return {e,
          rounded(static_cast<std::size_t>(p - begin) + id_size + value_size)};
}

} // namespace

entry_log::entry_log() {
  open_chunk(last_calm_, 0);
  open_chunk(last_busy_, 0);
}

entry_log::~entry_log() = default;

const char* entry_log::at(entry_ref p) const {
  const auto& c = chunks_[p >> offset_bits];
  return c.bytes.get() + (p & ((1U << offset_bits) - 1)) * unit;
}

std::size_t& entry_log::last_of(entity_kind k) {
  switch (k) {
    case entity_kind::team:
    case entity_kind::agent:
    case entity_kind::pool:
    case entity_kind::call:
      return last_busy_;
    case entity_kind::lead:
    case entity_kind::document:
    case entity_kind::person:
    case entity_kind::opt_out:
      break;
  }
  return last_calm_;
}

bool entry_log::is_last(std::size_t chunk_no) const {
  return chunk_no == last_calm_ || chunk_no == last_busy_;
}

void entry_log::open_chunk(std::size_t& last, std::size_t bytes) {
  if (free_.empty()) {
    require(chunks_.size() < chunks_max, "a partition's state passes 16 GiB");
    free_.push_back(chunks_.size());
    chunks_.emplace_back();
  }
  last = free_.back();
  free_.pop_back();
  auto& c = chunks_[last];
  // What is larger than a chunk has one of its own.
  c.size = static_cast<std::uint32_t>(std::max(bytes, chunk_bytes));
  // Left as it comes: a page that is not used yet costs nothing.
  c.bytes.reset(new char[c.size]);
  c.used = 0;
  c.dead = 0;
}

entry_ref entry_log::append(const log_entry& e) {
  std::array<char, front_bytes_max> front;
  auto* end = write_number(front.data(), e.team_no);
  *end++ = static_cast<char>(e.kind);
  end = write_number(end, e.id.size());
  end = write_number(end, e.value.size());
  auto front_size = static_cast<std::size_t>(end - front.data());
  auto bytes = rounded(front_size + e.id.size() + e.value.size());
  auto& last = last_of(e.kind);
  if (chunks_[last].used + bytes > chunks_[last].size) {
    auto full = last;
    open_chunk(last, bytes);
    look_at(full);
  }
  auto& c = chunks_[last];
  auto ref = static_cast<entry_ref>(last << offset_bits | c.used / unit);
  auto* to = c.bytes.get() + c.used;
  std::memcpy(to, front.data(), front_size);
  std::copy(e.id.begin(), e.id.end(), to + front_size);
  std::copy(e.value.begin(), e.value.end(), to + front_size + e.id.size());
  c.used += static_cast<std::uint32_t>(bytes);
  return ref;
}

log_entry entry_log::read(entry_ref p) const {
  return parse(at(p)).first;
}

void entry_log::kill(entry_ref p) {
  auto no = p >> offset_bits;
  chunks_[no].dead += static_cast<std::uint32_t>(parse(at(p)).second);
  if (!is_last(no))
    look_at(no);
}

void entry_log::look_at(std::size_t chunk_no) {
  auto& c = chunks_[chunk_no];
  if (c.listed || c.dead * 2 < c.used)
    return;
  c.listed = true;
  to_clean_.push_back(chunk_no);
}

void entry_log::clean(
  const std::function<bool(entry_ref, const log_entry&)>& is_alive,
  const std::function<void(const log_entry&, entry_ref to)>& moved) {
  while (!to_clean_.empty()) {
    auto no = to_clean_.back();
    to_clean_.pop_back();
    // Appending may add chunks, but moves no bytes.
    const auto* bytes = chunks_[no].bytes.get();
    for (std::size_t offset = 0; offset < chunks_[no].used;) {
      auto [e, size] = parse(bytes + offset);
      auto ref = static_cast<entry_ref>(no << offset_bits | offset / unit);
      if (is_alive(ref, e))
        moved(e, append(e));
      offset += size;
    }
    chunks_[no] = {};
    free_.push_back(no);
    if (no == walk_chunk_)
      walk_offset_ = 0;
  }
}

void entry_log::walk(
  std::size_t max,
  const std::function<void(entry_ref, const log_entry&)>& each) {
  // Every chunk once at most: a small log is not walked twice in one call.
  for (std::size_t left = max, turn = 0; left > 0 && turn < chunks_.size();) {
    if (walk_chunk_ >= chunks_.size())
      walk_chunk_ = 0;
    const auto& c = chunks_[walk_chunk_];
    if (walk_offset_ >= c.used) {
      ++walk_chunk_;
      ++turn;
      walk_offset_ = 0;
      continue;
    }
    auto [e, size] = parse(c.bytes.get() + walk_offset_);
    each(
      static_cast<entry_ref>(walk_chunk_ << offset_bits | walk_offset_ / unit),
      e);
    walk_offset_ += size;
    --left;
  }
}

} // namespace fairlead
