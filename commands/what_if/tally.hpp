#pragma once

#include "actors/core/step/step.hpp"
#include "commands/what_if/team_past.hpp"
#include "messages/time.hpp"
#include "messages/words.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace fairlead::what_if {

/// The time that is compared, `[from, to)`.
struct period {
  instant from, to;
  [[nodiscard]] bool has(instant t) const { return from <= t && t < to; }
};

/// What came of one lead in that time.
struct lead_story {
  std::optional<instant> came;  /// as a new one
  std::optional<instant> owned; /// the first owner in that time
  std::string agent;            /// that owner
  assign_reason reason = assign_reason::rotation;
  std::optional<std::string> pool;
  std::string last_agent;
  bool waited = false;           /// nobody could be found at first
  std::set<std::string> assumes; /// what it rests on (README.md)
};

struct agent_figures {
  std::int64_t leads = 0, turns = 0;
  std::int64_t assumed = 0; /// leads that rest on an assumption
};

enum class call_result : std::uint8_t { open, connected, missed, unknown };

/// What came of a run in the time that is compared.
class tally {
public:
  explicit tally(const period& of) : of_{of} {}

  /// A step that has made its visits.
  void step(const fairlead::step& s);
  void assume(const std::string& lead, const char* what, instant now);
  void unknown(const std::string& call, const std::string& lead, instant now);
  /// Who people are: at the end of the run.
  void name(const std::string& agent, const std::string& name) {
    names_[agent] = name;
  }

  [[nodiscard]] const std::map<std::string, lead_story>& leads() const {
    return leads_;
  }
  [[nodiscard]] std::map<std::string, agent_figures> agents() const;
  /// pool -> agent -> turns
  [[nodiscard]] const std::map<std::string,
                               std::map<std::string, std::int64_t>>&
  pools() const {
    return pools_;
  }
  [[nodiscard]] const std::map<std::string, call_result>& calls() const {
    return calls_;
  }
  [[nodiscard]] const std::vector<choice>& choices() const { return choices_; }
  [[nodiscard]] const std::map<std::string, std::string>& names() const {
    return names_;
  }
  /// Steps that could not be made.
  std::uint64_t lost = 0;

private:
  void assigned(const lead_assigned& a, const std::string& lead, instant now);

  period of_;
  std::map<std::string, lead_story> leads_;
  std::set<std::string> known_; /// leads that came before, or have an owner
  std::map<std::string, std::vector<std::pair<std::string, bool>>> got_;
  std::map<std::string, std::map<std::string, std::int64_t>> pools_;
  std::map<std::string, call_result> calls_;
  std::set<std::string> unknown_;
  std::vector<choice> choices_;
  std::map<std::string, std::string> names_;
};

} // namespace fairlead::what_if
