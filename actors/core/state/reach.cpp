#include "actors/core/state/reach.hpp"

#include "messages/reading/contact.hpp"

#include <algorithm>

namespace fairlead {
namespace {

/// The last one that matches, else the last.
template <class Matches>
const std::string* latest(const std::vector<std::string>& kept,
                          Matches matches) {
  auto it = std::find_if(kept.rbegin(), kept.rend(), matches);
  if (it != kept.rend())
    return &*it;
  return kept.empty() ? nullptr : &kept.back();
}

} // namespace

const never_matched& never_match_of(const team_state& team) {
  static const never_matched nothing;
  return team.document() ? team.document()->never_match : nothing;
}

const std::string* phone_of(const team_state& team, const lead_state& lead) {
  return latest(lead.phones, [&](const std::string& x) {
    return phone_matches(x, never_match_of(team));
  });
}

const std::string* email_of(const team_state& team, const lead_state& lead) {
  return latest(lead.emails, [&](const std::string& x) {
    return email_matches(x, never_match_of(team));
  });
}

std::vector<person_key> keys_of(const team_state& team,
                                const lead_state& lead) {
  const auto& never = never_match_of(team);
  std::vector<person_key> keys;
  keys.reserve(lead.phones.size() + lead.emails.size());
  for (auto it = lead.phones.rbegin(); it != lead.phones.rend(); ++it)
    if (phone_matches(*it, never))
      keys.push_back(phone_key(*it));
  for (auto it = lead.emails.rbegin(); it != lead.emails.rend(); ++it)
    if (email_matches(*it, never))
      keys.push_back(email_key(*it));
  return keys;
}

} // namespace fairlead
