// What happens to a team's roster: documents, toggles, people who go (R17),
// and the mass work that follows.

#include "actors/core/give_up.hpp"
#include "actors/core/invariant.hpp"
#include "actors/core/limits.hpp"
#include "actors/core/overload.hpp"
#include "actors/core/ownership.hpp"
#include "actors/core/step.hpp"
#include "messages/field_reader.hpp"
#include "messages/phone.hpp"

namespace fairlead {
namespace {

bool outdated(const std::optional<std::int64_t>& known,
              const std::optional<std::int64_t>& news) {
  return known && news && *news <= *known;
}

/// Leads of mass work, as visits; moves the work's cursor. Returns whether
/// something of it may be left.
bool gather(step& s, mass_work& w, std::vector<visit>& visits) {
  auto& team = s.team();
  if (w.kind == mass_work::what::waiting) {
    const auto& waiting = team.waiting();
    for (auto it = waiting.upper_bound(w.after_no); it != waiting.end(); ++it) {
      if (s.mass_left() == 0)
        return true;
      s.count_mass_lead();
      visits.push_back({entity_kind::lead, it->second, try_again{}});
      w.after_no = it->first;
    }
    return false;
  }
  bool left = false;
  team.scan_leads(w.after, [&](const std::string& id, const lead_head& h) {
    bool theirs = h.known && h.owner() == w.agent_id && !forgotten(h, s.now())
                  && (h.has_tasks
                      || (w.kind == mass_work::what::open_leads && !h.closed));
    if (!theirs)
      return true;
    if (s.mass_left() == 0) {
      left = true;
      return false;
    }
    s.count_mass_lead();
    visits.push_back(
      {entity_kind::lead, id,
       assign_anew{.open = w.kind == mass_work::what::open_leads}});
    w.after = id;
    return true;
  });
  return left;
}

/// Does mass work up to this step's bound and leaves the rest to a timer that
/// is due at once (R17).
void do_mass_work(step& s, std::vector<mass_work> works) {
  std::vector<visit> visits;
  std::vector<mass_work> rest;
  for (auto& w : works)
    if (!rest.empty() || gather(s, w, visits))
      rest.push_back(std::move(w));
  if (!rest.empty() || !s.team().counters().mass.empty()) {
    auto& c = s.team().change_counters();
    c.mass = std::move(rest);
    c.mass_due = s.now();
  }
  s.next(std::move(visits));
}

void work_on_mass(step& s, const work_on& w) {
  auto works = s.team().counters().mass;
  if (w.added)
    works.push_back(*w.added);
  // A new round over those who wait makes the rest of an older one needless.
  std::erase_if(works, [](const mass_work& x) {
    return x.kind == mass_work::what::waiting;
  });
  if (!s.team().waiting().empty())
    works.push_back(
      {.kind = mass_work::what::waiting, .agent_id = {}, .after = {}});
  do_mass_work(s, std::move(works));
}

void configure_team(step& s, const team_configured& e) {
  const auto& known = s.team().document();
  if (known && outdated(known->version, e.document.version))
    return;
  ++s.team().change_counters().documents_applied;
  s.team().configure(e.document);
  s.next({entity_kind::counters, "", work_on{}});
}

void team_timer(step& s) {
  const auto& c = s.team().counters();
  if (!c.mass.empty() && c.mass_due <= s.started())
    return do_mass_work(s, c.mass);
  if (!c.retry_at || *c.retry_at > s.started())
    return;
  s.team().change_counters().retry_at = *c.retry_at + limits::retry_every;
  work_on_mass(s, {});
}

// -- agents -------------------------------------------------------------------

/// R29, then R17, then R11's retry.
void after_roster_event(step& s, const held_agent& agent, bool unringable,
                        std::optional<mass_work> work) {
  std::vector<visit> visits;
  if (unringable && agent->ringing_for)
    visits.push_back(
      {entity_kind::call, *agent->ringing_for, target_gone{agent.id()}});
  visits.push_back({entity_kind::counters, "", work_on{std::move(work)}});
  s.next(std::move(visits));
}

mass_work leads_of(const std::string& agent_id, bool all) {
  return {.kind = all ? mass_work::what::open_leads
                      : mass_work::what::leads_with_tasks,
          .agent_id = agent_id,
          .after = {}};
}

void configure_agent(step& s, held_agent& agent, const agent_configured& e) {
  auto faults = e.faults;
  std::optional<std::string> phone;
  if (e.document.phone) {
    phone = to_e164(*e.document.phone, s.team().region());
    if (!phone)
      faults.push_back({"/data/phone", "is not a phone number"});
  }
  bool is_new = agent->document.agent_id.empty() || agent->removed;
  if (agent->document.agent_id.empty()
      && s.team().roster().size() > limits::agents_per_team)
    faults.push_back({"/data/agent_id", "is one agent too many for a team"});
  if (!faults.empty())
    return s.reject(dead_letter_reason::invalid_document, sentence(faults));
  if (!is_new && outdated(agent->document.version, e.document.version))
    return;
  bool was_active = !is_new && agent->active();
  agent.change(agent_documented{e.document, phone});
  bool goes = was_active && !agent->active();
  after_roster_event(s, agent, !agent->active(),
                     goes ? std::optional{leads_of(agent.id(), false)}
                          : std::nullopt);
}

void unknown_agent(step& s) {
  s.reject(dead_letter_reason::unknown_agent,
           "/data/agent_id names an agent that is not known");
}

void change_availability(step& s, held_agent& agent,
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

void remove_agent(step& s, held_agent& agent, const agent_removed& e) {
  if (agent->document.agent_id.empty())
    return unknown_agent(s);
  agent.change(agent_gone{});
  after_roster_event(s, agent, true, leads_of(agent.id(), e.reassign));
}

/// R35: a leg of theirs ended, and it may have been one miss too many.
void close_leg(step& s, held_agent& agent, const leg_closed& e) {
  if (agent->ringing_for == e.call_id)
    agent.change(reservation_ended{});
  if (e.how != leg_close::missed)
    return;
  agent.change(miss_counted{});
  if (e.auto_unavailable_after == 0 || agent->misses < e.auto_unavailable_after
      || !agent->available_for_calls)
    return;
  agent.change(toggled{.available_for_calls = false, .accepting_leads = {}});
  s.emit(
    "", agent.id(),
    agent_auto_unavailable{.agent_id = agent.id(), .misses = agent->misses});
  notification_requested n;
  n.kind = "auto_unavailable";
  n.title = agent->document.name + " is set to unavailable";
  n.text = agent->document.name + " missed " + std::to_string(agent->misses)
           + " calls in a row and is not rung until available again.";
  n.call_id = e.call_id;
  auto tell = [&](const std::string& to) {
    const auto* a = s.team().agent(to);
    if (a == nullptr || !a->active())
      return;
    auto copy = n;
    copy.agent_id = to;
    copy.name = a->document.name;
    copy.email = a->document.email;
    copy.phone = a->phone;
    s.emit("", agent.id(), std::move(copy));
  };
  tell(agent.id());
  const auto& d = s.team().document();
  if (d && d->account_owner != agent.id())
    tell(d->account_owner);
}

} // namespace

void decide_team(step& s, const visit& v) {
  if (std::holds_alternative<handle_timer>(v.what))
    return team_timer(s);
  if (std::holds_alternative<timer_given_up>(v.what))
    return drop_timer(s, {entity_kind::counters, ""});
  if (const auto* w = std::get_if<work_on>(&v.what))
    return work_on_mass(s, *w);
  const auto* e = std::get_if<team_configured>(&s.event()->body);
  require(e != nullptr, "a visit to the team that it does not expect");
  auto key = seen_key(s.event()->source, s.event()->id);
  if (s.team().counters().seen.has(key))
    return s.drop_duplicate();
  configure_team(s, *e);
  s.team().change_counters().seen.add(key);
}

void decide_agent(step& s, const visit& v) {
  held_agent agent{s, entity_kind::agent, v.id, s.team().agent_cell(v.id)};
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
      [&](const leg_rings& e) {
        require(!agent->ringing_for && !agent->on_call,
                "P4: an agent is rung for two calls");
        agent.change(leg_reserved{e.call_id});
      },
      [&](const leg_closed& e) { close_leg(s, agent, e); },
      [&](const has_answered&) {
        if (agent->misses != 0)
          agent.change(misses_reset{});
      },
      [&](const call_taken& e) { agent.change(call_connected{e.call_id}); },
      [&](const call_over& e) {
        if (agent->on_call == e.call_id)
          agent.change(call_left{e.wrap_up_s > 0
                                   ? s.now() + std::chrono::seconds{e.wrap_up_s}
                                   : instant{}});
      },
      [&](const cover_requested&) {
        agent.change(cover_asked{++s.team().change_counters().cover_last});
      },
      [](const auto&) {
        throw invariant_error{"a visit to an agent that it does not expect"};
      }},
    v.what);
  if (s.rejected() && agent->document.agent_id.empty())
    s.team().drop_empty_agent(v.id);
}

} // namespace fairlead
