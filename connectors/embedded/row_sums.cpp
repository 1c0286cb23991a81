#include "connectors/embedded/row_sums.hpp"

#include "connectors/embedded/log.hpp"

#include <bit>
#include <cstring>
#include <span>

namespace fairlead::embedded {
namespace {

// A missing value is not an empty one.
void add(checksum& sum, const std::optional<std::string_view>& bytes) {
  sum.add(std::uint64_t{bytes.has_value()});
  if (bytes)
    sum.add(*bytes);
}

std::uint64_t word_of(std::string_view bytes) noexcept {
  // Little-endian, wherever it runs: a folder may move to another machine.
  std::uint64_t word = 0;
  if (std::endian::native == std::endian::little) {
    std::memcpy(&word, bytes.data(), bytes.size());
    return word;
  }
  for (std::size_t i = 0; i < bytes.size(); ++i)
    word |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  return word;
}

} // namespace

void checksum::add(std::string_view bytes) noexcept {
  add(std::uint64_t{bytes.size()});
  while (bytes.size() >= 8) {
    add(word_of(std::string_view{bytes.data(), 8}));
    bytes.remove_prefix(8);
  }
  if (!bytes.empty())
    add(word_of(bytes));
}

std::int64_t sum_of(const record_row& r) noexcept {
  checksum sum;
  for (auto n : {r.seq, r.topic, r.offset, r.timestamp})
    sum.add(n);
  for (const auto& bytes : {r.key, r.value, r.headers})
    add(sum, bytes);
  return sum.value();
}

std::int64_t sum_of(std::string_view key, std::string_view value) noexcept {
  checksum sum;
  sum.add(key);
  sum.add(value);
  return sum.value();
}

std::int64_t sum_of(const log_rows& r) noexcept {
  checksum sum;
  for (auto n : {r.seq, r.timestamp, r.summed_from})
    sum.add(n);
  for (auto n : r.ends)
    sum.add(n);
  for (auto n : r.positions)
    sum.add(n);
  return sum.value();
}

log_rows read_log_rows(sqlite::connection& db) {
  log_rows out;
  {
    sqlite::statement s{db.raw(),
                        "SELECT seq, timestamp, summed_from FROM log"};
    if (s.step()) {
      out.seq = s.number(0);
      out.timestamp = s.number(1);
      out.summed_from = s.number(2);
    }
  }
  auto read = [&](const char* sql, std::span<std::int64_t> into) {
    sqlite::statement all{db.raw(), sql};
    while (all.step())
      if (auto t = all.number(0);
          t >= 0 && t < static_cast<std::int64_t>(into.size()))
        into[static_cast<std::size_t>(t)] = all.number(1);
  };
  read("SELECT topic, next FROM ends", out.ends);
  read("SELECT topic, next FROM positions", out.positions);
  return out;
}

void damaged_file(const std::string& folder, const std::string& what) {
  throw log_broken("The file " + folder + "/fairlead.db is damaged: " + what
                   + ". Restore the folder from a backup.");
}

void damaged_record(const std::string& folder, const record_row& r) {
  auto known = r.topic >= 0 && r.topic < static_cast<std::int64_t>(topic_count);
  damaged_file(folder,
               "the row " + std::to_string(r.seq) + " of its table records ("
                 + (known ? std::string{name_of(static_cast<topic>(r.topic))}
                          : "topic " + std::to_string(r.topic))
                 + ", offset " + std::to_string(r.offset)
                 + ") is not what was written");
}

void damaged_state(const std::string& folder, std::string_view key) {
  // Behind the team and the kind stands an id, which may be somebody's phone.
  auto end = key.find('\x1f');
  if (end != std::string_view::npos)
    end = key.find('\x1f', end + 1);
  std::string shown;
  for (auto c : key.substr(0, end))
    shown += c == '\x1f' ? '/' : (c >= 0x20 && c < 0x7f) ? c : '?';
  damaged_file(folder, "a row of its table state (" + shown
                         + ") is not what was written");
}

} // namespace fairlead::embedded
