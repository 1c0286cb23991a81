#include "actors/core/owner/merge.hpp"

#include "actors/core/limits.hpp"
#include "actors/core/state/reach.hpp"
#include "messages/phone.hpp"
#include "messages/reading/placeholder.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fairlead {
namespace {

using texts = std::vector<std::string>;

bool has(const texts& xs, const std::string& x) {
  return std::find(xs.begin(), xs.end(), x) != xs.end();
}

/// What is kept after an event, if that changes; those that match nobody stand
/// in front, so they are the first to go.
template <class Matches>
std::optional<texts> kept_after(texts kept, const texts& forget,
                                const std::optional<reachable>& given,
                                const never_matched& never, Matches matches) {
  if (!given && forget.empty())
    return std::nullopt;
  std::erase_if(kept, [&](const std::string& x) { return has(forget, x); });
  if (!given)
    return kept;
  std::erase(kept, given->value);
  kept.push_back(given->value);
  std::stable_partition(kept.begin(), kept.end(), [&](const std::string& x) {
    return !matches(x, never);
  });
  if (kept.size() > limits::reaches_per_lead)
    kept.erase(kept.begin());
  return kept;
}

/// What everybody types who does not want to tell leads nowhere, ever: it would
/// only fill the index.
bool is_indexed(const std::string& phone) {
  return !is_placeholder(parts_of(phone).number);
}

template <class Key>
void follow(step& s, const visited_lead& lead, const texts& before,
            const texts& after, const std::optional<reachable>& given,
            came_by how, Key key_of) {
  for (const auto& x : before)
    if (!has(after, x))
      s.team().drop_person(key_of(x), lead.id());
  for (const auto& x : after) {
    bool wanted = how == came_by::inquiry || (given && given->value == x);
    if (wanted && is_indexed(x))
      s.team().add_person(key_of(x), lead.id());
  }
}

} // namespace

contact_reading read_contact_of(const step& s, const contact& c) {
  return read_contact(c, s.team().region(), never_match_of(s.team()));
}

looked_up given_by(const contact_reading& c) {
  looked_up by;
  if (c.phone)
    by.phones.push_back(c.phone->value);
  if (c.email)
    by.emails.push_back(c.email->value);
  return by;
}

void merge(step& s, visited_lead& lead, const contact_reading& c,
           const lead_details& details, came_by how) {
  const auto& never = never_match_of(s.team());
  auto phones = lead->phones;
  auto emails = lead->emails;
  lead_data d{.name = c.name,
              .phones = kept_after(phones, c.forget_phones, c.phone, never,
                                   phone_matches),
              .emails = kept_after(emails, c.forget_emails, c.email, never,
                                   email_matches),
              .details = details,
              .received = how == came_by::inquiry};
  lead.change(d);
  follow(s, lead, phones, lead->phones, c.phone, how, phone_key);
  follow(s, lead, emails, lead->emails, c.email, how, email_key);
}

} // namespace fairlead
