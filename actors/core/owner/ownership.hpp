#pragma once

#include "actors/core/owner/choice.hpp"
#include "actors/core/owner/known_person.hpp"
#include "actors/core/step/step.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace fairlead {

// A lead gets its owner. With a lead that had another one, the rest of the
// person goes along (R54): in visits that are named here. So whoever has more
// to say about the lead in the same step says it in a visit of its own, named
// after one of these functions was called; then it stands behind, as the
// contract's order has it.

/// Whether the owner hears of it (R40).
enum class telling : std::uint8_t { aloud, quiet };

/// Gives the lead its owner (R3, R16): decision, lead.assigned or
/// lead.reassigned, conflicts, stage, tasks, notification, `cover` for an
/// owner who is absent, released outreach; then the rest of the person.
void give(step& s, visited_lead& lead, owner_choice c,
          const known_person& person = {}, telling how = telling::aloud);

/// R17, R32, R41: a lead that is touched gets an active owner if it has none:
/// where it has lost its owner or never had one, by the phones and e-mails that
/// it keeps first (R12). If nobody is found it waits (R11).
void ensure_owner(step& s, visited_lead& lead);

/// R17: the owner has gone; another one by the rules.
void replace_owner(step& s, visited_lead& lead);

/// By the phones and e-mails that were looked up, else by the rules (R12). If
/// nobody is found, it is said once and the lead waits (R11).
void find_owner(step& s, visited_lead& lead, const known_person& person,
                telling how = telling::aloud);

/// True if the lead's owner is active.
[[nodiscard]] bool has_active_owner(const step& s, const visited_lead& lead);

/// R11: the lead waits from now on, behind those that do. `unsaid`: that it has
/// nobody is said when its turn comes.
void start_waiting(step& s, visited_lead& lead, bool unsaid);
/// R11: takes a lead off those that wait.
void stop_waiting(step& s, visited_lead& lead);

/// R54: the lead goes along with another one of its person.
void go_with(step& s, visited_lead& lead, const go_along& e);

/// R40: the owner is told that the person has asked again, unless they were
/// less than 15 minutes ago; with it goes a `cover` (R12). `unread`: what could
/// not be read this time.
void tell_of_re_inquiry(step& s, visited_lead& lead,
                        const std::vector<std::string>& unread);

} // namespace fairlead
