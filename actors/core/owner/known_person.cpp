#include "actors/core/owner/known_person.hpp"

#include "actors/core/state/reach.hpp"
#include "messages/reading/contact.hpp"

#include <algorithm>
#include <utility>

namespace fairlead {
namespace {

/// A lead that a phone or an e-mail leads to.
struct found_lead {
  std::string id;
  lead_head head;
};

/// What the phones, or the e-mails, lead to.
struct found_leads {
  std::optional<found_lead> active; /// its owner is active
  std::optional<found_lead> any;    /// had an owner
};

/// Of the other leads with that phone or e-mail those that ever had an owner
/// and are not forgotten (R12, R15): each time the one that was given it last;
/// of those from before that was counted, the one received last.
found_leads leads_of(step& s, const person_key& key, const std::string& self) {
  const auto& team = s.team();
  const auto& leads = s.team().person(key).leads;
  found_leads found;
  auto keep_later = [](std::optional<found_lead>& last, const std::string& id,
                       const lead_head& h) {
    if (!last || h.owner_no > last->head.owner_no)
      last = found_lead{id, h};
  };
  for (auto it = leads.rbegin(); it != leads.rend(); ++it) {
    if (*it == self)
      continue;
    auto h = team.head(*it);
    if (!h || !h->known || h->epoch == 0 || forgotten(*h, s.now()))
      continue;
    keep_later(found.any, *it, *h);
    if (team.is_active(h->owner()))
      keep_later(found.active, *it, *h);
  }
  return found;
}

/// The first of them that leads to an active owner decides.
template <class Key, class Matches>
found_leads look_up(step& s, const std::vector<std::string>& values, Key key_of,
                    Matches matches, const std::string& self) {
  found_leads all;
  for (const auto& value : values) {
    if (!matches(value, never_match_of(s.team())))
      continue;
    auto found = leads_of(s, key_of(value), self);
    if (found.active)
      return found;
    if (!all.any)
      all.any = std::move(found.any);
  }
  return all;
}

/// The latest first, those that match nobody last (R53).
template <class Matches>
std::vector<std::string> latest_first(const step& s,
                                      const std::vector<std::string>& kept,
                                      Matches matches) {
  std::vector<std::string> values{kept.rbegin(), kept.rend()};
  const auto& never = never_match_of(s.team());
  std::stable_partition(
    values.begin(), values.end(),
    [&](const std::string& value) { return matches(value, never); });
  return values;
}

} // namespace

looked_up all_kept(const step& s, const visited_lead& lead) {
  return {latest_first(s, lead->phones, phone_matches),
          latest_first(s, lead->emails, email_matches)};
}

known_person look_up_person(step& s, const visited_lead& lead,
                            const looked_up& by) {
  auto phone = look_up(s, by.phones, phone_key, phone_matches, lead.id());
  auto email = look_up(s, by.emails, email_key, email_matches, lead.id());
  known_person p;
  if (!by.phones.empty())
    p.phone = by.phones.front();
  if (!by.emails.empty())
    p.email = by.emails.front();
  p.known = phone.any || email.any;
  if (p.known)
    p.last_owner = (phone.any ? phone.any : email.any)->head.last_owner;
  p.by_phone = phone.active.has_value();
  if (const auto& to = phone.active ? phone.active : email.active) {
    p.owner = to->head.owner();
    p.lead_id = to->id;
  }
  if (phone.active && email.active && email.active->head.owner() != p.owner)
    p.conflict = email.active->head.owner();
  return p;
}

} // namespace fairlead
