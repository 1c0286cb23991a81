#pragma once

#include "actors/partition/journal.hpp"
#include "messages/records.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fairlead {

/// Reads a record of the journal: the steps that append_journal() wrote, in
/// brackets. Throws std::runtime_error for any other text.
[[nodiscard]] std::vector<journal_step> decode_journal(std::string_view text);

/// One transaction of the past: its steps with the records they handled.
struct past_transaction {
  std::int32_t partition = 0;
  std::int64_t offset = 0; /// of the journal's record
  std::vector<journal_step> steps;
  std::map<position, raw_record> inputs;
};

/// Restores the order of each partition's past, in whatever order its topics
/// are read: a transaction is handed on when the journal's record and all
/// inputs that it names have been read. Keeps only what is still needed.
class past {
public:
  explicit past(std::function<void(past_transaction)> each)
    : each_{std::move(each)} {}

  /// A record of an input topic or of the journal.
  void read(raw_record r);

  /// An input that the journal names and that was not read: retention has
  /// deleted it, or the reading ended too early.
  struct gap {
    std::int32_t partition = 0;
    position missing;
  };
  [[nodiscard]] std::optional<gap> first_gap() const;
  /// Inputs that are not in any transaction yet.
  [[nodiscard]] std::size_t inputs_left() const;

private:
  struct part {
    std::map<position, raw_record> inputs;
    std::deque<std::pair<std::int64_t, std::vector<journal_step>>> waiting;
  };
  void advance(std::int32_t number, part& p);

  std::function<void(past_transaction)> each_;
  std::map<std::int32_t, part> parts_;
};

} // namespace fairlead
