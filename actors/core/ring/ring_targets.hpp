#pragma once

#include "actors/core/owner/eligibility.hpp"
#include "actors/core/step/step.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace fairlead {

/// A ring target, and why it is not to ring.
struct target {
  std::optional<std::string> agent_id;
  dialled number;
  std::optional<exclusion> excluded;
  bool later = false; /// it may be rung, but it is not its turn (R20)

  [[nodiscard]] bool rings() const { return !excluded && !later; }
};

/// The owner of the call's lead.
[[nodiscard]] std::optional<std::string> owner_of(const step& s,
                                                  const call_state& call);

/// Who may be rung at one moment, for whichever call (R22, R51). Each agent is
/// looked at once. Holds until the team changes.
class ringable {
public:
  explicit ringable(const step& s)
    : team_{s.team()}, now_{s.now()}, taken_{s.team(), s.now()} {}

  [[nodiscard]] std::optional<exclusion> excluded(const std::string& agent_id);
  /// R51: whether a fallback entry is free, or the agent whose number it is.
  [[nodiscard]] bool is_free(const fallback_entry& e,
                             const std::optional<std::string>& agent_id) const;

private:
  const team_state& team_;
  instant now_;
  taken_numbers taken_;
  std::map<std::string, std::optional<exclusion>> known_;
};

/// Who may be rung for one call at one moment: by R22, and who has not rung in
/// this routing, by agent and by number; the lead's own numbers count as rung
/// (R23).
class call_targets {
public:
  call_targets(step& s, const call_state& call, ringable& may_ring);

  /// An agent; `again` although they rang (R33).
  [[nodiscard]] target agent(const std::string& id, bool again = false);
  [[nodiscard]] bool has_rung(const target& t) const;

  /// The owner, if there is one (R20).
  [[nodiscard]] std::vector<target> owner();
  /// The members of a group, in its order; of several with one number the
  /// first may ring (R51), and with `group_size` those whose turn it is (R20).
  [[nodiscard]] std::vector<target> group(const group_ref& g);
  /// The targets that the win of that leg had cancelled (R33).
  [[nodiscard]] std::vector<target> cancelled_by(const leg& winner);

  /// The first of the fallback entries from the next one on that may be rung
  /// (R25), and its place.
  struct fallback {
    target rung;
    std::size_t place = 0;
  };
  [[nodiscard]] std::optional<fallback> next_fallback();

private:
  [[nodiscard]] bool is_leads_own(std::string_view number) const;
  [[nodiscard]] std::vector<target> once_a_number(std::vector<target> ts) const;
  void choose_whose_turn(std::vector<target>& ts) const;

  step& s_;
  const call_state& call_;
  ringable& may_ring_;
  std::vector<std::string> leads_own_;
};

/// R19: what the decision about these targets says before one is chosen; of a
/// group its rule and pool.
[[nodiscard]] decision_recorded
ring_decision(const step& s, const visited_call& call,
              const group_choice* group, const std::vector<target>& targets);

} // namespace fairlead
