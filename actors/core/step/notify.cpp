#include "actors/core/step/notify.hpp"

#include "actors/core/state/reach.hpp"
#include "messages/phone.hpp"

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

std::string name_of(const step& s, const visited_lead& lead) {
  if (lead->name && !lead->name->empty())
    return *lead->name;
  if (const auto* phone = phone_of(s.team(), *lead))
    return name_of_phone(*phone);
  if (const auto* email = email_of(s.team(), *lead))
    return *email;
  return "a lead without a name";
}

std::string name_of_agent(const step& s, const std::string& agent_id) {
  const auto* a = s.team().agent(agent_id);
  if (a == nullptr || a->document.name.empty())
    return "somebody who is not known";
  return a->document.name;
}

std::string name_of_number(const dialled& number) {
  return number.phone.empty() ? number.endpoint : name_of_phone(number.phone);
}

std::string name_of_phone(std::string_view phone) {
  auto parts = parts_of(phone);
  std::string name{parts.number};
  if (!parts.extension.empty()) {
    name += ", extension ";
    name += parts.extension;
  }
  return name;
}

} // namespace fairlead
