#include "actors/core/owner/inquiry.hpp"

#include "actors/core/limits.hpp"
#include "actors/core/owner/gate.hpp"
#include "actors/core/owner/ownership.hpp"
#include "actors/core/owner/tasks.hpp"
#include "actors/core/step/notify.hpp"
#include "actors/core/text.hpp"
#include "messages/phone.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace fairlead {
namespace {

/// What the event says of the lead, with the phone read in the team's region.
lead_data data_of(const step& s, const contact& c, const lead_details& details,
                  bool received) {
  lead_data d{.name = c.name,
              .phone_text = c.phone,
              .phone = std::nullopt,
              .email_text = c.email,
              .email = std::nullopt,
              .details = details,
              .received = received};
  if (c.phone)
    d.phone = read_phone(*c.phone, s.team().region());
  if (c.email)
    d.email = email_of(*c.email);
  return d;
}

/// All that `warnings` may say: the fields in the contract's order (R46), then
/// what became of `assigned_agent` (R13).
constexpr std::array<std::string_view, 17> all_warnings{
  "ignored:/contact",        "ignored:/contact/name", "ignored:/contact/phone",
  "ignored:/contact/email",  "ignored:/source",       "ignored:/lead_type",
  "ignored:/tags",           "ignored:/city",         "ignored:/zip",
  "ignored:/state",          "ignored:/price",        "ignored:/timeframe",
  "ignored:/assigned_agent", "ignored:/opt_in",       "unknown_agent",
  "inactive_agent",          "already_owned"};

/// R46: the fields left out.
std::vector<std::string> warnings_of(const lead_data& d,
                                     const ignored_fields& ignored) {
  std::vector<std::string> texts;
  for (const auto& pointer : ignored)
    texts.push_back("ignored:" + pointer);
  if (d.phone_text && !d.phone)
    texts.emplace_back("ignored:/contact/phone");
  return texts;
}

/// Each once, in order; a lead that waits keeps those it has.
void warn(visited_lead& lead, std::vector<std::string> news) {
  if (lead->waiting())
    news.insert(news.end(), lead->warnings.begin(), lead->warnings.end());
  warned r;
  for (const auto& known : all_warnings)
    if (std::find(news.begin(), news.end(), known) != news.end())
      r.warnings.emplace_back(known);
  if (r.warnings != lead->warnings)
    lead.change(r);
}

/// Keeps the index in step with the lead's phone and e-mail (R12). An inquiry
/// makes the lead the one received last, whether they changed or not.
void merge(step& s, visited_lead& lead, const lead_data& d, bool received) {
  auto old_phone = lead->phone;
  auto old_email = lead->email;
  lead.change(d);
  auto keep = [&](const std::optional<std::string>& before,
                  const std::optional<std::string>& after, auto key) {
    if (before && before != after)
      s.team().drop_person(key(*before), lead.id());
    if (after && (received || before != after))
      s.team().add_person(key(*after), lead.id());
  };
  keep(old_phone, lead->phone, phone_key);
  keep(old_email, lead->email, email_key);
}

/// R15: a team that nobody has configured may only fill up so far.
bool has_room(step& s, const visited_lead& lead) {
  if (s.team().document() || lead->known)
    return true;
  if (s.team().counters().leads_unconfigured >= limits::leads_of_unknown_team) {
    s.reject(
      {dead_letter_reason::unknown_team,
       {{"", "the team is not configured and has too many leads already"}}});
    return false;
  }
  s.team().change(lead_let_in{});
  return true;
}

} // namespace

void receive_lead(step& s, visited_lead& lead, const lead_received& e) {
  if (!has_room(s, lead))
    return;
  bool was_known = lead->known;
  bool was_unreceived = was_known && lead->unreceived;
  auto d = data_of(s, e.contact, e.details, true);
  merge(s, lead, d, true);
  if (e.opt_in)
    opt_in(s, lead);
  else
    keep_opted_out(s, lead);
  if (lead->closed)
    lead.change(lead_open{true});
  if (has_active_owner(s, lead)) {
    if (!was_unreceived) {
      auto who = name_of(lead);
      notification_requested n;
      n.kind = notification_kind::re_inquiry;
      n.title = who + " is back";
      n.text = who + " has asked again.";
      notify(s, lead, *lead->owner, std::move(n));
    }
    return;
  }
  // R12 before R13: whoever knows the person already keeps them, whatever
  // `assigned_agent` says.
  auto person = look_up_person(s, lead);
  auto warnings = warnings_of(d, e.ignored);
  bool direct = false;
  if (e.assigned_agent) {
    const auto* a = s.team().agent(*e.assigned_agent);
    if (was_known || person.known) {
      if (person.owner != e.assigned_agent)
        warnings.emplace_back("already_owned");
    } else if (a == nullptr) {
      warnings.emplace_back("unknown_agent");
    } else if (!a->active()) {
      warnings.emplace_back("inactive_agent");
    } else {
      direct = true;
    }
  }
  warn(lead, std::move(warnings));
  if (direct)
    give(s, lead, choose_agent(s, *e.assigned_agent, assign_reason::direct),
         person);
  else if (!find_owner(s, lead, person) && opted_out(s, lead))
    refuse_all(s, lead, refusal_reason::opted_out);
}

void receive_transfer(step& s, visited_lead& lead,
                      const transfer_requested& e) {
  if (!has_room(s, lead))
    return;
  if (!lead->owner) {
    auto d = data_of(s, e.contact, {}, false);
    merge(s, lead, d, false);
    keep_opted_out(s, lead);
    warn(lead, warnings_of(d, e.ignored));
  }
  ensure_owner(s, lead);
  if (!lead->owner && opted_out(s, lead))
    refuse_all(s, lead, refusal_reason::opted_out);
}

void assign_by_hand(step& s, visited_lead& lead,
                    const lead_assignment_requested& e) {
  if (!lead->known)
    return s.reject({dead_letter_reason::unknown_lead,
                     {{"/data/lead_id", "names a lead that is not known"}}});
  auto failed = [&](failure_reason why) {
    s.emit(lead.id(), action_failed{.action = action_kind::assign,
                                    .reason = why,
                                    .call_id = std::nullopt,
                                    .agent_id = e.agent_id});
  };
  if (e.agent_id) {
    if (lead->owner == e.agent_id)
      return;
    const auto* a = s.team().agent(*e.agent_id);
    if (a == nullptr)
      return failed(failure_reason::unknown_agent);
    if (!a->active())
      return failed(failure_reason::inactive_agent);
    return give(s, lead, choose_agent(s, *e.agent_id, assign_reason::manual));
  }
  owner_choice c;
  if (e.pool_id) {
    const auto* pool = s.team().pool(*e.pool_id);
    if (pool == nullptr)
      return failed(failure_reason::unknown_pool);
    c = choose_from_pool(s, *pool, pool->requires_, assign_reason::manual,
                         lead->owner);
  } else {
    c = choose_by_rules(s, lead->details, assign_reason::manual, lead->owner);
  }
  if (c.agent)
    give(s, lead, std::move(c));
  else
    s.emit(lead.id(), std::move(c.why));
}

void close_lead(step& s, visited_lead& lead) {
  if (!lead->known)
    return s.reject({dead_letter_reason::unknown_lead,
                     {{"/data/lead_id", "names a lead that is not known"}}});
  lead.change(lead_open{false});
  stop_waiting(s, lead);
  auto tasks = lead->tasks;
  for (const auto& t : tasks)
    cancel_task(s, lead, t, task_cancel_reason::lead_closed);
  refuse_all(s, lead, refusal_reason::lead_closed);
}

} // namespace fairlead
