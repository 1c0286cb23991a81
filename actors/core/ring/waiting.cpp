#include "actors/core/ring/waiting.hpp"

#include "actors/core/invariant.hpp"
#include "actors/core/limits.hpp"
#include "actors/core/owner/group.hpp"
#include "actors/core/ring/attempt.hpp"
#include "actors/core/ring/routing_end.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

namespace fairlead {
namespace {

/// Left out only because they are busy with another call, or their number is.
bool is_only_busy(const target& t) {
  return t.excluded == exclusion::reserved || t.excluded == exclusion::on_call
         || t.excluded == exclusion::wrap_up
         || t.excluded == exclusion::phone_busy;
}

/// Whom a routing waits for: the owner, and the members of the groups that were
/// looked at, who have not rung and are free or only busy.
struct awaited {
  std::vector<target> targets;
  /// For each of them their group; null: the owner.
  std::vector<const group_choice*> groups;

  [[nodiscard]] std::size_t first_free() const {
    auto it = std::find_if(targets.begin(), targets.end(),
                           [](const target& t) { return !t.excluded; });
    return static_cast<std::size_t>(it - targets.begin());
  }
};

awaited look(step& s, const call_state& call, ringable& may_ring) {
  awaited a;
  call_targets targets{s, call, may_ring};
  std::set<std::string> known;
  auto consider = [&](const std::string& id, const group_choice* group) {
    if (!known.insert(id).second)
      return;
    auto t = targets.agent(id);
    if ((t.excluded && !is_only_busy(t)) || targets.has_rung(t))
      return;
    a.targets.push_back(std::move(t));
    a.groups.push_back(group);
  };
  if (call.settings.pattern != ring_pattern::simultaneous_group)
    if (auto owner = owner_of(s, call))
      consider(*owner, nullptr);
  if (call.settings.pattern == ring_pattern::assigned_agent)
    return a;
  for (std::size_t i = 0; i <= call.group_no && i < call.groups.size(); ++i)
    for (const auto& id : members_of(s.team(), call.groups[i].group))
      consider(id, &call.groups[i]);
  return a;
}

/// True if one of the targets that ring is that agent, or has that number.
bool is_among(const target& t, const std::vector<target>& targets) {
  return std::any_of(targets.begin(), targets.end(), [&t](const target& x) {
    return x.rings()
           && (x.agent_id == t.agent_id
               || text_of(x.number) == text_of(t.number));
  });
}

/// The end of the wait: its own, or the total's.
instant wait_over_at(const call_state& call) {
  return std::min(*call.wait_until, call.total_until);
}

bool has_room(const step& s) {
  return s.team().counters().waiting.size() < limits::waiting_per_team;
}

void list(step& s, const visited_call& call) {
  bool first = s.team().counters().waiting.empty();
  s.team().change(
    wait_listed{{.started = call->started, .call_id = call.id()}});
  if (!first)
    return;
  // The step did not know of any when it began.
  s.finally(to_team(serve_waiting{}));
  await_wrap_ups(s);
}

} // namespace

bool begin_to_wait(step& s, visited_call& call) {
  if (call->settings.wait_s == 0 || s.now() >= call->total_until
      || !has_room(s))
    return false;
  ringable may_ring{s};
  auto a = look(s, *call, may_ring);
  if (std::none_of(a.targets.begin(), a.targets.end(), is_only_busy))
    return false;
  call.change(
    wait_begun{s.now() + std::chrono::seconds{call->settings.wait_s}});
  s.emit(call->lead_id,
         transfer_waiting{.call_id = call.id(), .until = wait_over_at(*call)});
  list(s, call);
  return true;
}

void go_on_waiting(step& s, visited_call& call) {
  ringable may_ring{s};
  if (look(s, *call, may_ring).targets.empty())
    return miss(s, call, reason_of_miss(call));
  if (s.now() >= wait_over_at(*call) || !has_room(s))
    return end_waiting(s, call);
  list(s, call);
}

void look_for_somebody(step& s, visited_call& call) {
  // Something of this step may have ended its wait.
  if (call->phase != call_phase::ringing || !call->wait_until || call->rings())
    return;
  ringable may_ring{s};
  auto a = look(s, *call, may_ring);
  if (a.targets.empty())
    return miss(s, call, reason_of_miss(call));
  auto i = a.first_free();
  if (i == a.targets.size())
    return;
  for (std::size_t k = 0; k < a.targets.size(); ++k)
    a.targets[k].later = k != i;
  auto decision = ring_decision(s, call, a.groups[i], a.targets);
  auto made = try_to_ring(
    s, call,
    {.at = a.groups[i] == nullptr ? ring_step::owner : ring_step::group,
     .targets = std::move(a.targets),
     .decision = std::move(decision)});
  require(made != tried::nobody, "R52: somebody was free, and nobody rings");
}

void end_waiting(step& s, visited_call& call) {
  bool by_total = call->wait_until && call->total_until < *call->wait_until;
  miss(s, call, by_total ? miss_reason::total_timeout : reason_of_miss(call));
}

void wait_no_more(step& s, const visited_call& call) {
  const auto& waiting = s.team().counters().waiting;
  if (std::any_of(waiting.begin(), waiting.end(),
                  [&](const auto& w) { return w.call_id == call.id(); }))
    s.team().change(wait_unlisted{call.id()});
}

bool let_others_go_first(step& s, const visited_call& call,
                         const std::vector<target>& targets) {
  const auto& waiting = s.team().counters().waiting;
  if (waiting.empty())
    return false;
  ringable may_ring{s};
  for (const auto& w : waiting) {
    if (w.call_id == call.id())
      continue;
    auto a = look(s, *visited_call{s, w.call_id}, may_ring);
    auto i = a.first_free();
    if (i == a.targets.size() || !is_among(a.targets[i], targets))
      continue;
    s.next(to_call(w.call_id, look_again{}));
    return true;
  }
  return false;
}

void look_at_who_waits(step& s) {
  ringable may_ring{s};
  for (const auto& w : s.team().counters().waiting) {
    auto a = look(s, *visited_call{s, w.call_id}, may_ring);
    if (a.targets.empty() || a.first_free() < a.targets.size())
      s.next(to_call(w.call_id, look_again{}));
  }
}

void await_wrap_ups(step& s) {
  if (s.team().counters().waiting.empty())
    return;
  std::optional<instant> next;
  for (const auto& [unused, c] : s.team().roster()) {
    auto until = c.state.wrap_up_until;
    if (until > s.now() && (!next || until < *next))
      next = until;
  }
  if (next != s.team().counters().wrap_up_ends)
    s.team().change(wrap_up_awaited{next});
}

} // namespace fairlead
