// What an agent's actor does at each kind of visit: documents, toggles,
// removals (R17), and their part in a call.

#include "actors/core/invariant.hpp"
#include "actors/core/limits.hpp"
#include "actors/core/overload.hpp"
#include "actors/core/ring/rung_agent.hpp"
#include "actors/core/step/notify.hpp"
#include "actors/core/visits/decide.hpp"
#include "messages/phone.hpp"

namespace fairlead {
namespace {

/// R29, then R17, then R11's retry.
void after_roster_event(step& s, const visited_agent& agent, bool unringable,
                        std::optional<mass_work> work) {
  if (unringable && agent->ringing_for)
    s.next(to_call(*agent->ringing_for, target_gone{agent.id()}));
  s.next(to_team(work_on{std::move(work)}));
}

/// R17: what an agent who goes leaves to be done.
mass_work leads_of(const step& s, const std::string& agent_id, bool all) {
  const auto& document = s.team().document();
  return {.kind = all || (document && document->reassign_inactive)
                    ? mass_work::what::open_leads
                    : mass_work::what::leads_with_tasks,
          .agent_id = agent_id,
          .after = {}};
}

/// A toggle, or a later document with another one (contract). One of calls
/// resets the count of misses (R35).
void toggle(visited_agent& agent, const toggled& to) {
  if (!to.available_for_calls && !to.accepting_leads)
    return;
  agent.change(to);
  if (to.available_for_calls && agent->misses != 0)
    agent.change(misses_reset{});
}

/// The toggles that a document has otherwise than the one before it.
toggled changed_toggles(const agent_document& before,
                        const agent_document& now) {
  toggled to;
  if (before.available_for_calls != now.available_for_calls)
    to.available_for_calls = now.available_for_calls;
  if (before.accepting_leads != now.accepting_leads)
    to.accepting_leads = now.accepting_leads;
  return to;
}

void configure_agent(step& s, visited_agent& agent, const agent_configured& e) {
  auto faults = e.faults;
  std::optional<std::string> phone;
  if (e.document.phone) {
    phone = read_phone(*e.document.phone, s.team().region());
    if (!phone)
      faults.push_back({"/data/phone", "is not a phone number"});
  }
  bool is_new = agent->document.agent_id.empty() || agent->removed;
  if (agent->document.agent_id.empty()
      && s.team().roster().size() > limits::agents_per_team)
    faults.push_back({"/data/agent_id", "is one agent too many for a team"});
  if (!faults.empty())
    return s.reject({dead_letter_reason::invalid_document, std::move(faults)});
  if (!is_new && outdated(agent->version_known, e.document.version))
    return;
  bool was_active = !is_new && agent->active();
  auto to = is_new ? toggled{} : changed_toggles(agent->document, e.document);
  agent.change(agent_documented{e.document, phone});
  toggle(agent, to);
  bool goes = was_active && !agent->active();
  after_roster_event(s, agent, goes || to.available_for_calls == false,
                     goes ? std::optional{leads_of(s, agent.id(), false)}
                          : std::nullopt);
}

void unknown_agent(step& s) {
  s.reject({dead_letter_reason::unknown_agent,
            {{"/data/agent_id", "names an agent that is not known"}}});
}

void change_availability(step& s, visited_agent& agent,
                         const agent_availability_changed& e) {
  if (agent->document.agent_id.empty())
    return unknown_agent(s);
  if (agent->removed)
    return;
  toggle(agent, {e.available_for_calls, e.accepting_leads});
  if (e.busy) {
    const auto document = s.team().document().value_or(team_document{});
    auto max = std::chrono::seconds{document.calls.max_call_s};
    agent.change(busy_set{*e.busy ? s.now() + max : instant{}});
  }
  bool leaves = e.away_until && *e.away_until > s.now();
  if (e.away_until)
    agent.change(away_set{leaves ? *e.away_until : instant{}});
  after_roster_event(s, agent, leaves || e.available_for_calls == false,
                     std::nullopt);
}

void remove_agent(step& s, visited_agent& agent, const agent_removed& e) {
  if (agent->document.agent_id.empty())
    return unknown_agent(s);
  // Once more only to have all leads reassigned (R17).
  bool goes = !agent->removed || e.reassign;
  agent.change(agent_gone{});
  after_roster_event(s, agent, true,
                     goes ? std::optional{leads_of(s, agent.id(), e.reassign)}
                          : std::nullopt);
}

/// R17: their leads are done with. If open ones stay with them, the account
/// owner is told.
void tell_of_leads_left(step& s, const visited_agent& agent) {
  const auto& document = s.team().document();
  if (agent->active() || !document)
    return;
  std::int64_t left = 0;
  s.team().scan_leads("", [&](const std::string&, const lead_head& h) {
    left += h.known && !h.closed && h.owner() == agent.id()
            && !forgotten(h, s.now());
    return true;
  });
  if (left == 0)
    return;
  const auto& name = agent->document.name;
  auto leads
    = std::to_string(left) + (left == 1 ? " open lead" : " open leads");
  notification_requested n;
  n.kind = notification_kind::leads_left;
  n.title = name + " has left " + leads;
  n.text = name + " is not active any more and still has " + leads
           + ". Each gets another owner when something comes in about it.";
  n.count = left;
  notify(s, agent, document->account_owner, std::move(n));
}

} // namespace

void decide_agent(step& s, const visit& v) {
  visited_agent agent{s, v.id};
  std::visit(
    overload{
      [&](const handle_event&) {
        auto key = seen_key(s.event()->source, s.event()->id);
        if (agent->seen.has(key))
          return s.drop_duplicate();
        std::visit(
          overload{
            [&](const agent_configured& e) { configure_agent(s, agent, e); },
            [&](const agent_availability_changed& e) {
              change_availability(s, agent, e);
            },
            [&](const agent_removed& e) { remove_agent(s, agent, e); },
            [](const auto&) {
              throw invariant_error{"an event that is not an agent's"};
            }},
          s.event()->body);
        if (!s.rejected() && !s.duplicate())
          agent.change(agent_seen{key});
      },
      [&](const turn_used&) {
        agent.change(
          turn_counted{to_local(s.team().zone_of(*agent), s.now()).date});
      },
      [&](const leg_rings& e) { begin_to_ring(agent, e); },
      [&](const leg_closed& e) { stop_ringing(s, agent, e); },
      [&](const has_answered&) { count_answer(agent); },
      [&](const call_taken& e) { begin_to_talk(agent, e); },
      [&](const call_over& e) { stop_talking(s, agent, e); },
      [&](const cover_requested&) {
        auto no = s.team().counters().cover_last + 1;
        s.team().change(cover_counted{no});
        agent.change(cover_asked{no});
      },
      [&](const leads_done&) { tell_of_leads_left(s, agent); },
      [](const auto&) {
        throw invariant_error{"a visit to an agent that it does not expect"};
      }},
    v.what);
  if (s.rejected() && agent->document.agent_id.empty())
    s.team().drop_empty_agent(v.id);
}

} // namespace fairlead
