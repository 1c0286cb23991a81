#include "actors/core/step/notify.hpp"

#include <utility>

namespace fairlead {
namespace {

bool send(step& s, const std::string& lead_id, const std::string& subject,
          const std::string& to, notification_requested n) {
  const auto* a = s.team().agent(to);
  if (a == nullptr || !a->active())
    return false;
  n.agent_id = to;
  n.name = a->document.name;
  n.email = a->document.email;
  n.phone = a->phone;
  s.emit(lead_id, subject, std::move(n));
  return true;
}

} // namespace

bool notify(step& s, const std::string& lead_id, const std::string& to,
            notification_requested n) {
  return send(s, lead_id, lead_id, to, std::move(n));
}

bool notify_about_agent(step& s, const std::string& agent_id,
                        const std::string& to, notification_requested n) {
  return send(s, "", agent_id, to, std::move(n));
}

} // namespace fairlead
