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

mass_work leads_of(const std::string& agent_id, bool all) {
  return {.kind = all ? mass_work::what::open_leads
                      : mass_work::what::leads_with_tasks,
          .agent_id = agent_id,
          .after = {}};
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
  agent.change(agent_documented{e.document, phone});
  bool goes = was_active && !agent->active();
  after_roster_event(s, agent, !agent->active(),
                     goes ? std::optional{leads_of(agent.id(), false)}
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
  agent.change(toggled{e.available_for_calls, e.accepting_leads});
  if (e.available_for_calls && agent->misses != 0)
    agent.change(misses_reset{});
  after_roster_event(s, agent, !agent->available_for_calls, std::nullopt);
}

void remove_agent(step& s, visited_agent& agent, const agent_removed& e) {
  if (agent->document.agent_id.empty())
    return unknown_agent(s);
  agent.change(agent_gone{});
  after_roster_event(s, agent, true, leads_of(agent.id(), e.reassign));
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
      [](const auto&) {
        throw invariant_error{"a visit to an agent that it does not expect"};
      }},
    v.what);
  if (s.rejected() && agent->document.agent_id.empty())
    s.team().drop_empty_agent(v.id);
}

} // namespace fairlead
