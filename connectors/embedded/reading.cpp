#include "connectors/embedded/reading.hpp"

#include <utility>

namespace fairlead::embedded {
namespace {

constexpr std::size_t idle_connections_max = 8;

// Columns: seq, topic, offset, timestamp, key, value, headers.
placed_record record_of(const sqlite::statement& s) {
  placed_record p;
  p.place = s.number(0);
  auto& r = p.record;
  r.on = static_cast<topic>(s.number(1));
  r.offset = s.number(2);
  r.timestamp = at_ms(s.number(3));
  // What append() wrote has the log's time, like LogAppendTime on Kafka.
  r.log_append_time = is_input(r.on) && r.on != topic::rekey;
  if (!s.null(4))
    r.key = std::string{s.blob(4)};
  if (!s.null(5))
    r.value = std::string{s.blob(5)};
  if (!s.null(6))
    r.headers = unpack(s.blob(6));
  return p;
}

bool wanted(const sqlite::statement& s, const std::string& team) {
  return team.empty() || (!s.null(4) && s.blob(4) == team);
}

bool known_topic(const sqlite::statement& s) {
  return s.number(1) >= 0
         && s.number(1) < static_cast<std::int64_t>(topic_count);
}

// Takes a row; false if the page is full without it.
bool add(history_page& page, const sqlite::statement& s, std::size_t& bytes,
         const page_bounds& bounds) {
  auto size = s.blob(5).size() + s.blob(6).size();
  if (page.records.size() >= bounds.records_max
      || (!page.records.empty() && bytes + size > bounds.bytes_max))
    return false;
  bytes += size;
  page.records.push_back(record_of(s));
  return true;
}

} // namespace

read_connection::read_connection(const std::string& folder)
  : db{embedded::open_reader(folder)},
    by_offset{db.raw(), "SELECT seq, topic, offset, timestamp, key, value, "
                        "headers FROM records WHERE topic = ? AND "
                        "offset >= ? AND offset < ? ORDER BY offset LIMIT ?"},
    by_place{db.raw(), "SELECT seq, topic, offset, timestamp, key, value, "
                       "headers FROM records WHERE seq > ? ORDER BY seq "
                       "LIMIT ?"},
    last{db.raw(), "SELECT seq FROM log"} {
}

void read_connection::load(topic on, std::int64_t from, std::int64_t end,
                           std::size_t limit, std::vector<placed_record>& out) {
  by_offset.bind(1, static_cast<std::int64_t>(on));
  by_offset.bind(2, from);
  by_offset.bind(3, end);
  by_offset.bind(4, static_cast<std::int64_t>(limit));
  sqlite::reset_at_end r{by_offset};
  while (by_offset.step())
    out.push_back(record_of(by_offset));
}

history_page read_connection::read(topic on, const std::string& team,
                                   std::int64_t after,
                                   const page_bounds& bounds) {
  history_page page{{}, after};
  by_offset.bind(1, static_cast<std::int64_t>(on));
  by_offset.bind(2, after < 0 ? 0 : after + 1);
  by_offset.bind(3, std::int64_t{1} << 62);
  by_offset.bind(4, static_cast<std::int64_t>(scan_max));
  sqlite::reset_at_end r{by_offset};
  std::size_t bytes = 0;
  while (by_offset.step()) {
    if (wanted(by_offset, team) && !add(page, by_offset, bytes, bounds))
      break;
    page.next = by_offset.number(2);
  }
  return page;
}

history_page read_connection::follow(std::bitset<topic_count> topics,
                                     const std::string& team,
                                     std::int64_t after,
                                     const page_bounds& bounds) {
  history_page page{{}, after};
  by_place.bind(1, after);
  by_place.bind(2, static_cast<std::int64_t>(scan_max));
  sqlite::reset_at_end r{by_place};
  std::size_t bytes = 0;
  while (by_place.step()) {
    if (known_topic(by_place)
        && topics[static_cast<std::size_t>(by_place.number(1))]
        && wanted(by_place, team) && !add(page, by_place, bytes, bounds))
      break;
    page.next = by_place.number(0);
  }
  return page;
}

std::int64_t read_connection::last_place() {
  sqlite::reset_at_end r{last};
  return last.step() ? last.number(0) : 0;
}

read_pool::lease read_pool::take() {
  {
    std::lock_guard lock{mutex_};
    if (!idle_.empty()) {
      auto c = std::move(idle_.back());
      idle_.pop_back();
      return {*this, std::move(c)};
    }
  }
  return {*this, std::make_unique<read_connection>(folder_)};
}

void read_pool::give_back(std::unique_ptr<read_connection> c) noexcept {
  std::lock_guard lock{mutex_};
  if (c && idle_.size() < idle_connections_max)
    idle_.push_back(std::move(c));
}

} // namespace fairlead::embedded
