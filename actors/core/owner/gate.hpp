#pragma once

#include "actors/core/owner/known_person.hpp"
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

/// True if the lead has opted out, or one of the phones and e-mails that it
/// keeps has, and the lead has not opted in since.
[[nodiscard]] bool opted_out(step& s, const visited_lead& lead);

/// The lead wants nothing more, and so do all phones and e-mails that it keeps,
/// whoever else has them; what is held is refused: the lead's at once, that of
/// the other leads next, by lead id.
void opt_out(step& s, visited_lead& lead);

/// A lead that has opted out may have another phone or e-mail now: these want
/// nothing more either.
void keep_opted_out(step& s, visited_lead& lead);

/// `opt_in: true` lifts it for this lead, for the phone and the e-mail that it
/// gives, and for what the leads that share those said themselves.
void opt_in(step& s, visited_lead& lead, const looked_up& given);

/// Somebody with phones or e-mails of this lead has opted out.
void refuse_with(step& s, visited_lead& lead, const refuse_held& e);

} // namespace fairlead
