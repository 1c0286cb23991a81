#include "actors/core/state/person.hpp"

#include "actors/core/limits.hpp"
#include "messages/derive.hpp"

namespace fairlead {

void apply(person_state& s, const lead_joined& r) {
  std::erase(s.leads, r.lead_id);
  if (s.leads.size() >= limits::leads_per_person_key) {
    s.leads.erase(s.leads.begin());
    s.oldest_left_out = true;
  }
  s.leads.push_back(r.lead_id);
}

void apply(person_state& s, const lead_left& r) {
  std::erase(s.leads, r.lead_id);
}

person_key phone_key(std::string_view e164) {
  return {phone_kind + std::string{e164}};
}

person_key email_key(std::string_view email) {
  return {email_kind + std::string{email}};
}

std::string opt_out_hash(std::string_view team, const person_key& key) {
  std::string name{"opt-out\x1f"};
  name += team;
  name += '\x1f';
  name += key.text;
  return derived_id(name);
}

} // namespace fairlead
