#pragma once

#include "actors/core/owner/choice.hpp"
#include "actors/core/owner/known_person.hpp"
#include "actors/core/step/step.hpp"

#include <cstdint>

namespace fairlead {

/// Gives the lead its owner (R3, R16): decision, lead.assigned or
/// lead.reassigned, conflict, stage, tasks, notification, released outreach.
void give(step& s, visited_lead& lead, owner_choice c,
          const known_person& person = {});

/// How a lead came to need an owner.
enum class need : std::uint8_t {
  arrived,  /// it has none: phone and e-mail first, then the rules (R12)
  abandoned /// its owner has gone: by the rules (R17)
};

/// Finds an owner for a lead that has no active one and gives it, or reports
/// lead.unassigned and lets it wait (R11, R12, R17). A lead that waits already
/// is tried in silence. False: nobody found.
bool find_owner(step& s, visited_lead& lead, need why);

/// The same where R12 has been looked up already.
bool find_owner(step& s, visited_lead& lead, const known_person& person);

/// R17, R32: when a lead is touched, it gets an active owner if it has none.
void ensure_owner(step& s, visited_lead& lead);

/// True if the lead's owner is active.
[[nodiscard]] bool has_active_owner(const step& s, const visited_lead& lead);

/// R11: takes a lead off those that wait.
void stop_waiting(step& s, visited_lead& lead);

} // namespace fairlead
