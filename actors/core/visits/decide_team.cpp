// What happens to a team itself: its document, and its timers (R11, R17).

#include "actors/core/invariant.hpp"
#include "actors/core/limits.hpp"
#include "actors/core/ring/waiting.hpp"
#include "actors/core/visits/decide.hpp"
#include "actors/core/visits/give_up.hpp"
#include "actors/core/visits/mass_work.hpp"

namespace fairlead {
namespace {

void configure_team(step& s, const team_configured& e) {
  const auto& c = s.team().counters();
  if (outdated(c.version_known, e.document.version))
    return;
  s.team().change(document_counted{e.document.version});
  s.team().configure(e.document, s.now());
  // Those that waited for the first document wait like all others now (R11).
  if (!s.team().waiting().empty() && !c.retry_at)
    s.team().change(retry_set{s.now() + limits::retry_every});
  s.next(to_team(work_on{}));
}

void team_timer(step& s) {
  const auto& c = s.team().counters();
  if (!c.mass.empty() && c.mass_due <= s.started())
    return go_on_with_mass_work(s);
  if (c.retry_at && *c.retry_at <= s.started()) {
    // Before the second edition one that was not configured was tried, too.
    if (!s.team().document())
      return s.team().change(retry_set{std::nullopt});
    s.team().change(retry_set{*c.retry_at + limits::retry_every});
    return take_up_mass_work(s, {});
  }
  // A wrap-up has ended, and some routing waits: it is looked at at the end of
  // the step (R52).
  await_wrap_ups(s);
}

} // namespace

void decide_team(step& s, const visit& v) {
  if (std::holds_alternative<handle_timer>(v.what))
    return team_timer(s);
  if (std::holds_alternative<timer_given_up>(v.what))
    return drop_timer(s, {entity_kind::team, ""});
  if (const auto* w = std::get_if<work_on>(&v.what))
    return take_up_mass_work(s, *w);
  if (const auto* w = std::get_if<work_goes_on>(&v.what))
    return next_of_mass_work(s, *w);
  if (std::holds_alternative<serve_waiting>(v.what))
    return look_at_who_waits(s);
  const auto* e = std::get_if<team_configured>(&s.event()->body);
  require(e != nullptr, "a visit to the team that it does not expect");
  auto key = seen_key(s.event()->source, s.event()->id);
  if (s.team().counters().seen.has(key))
    return s.drop_duplicate();
  configure_team(s, *e);
  s.team().change(team_seen{key});
}

} // namespace fairlead
