#include "messages/english/in_words.hpp"

#include "messages/phone.hpp"

#include <utility>

namespace fairlead {

// No default branches: the compiler tells which word is missing.

std::string_view in_words(assign_reason r) {
  switch (r) {
    case assign_reason::rotation:
      return "next in line";
    case assign_reason::relaxed:
      return "nobody was on duty, so the next in line anyway";
    case assign_reason::rule_agent:
      return "the rule names them";
    case assign_reason::direct:
      return "the sender asked for them";
    case assign_reason::manual:
      return "assigned by hand";
    case assign_reason::existing_owner:
      return "they own this person already";
    case assign_reason::default_owner:
      return "nobody else could take it, they are the default owner";
    case assign_reason::account_owner:
      return "nobody else could take it, they own the account";
    case assign_reason::owner_inactive:
      return "the previous owner is no longer active";
    case assign_reason::outcome:
      return "the outcome of the call asks for it";
  }
  return "";
}

std::string_view in_words(unassigned_reason r) {
  switch (r) {
    case unassigned_reason::nobody_eligible:
      return "everybody is off duty, paused or full";
    case unassigned_reason::no_rule:
      return "no rule matches and no default owner is active";
    case unassigned_reason::unknown_team:
      return "the team is not configured yet";
  }
  return "";
}

std::string_view in_words(failure_reason r) {
  switch (r) {
    case failure_reason::unknown_agent:
      return "there is no such agent";
    case failure_reason::inactive_agent:
      return "the agent is not active";
    case failure_reason::unknown_pool:
      return "there is no such pool";
    case failure_reason::nobody_eligible:
      return "nobody in the pool can take it";
    case failure_reason::stale:
      return "the lead has had another owner meanwhile";
  }
  return "";
}

std::string_view in_words(ring_step s) {
  switch (s) {
    case ring_step::owner:
      return "the owner";
    case ring_step::group:
      return "the group";
    case ring_step::fallback:
      return "a fallback number";
    case ring_step::over:
      return "nobody";
  }
  return "";
}

std::string_view in_words(cancel_reason r) {
  switch (r) {
    case cancel_reason::answered_elsewhere:
      return "somebody else answered";
    case cancel_reason::lost_race:
      return "somebody else was faster";
    case cancel_reason::late:
      return "too late";
    case cancel_reason::ring_timeout:
      return "no answer in time";
    case cancel_reason::caller_hung_up:
      return "the caller hung up";
    case cancel_reason::target_unavailable:
      return "no longer available";
  }
  return "";
}

std::string_view in_words(miss_reason r) {
  switch (r) {
    case miss_reason::no_answer:
      return "no answer";
    case miss_reason::declined:
      return "declined";
    case miss_reason::busy:
      return "busy";
    case miss_reason::failed:
      return "the call did not go through";
    case miss_reason::machine:
      return "a machine answered";
    case miss_reason::no_target:
      return "there was nobody to ring";
    case miss_reason::caller_hung_up:
      return "the caller hung up";
    case miss_reason::total_timeout:
      return "it took too long";
    case miss_reason::expired:
      return "the request was too old when it arrived";
    case miss_reason::bridge_failed:
      return "the connection failed and nobody else was left";
  }
  return "";
}

std::string_view in_words(refusal_reason r) {
  switch (r) {
    case refusal_reason::opted_out:
      return "this person does not want messages";
    case refusal_reason::held_too_long:
      return "it waited too long";
    case refusal_reason::too_many:
      return "too many are waiting already";
    case refusal_reason::lead_closed:
      return "the lead is closed";
  }
  return "";
}

std::string_view in_words(task_cancel_reason r) {
  switch (r) {
    case task_cancel_reason::outcome_corrected:
      return "the call was answered after all";
    case task_cancel_reason::lead_closed:
      return "the lead is closed";
    case task_cancel_reason::reached:
      return "a later call was answered";
  }
  return "";
}

std::string_view in_words(outcome o) {
  switch (o) {
    case outcome::successful_transfer:
      return "a human took the call";
    case outcome::missed_transfer:
      return "nobody took the call";
    case outcome::needs_follow_up:
      return "somebody has to get in touch";
    case outcome::contact_later:
      return "they want to be called later";
    case outcome::opt_out:
      return "they do not want any more messages";
    case outcome::not_interested:
      return "they are not interested";
    case outcome::unqualified:
      return "they do not qualify";
    case outcome::bad_number:
      return "the number is wrong";
  }
  return "";
}

std::string_view in_words(exclusion e) {
  switch (e) {
    case exclusion::unknown:
      return "is not configured";
    case exclusion::inactive:
      return "is not active";
    case exclusion::absent:
      return "is away";
    case exclusion::paused:
      return "is not taking leads";
    case exclusion::capped:
      return "has reached the daily cap";
    case exclusion::off_schedule:
      return "is off duty";
    case exclusion::unavailable:
      return "is not taking calls";
    case exclusion::no_phone:
      return "has no phone";
    case exclusion::reserved:
      return "is being rung already";
    case exclusion::on_call:
      return "is on a call";
    case exclusion::wrap_up:
      return "is wrapping up a call";
    case exclusion::phone_busy:
      return "has a phone that is in use";
    case exclusion::already_rung:
      return "was rung for this call already";
    case exclusion::current_owner:
      return "has the lead already";
  }
  return "";
}

std::string in_words(const outcome_tag& tag) {
  return std::string{tag.known() != nullptr ? in_words(*tag.known())
                                            : tag.text()};
}

std::string in_words(const rule_passed_over& r) {
  auto asks = [&r](const char* other, const char* one) {
    return r.missing
             ? std::string{"asks for "} + one + ", and the lead gives none"
             : std::string{"asks for "} + other;
  };
  switch (r.because) {
    case passed_over_because::not_active:
      return "is not active at that time";
    case passed_over_because::source:
      return asks("another source", "a source");
    case passed_over_because::lead_type:
      return asks("another type of lead", "a type of lead");
    case passed_over_because::tags:
      return asks("other tags", "tags");
    case passed_over_because::city:
      return asks("another city", "a city");
    case passed_over_because::zip:
      return asks("another zip", "a zip");
    case passed_over_because::state:
      return asks("another state", "a state");
    case passed_over_because::price:
      return asks("another price", "a price");
    case passed_over_because::timeframe:
      return asks("another timeframe", "a timeframe");
    case passed_over_because::language:
      return asks("another language", "a language");
    case passed_over_because::nobody_eligible:
      return "matches, but nobody there could take the lead";
  }
  return "";
}

std::string in_words(const dialled& d) {
  if (d.phone.empty())
    return d.endpoint;
  auto parts = parts_of(d.phone);
  std::string out{parts.number};
  if (!parts.extension.empty())
    out += " ext. " + std::string{parts.extension};
  return out;
}

std::string warning_in_words(std::string_view warning) {
  // `ignored:/price`: what became of a field.
  for (auto [became, words] :
       {std::pair<std::string_view, std::string_view>{"ignored:",
                                                      " could not be read"},
        {"read:", " was read as well as it could be"},
        {"unmatched:", " tells nobody apart, so it matches nobody"}})
    if (warning.starts_with(became))
      return std::string{warning.substr(became.size())} + std::string{words};
  if (warning == "unknown_agent")
    return "the requested agent is unknown";
  if (warning == "inactive_agent")
    return "the requested agent is not active";
  if (warning == "already_owned")
    return "another agent was requested";
  return std::string{warning};
}

} // namespace fairlead
