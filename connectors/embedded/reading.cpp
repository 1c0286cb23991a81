#include "connectors/embedded/reading.hpp"

#include "connectors/embedded/row_sums.hpp"

#include <limits>
#include <optional>
#include <utility>

namespace fairlead::embedded {
namespace {

constexpr std::size_t idle_connections_max = 8;

// Columns: seq, topic, offset, timestamp, key, value, headers, sum.
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

std::optional<std::string_view> bytes_of(const sqlite::statement& s,
                                         int column) {
  if (s.null(column))
    return std::nullopt;
  return s.blob(column);
}

constexpr std::int64_t no_sums = std::numeric_limits<std::int64_t>::max();

std::int64_t first_summed(sqlite::connection& db, const std::string& folder) {
  auto layout = layout_of(db, file_of(folder));
  if (layout == 0)
    damaged_file(folder, "it is empty");
  if (layout == schema_version_without_sums)
    return no_sums;
  return db.number("SELECT summed_from FROM log");
}

sqlite::statement select(sqlite::connection& db, std::int64_t summed_from,
                         const std::string& which) {
  auto sql = std::string{"SELECT seq, topic, offset, timestamp, key, value, "
                         "headers, "}
             + (summed_from == no_sums ? "NULL" : "sum") + " FROM records "
             + which;
  return {db.raw(), sql.c_str()};
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

read_connection::read_connection(const std::string& f)
  : read_connection{f, open_reader(f)} {
}

read_connection::read_connection(const std::string& f, sqlite::connection file)
  : folder{f},
    db{std::move(file)},
    summed_from{first_summed(db, f)},
    by_offset{select(db, summed_from,
                     "WHERE topic = ? AND offset >= ? AND offset < ? "
                     "ORDER BY offset LIMIT ?")},
    by_place{select(db, summed_from, "WHERE seq > ? ORDER BY seq LIMIT ?")},
    last{db.raw(), "SELECT seq FROM log"} {
}

void read_connection::require_sum(const sqlite::statement& s) const {
  record_row r{.seq = s.number(0),
               .topic = s.number(1),
               .offset = s.number(2),
               .timestamp = s.number(3),
               .key = bytes_of(s, 4),
               .value = bytes_of(s, 5),
               .headers = bytes_of(s, 6)};
  bool old = r.seq <= summed_from && s.null(7);
  if (!known_topic(s) || (!old && (s.null(7) || s.number(7) != sum_of(r))))
    damaged_record(folder, r);
}

void read_connection::load(topic on, std::int64_t from, std::int64_t end,
                           std::size_t limit, std::vector<placed_record>& out) {
  by_offset.bind(1, static_cast<std::int64_t>(on));
  by_offset.bind(2, from);
  by_offset.bind(3, end);
  by_offset.bind(4, static_cast<std::int64_t>(limit));
  sqlite::reset_at_end r{by_offset};
  // The engine has not read them, so retention has left them all there.
  auto next = from;
  for (; by_offset.step() && by_offset.number(2) == next; ++next) {
    require_sum(by_offset);
    out.push_back(record_of(by_offset));
  }
  if (next < end && next - from < static_cast<std::int64_t>(limit))
    damaged_file(folder, "the record " + std::string{name_of(on)} + "/"
                           + std::to_string(next)
                           + ", which has not been processed yet, is missing");
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
    require_sum(by_offset);
    if (by_offset.number(2) <= page.next && page.next > after)
      damaged_file(folder, "its index of records leads back");
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
    require_sum(by_place);
    if (by_place.number(0) <= page.next)
      damaged_file(folder, "its table records leads back");
    if (topics[static_cast<std::size_t>(by_place.number(1))]
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
