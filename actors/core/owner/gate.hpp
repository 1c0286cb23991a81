#pragma once

#include "actors/core/step/step.hpp"

#include <optional>

namespace fairlead {

// R18: outreach about a lead is held until there is an owner, and refused once
// the person has opted out.

/// Says what becomes of a piece of outreach.
void emit_gated(step& s, const visited_lead& lead, const held_outreach& item,
                gate verdict, std::optional<refusal_reason> why = std::nullopt);

/// What the lead holds goes out in order, or is refused after an opt-out.
void release_held(step& s, visited_lead& lead);

/// What the lead holds is refused.
void refuse_all(step& s, visited_lead& lead, refusal_reason why);

/// What has been held too long is refused (R15).
void refuse_overdue(step& s, visited_lead& lead);

/// True if the lead, its phone or its e-mail has opted out.
[[nodiscard]] bool opted_out(step& s, const visited_lead& lead);

/// The lead, its phone and its e-mail want nothing more; what they hold is
/// refused: the lead's at once, that of the other leads next, by lead id.
void opt_out(step& s, visited_lead& lead);

/// A lead that has opted out has another phone or e-mail now: these want
/// nothing more either (R18: every lead with *its* phone or e-mail).
void keep_opted_out(step& s, visited_lead& lead);

/// `opt_in: true` lifts it, with the same reach.
void opt_in(step& s, visited_lead& lead);

} // namespace fairlead
