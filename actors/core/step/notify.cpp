#include "actors/core/step/notify.hpp"

#include <utility>

namespace fairlead {
namespace {

/// Writes the recipient into the notification; false: nobody can be told.
bool address(const step& s, const std::string& to, notification_requested& n) {
  const auto* a = s.team().agent(to);
  if (a == nullptr || !a->active())
    return false;
  n.agent_id = to;
  n.name = a->document.name;
  n.email = a->document.email;
  n.phone = a->phone;
  return true;
}

} // namespace

bool notify(step& s, const visited_lead& about, const std::string& to,
            notification_requested n) {
  if (!address(s, to, n))
    return false;
  s.emit(about.id(), std::move(n));
  return true;
}

bool notify(step& s, const visited_agent& about, const std::string& to,
            notification_requested n) {
  if (!address(s, to, n))
    return false;
  s.emit_about_agent(about.id(), std::move(n));
  return true;
}

std::string name_of(const visited_lead& lead) {
  for (const auto* field : {&lead->name, &lead->phone_text, &lead->email_text})
    if (*field && !(*field)->empty())
      return **field;
  return "lead " + lead.id();
}

} // namespace fairlead
