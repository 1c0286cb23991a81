#include "actors/core/ring/rung_agent.hpp"

#include "actors/core/invariant.hpp"
#include "actors/core/ring/waiting.hpp"
#include "actors/core/step/notify.hpp"

#include <string>
#include <utility>

namespace fairlead {
namespace {

/// R35: one miss too many.
void make_unavailable(step& s, visited_agent& agent, const std::string& call_id,
                      bool told) {
  agent.change(toggled{.available_for_calls = false, .accepting_leads = {}});
  s.emit_about_agent(
    agent.id(),
    agent_auto_unavailable{.agent_id = agent.id(), .misses = agent->misses});
  if (told)
    return;
  notification_requested n;
  n.kind = notification_kind::auto_unavailable;
  n.title = agent->document.name + " is set to unavailable";
  n.text = agent->document.name + " missed " + std::to_string(agent->misses)
           + " calls in a row and is not rung until available again.";
  n.call_id = call_id;
  told_of_agent out{.agent_id = agent.id(), .recipients = {}};
  if (notify(s, agent, agent.id(), n))
    out.recipients.push_back(agent.id());
  const auto& d = s.team().document();
  if (d && d->account_owner != agent.id()
      && notify(s, agent, d->account_owner, n))
    out.recipients.push_back(d->account_owner);
  s.next(to_call(call_id, std::move(out)));
}

/// What a leg or a call means for the count; it runs also while nobody asks
/// for it.
template <class Ended>
void count(step& s, visited_agent& agent, const Ended& e) {
  if (e.how == leg_close::answered)
    return count_answer(agent);
  if (e.how == leg_close::neutral)
    return;
  agent.change(miss_counted{});
  if (e.auto_unavailable_after != 0 && agent->misses >= e.auto_unavailable_after
      && agent->available_for_calls)
    make_unavailable(s, agent, e.call_id, e.told);
}

} // namespace

void begin_to_ring(visited_agent& agent, const leg_rings& e) {
  require(!agent->ringing_for && !agent->on_call,
          "P4: an agent is rung for two calls");
  agent.change(
    leg_reserved{.call_id = e.call_id, .number = e.number, .no = e.no});
}

void stop_ringing(step& s, visited_agent& agent, const leg_closed& e) {
  if (agent->ringing_for == e.call_id)
    agent.change(reservation_ended{});
  count(s, agent, e);
}

void count_answer(visited_agent& agent) {
  if (agent->misses != 0)
    agent.change(misses_reset{});
}

void begin_to_talk(visited_agent& agent, const call_taken& e) {
  agent.change(call_connected{e.call_id});
}

void stop_talking(step& s, visited_agent& agent, const call_over& e) {
  if (agent->on_call == e.call_id) {
    agent.change(call_left{e.wrap_up_s > 0
                             ? s.now() + std::chrono::seconds{e.wrap_up_s}
                             : instant{}});
    await_wrap_ups(s);
  }
  count(s, agent, e);
}

} // namespace fairlead
