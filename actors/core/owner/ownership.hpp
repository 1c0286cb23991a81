#pragma once

#include "actors/core/step/step.hpp"

#include <optional>
#include <string>

namespace fairlead {

/// Who is to own a lead, and why; what lead.assigned and decision.recorded
/// say of it (R19).
struct owner_choice {
  std::optional<std::string> agent; /// none: nobody was found
  assign_reason reason = assign_reason::rotation;
  unassigned_reason nobody = unassigned_reason::nobody_eligible; /// R11
  std::optional<std::string> rule_id, pool_id;
  std::optional<std::uint64_t> turn;
  decision_recorded why;
};

/// One named agent, without a choice among several (R13, R12, R11's ends).
[[nodiscard]] owner_choice choose_agent(const step& s, const std::string& agent,
                                        assign_reason reason);

/// A pool's rotation (R5–R8); the turn is used if somebody is found (R6).
/// `left_out`: an agent who is not eligible this once (R13).
[[nodiscard]] owner_choice
choose_from_pool(step& s, const pool_document& pool, assign_requires demand,
                 assign_reason reason,
                 const std::optional<std::string>& left_out);

/// The rules with R11's whole chain, down to the account owner. `reason`: said
/// instead of the chain's own.
[[nodiscard]] owner_choice
choose_by_rules(step& s, const lead_state& lead,
                std::optional<assign_reason> reason,
                const std::optional<std::string>& left_out);

/// R12: the phone's or the e-mail's lead that leads to an active owner.
struct known_person {
  std::optional<std::string> owner; /// active; the one to keep
  bool by_phone = false;
  std::optional<std::string> conflict; /// the e-mail's other active owner
  bool known = false;                  /// some lead of theirs had an owner
  std::optional<std::string> last_owner;
};
[[nodiscard]] known_person look_up_person(step& s, const std::string& lead_id,
                                          const lead_state& lead);

/// Gives the lead its owner (R3, R16): decision, lead.assigned or
/// lead.reassigned, conflict, stage, tasks, notification, released outreach.
/// `previous` is said for a new lead of a known person (R12).
void give(step& s, held_lead& lead, owner_choice c,
          const known_person& person = {});

/// How a lead came to need an owner.
enum class need : std::uint8_t {
  arrived,  /// it has none: phone and e-mail first, then the rules (R12)
  abandoned /// its owner has gone: by the rules (R17)
};

/// Finds an owner for a lead that has no active one and gives it, or reports
/// lead.unassigned and lets it wait (R11, R12, R17). A lead that waits already
/// is tried in silence. False: nobody found.
bool find_owner(step& s, held_lead& lead, need why);

/// The same where R12 has been looked up already.
bool find_owner(step& s, held_lead& lead, const known_person& person);

/// R17, R32: when a lead is touched, it gets an active owner if it has none.
void ensure_owner(step& s, held_lead& lead);

/// True if the lead's owner is active.
[[nodiscard]] bool has_active_owner(const step& s, const lead_state& lead);

/// How people call a lead in texts: its name, else its phone, e-mail or id.
[[nodiscard]] std::string call_by(const std::string& lead_id,
                                  const lead_state& lead);

/// Changes a lead's stage and says so, unless it is the present one.
void set_stage(step& s, held_lead& lead, const std::string& to);

/// R11: takes a lead off those that wait.
void stop_waiting(step& s, held_lead& lead);

} // namespace fairlead
