#include "actors/core/outcome/words.hpp"

#include <utility>

namespace fairlead {
namespace {

std::string name_of(const step& s, const reached& who) {
  return who.agent_id ? name_of_agent(s, *who.agent_id)
                      : name_of_number(who.number);
}

notification_requested words(notification_kind kind, std::string title,
                             std::string text) {
  notification_requested n;
  n.kind = kind;
  n.title = std::move(title);
  n.text = std::move(text);
  return n;
}

/// Whom the lead could not be given to.
std::string nobody_of(const step& s, failure_reason why,
                      const std::optional<std::string>& agent) {
  if (why == failure_reason::inactive_agent && agent)
    return "to " + name_of_agent(s, *agent) + ", who is not active";
  if (why == failure_reason::unknown_agent)
    return "to an agent who is not known";
  return "to anybody: nobody of that pool can take leads now";
}

} // namespace

notification_requested words_of_success(const step& s, const visited_lead& lead,
                                        const outcome_due& o) {
  auto who = name_of(s, lead);
  auto text = "The live call with " + who
              + (o.answered_by ? " was taken by " + name_of(s, *o.answered_by)
                               : " was answered");
  if (o.instead_of)
    text += ", not by " + name_of(s, *o.instead_of) + ", as it had seemed";
  return words(notification_kind::transfer_answered,
               "Call with " + who + " was answered", text + ".");
}

notification_requested words_of_miss(const step& s, const visited_lead& lead,
                                     const std::optional<call_back_news>& news,
                                     const std::string& to) {
  auto who = name_of(s, lead);
  auto text = "Nobody answered the live call with " + who + ".";
  if (news && news->misses > 1)
    text += " That makes " + std::to_string(news->misses) + " missed calls.";
  if (!news || news->assignee == to)
    text += " Please call back.";
  else if (news->assignee)
    text += " " + name_of_agent(s, *news->assignee) + " is to call back.";
  return words(notification_kind::transfer_missed, "Missed call: " + who, text);
}

notification_requested words_of_tag(const step& s, const visited_lead& lead,
                                    const outcome_tag& tag) {
  auto who = name_of(s, lead);
  std::string how{tag.text()};
  return words(notification_kind::outcome, "Call with " + who + ": " + how,
               "A call with " + who + " ended with " + how + ".");
}

notification_requested words_of_cover(const step& s, const visited_lead& lead,
                                      const std::optional<call_back_news>& news,
                                      const std::string& to) {
  auto who = name_of(s, lead);
  auto text = "Nobody answered the live call with " + who + ".";
  if (lead->owner)
    text += " " + name_of_agent(s, *lead->owner)
            + ", who looks after them, is not there.";
  text += news && news->assignee == to ? " The task to call back is yours."
                                       : " Can you see to it?";
  return words(notification_kind::cover,
               "Can you cover? " + who + " was missed", text);
}

notification_requested
words_of_failure(const step& s, const visited_lead& lead,
                 const outcome_tag& tag, failure_reason why,
                 const std::optional<std::string>& agent) {
  auto text = "A call with " + name_of(s, lead) + " ended with "
              + std::string{tag.text()} + ", and the lead could not be given "
              + nobody_of(s, why, agent) + ".";
  if (lead->owner)
    text += " It stays with " + name_of_agent(s, *lead->owner) + ".";
  return words(notification_kind::action_failed, "A hand-over failed", text);
}

} // namespace fairlead
