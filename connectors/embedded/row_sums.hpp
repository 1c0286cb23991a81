#pragma once

#include "actors/partition/ports.hpp"
#include "connectors/embedded/sqlite.hpp"
#include "messages/records.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fairlead::embedded {

/// A sum of 64 bits. One word of eight bytes that changes always changes it; of
/// any other damage, one in 2^64 goes unseen. It tells accidents, not forgers.
class checksum {
public:
  void add(std::uint64_t word) noexcept {
    // Each line can be undone, so two sums that differ once differ for ever,
    // unless a later word differs, too.
    sum_ ^= word;
    sum_ *= 0x9e3779b97f4a7c15;
    sum_ ^= sum_ >> 32;
  }
  void add(std::int64_t number) noexcept {
    add(static_cast<std::uint64_t>(number));
  }
  void add(std::string_view bytes) noexcept;
  /// As SQLite stores it.
  [[nodiscard]] std::int64_t value() const noexcept {
    return static_cast<std::int64_t>(sum_);
  }

private:
  std::uint64_t sum_ = 0x46616972;
};

/// A row of `records`.
struct record_row {
  std::int64_t seq = 0;
  std::int64_t topic = 0;
  std::int64_t offset = 0;
  std::int64_t timestamp = 0;
  std::optional<std::string_view> key, value, headers;
};
[[nodiscard]] std::int64_t sum_of(const record_row& r) noexcept;

/// A row of `state`.
[[nodiscard]] std::int64_t sum_of(std::string_view key,
                                  std::string_view value) noexcept;

/// The row of `log` with all of `ends` and `positions`.
struct log_rows {
  std::int64_t seq = 0;
  std::int64_t timestamp = 0;
  std::int64_t summed_from = 0;
  std::array<std::int64_t, topic_count> ends{};
  input_positions positions = no_positions;
};
[[nodiscard]] std::int64_t sum_of(const log_rows& r) noexcept;
/// They are a few small rows, which tell where to go on. Throws sqlite::error.
[[nodiscard]] log_rows read_log_rows(sqlite::connection& db);

/// Throw log_broken with one sentence that names the row.
[[noreturn]] void damaged_record(const std::string& folder,
                                 const record_row& r);
[[noreturn]] void damaged_state(const std::string& folder,
                                std::string_view key);
[[noreturn]] void damaged_file(const std::string& folder,
                               const std::string& what);

} // namespace fairlead::embedded
