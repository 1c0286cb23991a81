#pragma once

#include "messages/records.hpp"

#include <cstdint>
#include <iosfwd>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fairlead {

/// What a manager asks at the end of a day: who got how many leads compared
/// with their weight, how many calls were answered, how long leads waited.
/// Takes inputs and outputs in any order. Keeps a few bytes for each lead and
/// each call.
class report {
public:
  /// An input; a lead came at its record's timestamp.
  void input(const raw_record& r);
  void output(const new_record& r);
  /// An output, and when its reader saw it; nothing: at its own time.
  void output(topic on, const std::optional<std::string>& value,
              std::optional<instant> seen);
  /// A lead was handed in at that moment of the reader's clock.
  void lead_came(const std::string& team, const std::string& lead, instant at);

  void print(std::ostream& out) const;

private:
  struct agent_row {
    std::string name;
    std::map<std::string, std::uint64_t> turns; /// by pool
    std::uint64_t leads = 0, rung = 0, tasks = 0;
  };
  /// How a call stands by the latest word about it: a winner may be replaced or
  /// taken back, and a miss corrected (R33, R38, R44).
  struct call_row {
    std::uint64_t at = 0; /// the sequence of that word
    bool answered = false;
    std::string agent; /// empty: a number, or nobody said who
    std::optional<std::int64_t> waited_ms;
  };
  /// In order, with their weights.
  using pool_members = std::vector<std::pair<std::string, int>>;
  struct team_part {
    std::map<std::string, agent_row> agents;
    std::map<std::string, pool_members> pools;
    std::uint64_t leads = 0, unassigned = 0, returning = 0;
    std::map<std::string, call_row> calls;
    std::vector<std::int64_t> to_owner_ms;
    std::map<std::string, instant> came; /// leads without an owner yet
  };

  static void print_calls(const team_part& team, std::ostream& out);
  /// False if the pool has not had a turn; then nothing is printed.
  static bool print_pool(const team_part& team, const std::string& pool,
                         const pool_members& members, std::ostream& out);

  std::map<std::string, team_part> teams_;
  std::uint64_t dead_letters_ = 0;
};

} // namespace fairlead
