#include "actors/core/owner/known_person.hpp"

namespace fairlead {
namespace {

/// The one lead of a phone or an e-mail: that received last, of those that
/// ever had an owner and are not forgotten (R12, R15).
std::optional<lead_head> last_received(step& s, const person_key& key,
                                       const std::string& except) {
  const auto& leads = s.team().person(key).leads;
  for (auto it = leads.rbegin(); it != leads.rend(); ++it) {
    if (*it == except)
      continue;
    auto h = s.team().head(*it);
    if (h && h->known && h->epoch > 0 && !forgotten(*h, s.now()))
      return h;
  }
  return std::nullopt;
}

} // namespace

known_person look_up_person(step& s, const visited_lead& lead) {
  known_person p;
  std::optional<lead_head> by_phone, by_email;
  if (lead->phone)
    by_phone = last_received(s, phone_key(*lead->phone), lead.id());
  if (lead->email)
    by_email = last_received(s, email_key(*lead->email), lead.id());
  p.known = by_phone || by_email;
  if (p.known)
    p.last_owner = by_phone ? by_phone->last_owner : by_email->last_owner;
  auto active = [&s](const std::optional<lead_head>& h) {
    return h && s.team().is_active(h->owner());
  };
  if (active(by_phone)) {
    p.owner = by_phone->owner();
    p.by_phone = true;
    if (active(by_email) && by_email->owner() != p.owner)
      p.conflict = by_email->owner();
  } else if (active(by_email)) {
    p.owner = by_email->owner();
  }
  return p;
}

} // namespace fairlead
