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
/// Takes inputs and outputs in any order.
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
    std::uint64_t leads = 0, rung = 0, answered = 0, tasks = 0;
  };
  /// In order, with their weights.
  using pool_members = std::vector<std::pair<std::string, int>>;
  struct team_part {
    std::map<std::string, agent_row> agents;
    std::map<std::string, pool_members> pools;
    std::uint64_t leads = 0, unassigned = 0, returning = 0;
    std::uint64_t connected = 0, missed = 0;
    std::vector<std::int64_t> to_owner_ms, to_answer_ms;
    std::map<std::string, instant> came; /// leads without an owner yet
  };

  /// False if the pool has not had a turn; then nothing is printed.
  static bool print_pool(const team_part& team, const std::string& pool,
                         const pool_members& members, std::ostream& out);

  std::map<std::string, team_part> teams_;
  std::uint64_t dead_letters_ = 0;
};

} // namespace fairlead
