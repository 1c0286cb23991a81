#pragma once

#include "actors/partition/journal.hpp"
#include "actors/partition/ports.hpp"
#include "messages/records.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead {

/// A record of the journal that has no key, as it was written (journal.hpp).
struct journal_entry {
  int edition = 1; /// of the rules that decided these steps
  std::vector<journal_step> steps;
  /// What follows is the state that a newer edition takes over: its positions.
  std::optional<input_positions> takes_over;
};
/// Throws std::runtime_error for a text that no program wrote that this one
/// knows.
[[nodiscard]] journal_entry decode_journal(std::string_view text);

/// The state with which a newer edition went on (journal.hpp).
struct taken_over_state {
  input_positions positions = no_positions;
  std::map<std::string, std::string> snapshots; /// by their keys on `state`
};

/// One transaction of the past: its steps with the records they handled.
struct past_transaction {
  std::int32_t partition = 0;
  std::int64_t offset = 0; /// of the journal's record
  int edition = 1;         /// of the rules
  std::vector<journal_step> steps;
  std::map<position, raw_record> inputs;
  /// In front of the first transaction of a newer edition.
  std::optional<taken_over_state> before;
};

/// Restores the order of each partition's past, in whatever order its topics
/// are read: a transaction is handed on when the journal's record and all
/// inputs that it names have been read. Keeps only what is still needed; of a
/// state that was taken over, all of it until its transaction comes.
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
  /// At the end of the topics: of what waits in vain for its inputs, leaves out
  /// what is older than a state that was taken over. Nothing that comes after
  /// needs it.
  void skip_to_takeover();
  /// Inputs that are not in any transaction yet.
  [[nodiscard]] std::size_t inputs_left() const;

private:
  struct part {
    std::map<position, raw_record> inputs;
    std::deque<past_transaction> waiting; /// for their inputs
    std::optional<taken_over_state> taken_over;
  };
  void read_journal(raw_record r, part& p);
  void advance(part& p);

  std::function<void(past_transaction)> each_;
  std::map<std::int32_t, part> parts_;
};

} // namespace fairlead
