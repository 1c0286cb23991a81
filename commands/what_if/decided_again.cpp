#include "commands/what_if/decided_again.hpp"

#include "actors/core/visits/decide.hpp"
#include "messages/wire/decode.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <exception>
#include <functional>
#include <utility>
#include <variant>

namespace fairlead::what_if {
namespace {

using json = nlohmann::ordered_json;

// Of one call; then it may ring: nothing of it is told anyhow.
constexpr int hang_ups_max = 3;

partition_settings settings_for(const team_past& past) {
  partition_settings s;
  s.number = past.partition;
  s.count = past.partitions;
  s.sweep_per_batch = 0; // a batch is a step, and nothing is stored
  return s;
}

/// The record with its `data` changed; unchanged if that can't be read.
raw_record edited(raw_record r, const std::function<void(json& data)>& change) {
  auto whole = json::parse(r.value.value_or(""), nullptr, false);
  if (!whole.is_object())
    return r;
  if (whole.contains("specversion")) {
    if (!whole.contains("data") || !whole["data"].is_object())
      return r;
    change(whole["data"]);
  } else {
    change(whole); // binary mode: the attributes are headers
  }
  r.value = whole.dump(-1, ' ', false, json::error_handler_t::replace);
  return r;
}

/// What a task is about, whatever its id: of a call one of each kind, else the
/// lead's and its number.
std::string about_of(const task_created& t, const std::string& lead,
                     const std::map<std::string, std::string>& known) {
  auto about = lead + '\x1f' + std::string{t.kind.text()} + '\x1f'
               + t.call_id.value_or("") + '\x1f';
  std::size_t n = 0;
  while (known.contains(about + std::to_string(n)))
    ++n;
  return about + std::to_string(n);
}

} // namespace

decided_again::decided_again(const team_past& past, const new_rules* rules,
                             const period& compared, const run_marks* other,
                             std::function<bool()> go_on)
  : past_{past},
    rules_{rules},
    compared_{compared},
    other_{other},
    go_on_{std::move(go_on)},
    part_{settings_for(past), json_decoder()},
    tally_{compared} {
  for (const auto& [key, value] : past.taken_over)
    part_.restore(key, value);
  (void)part_.restored();
  for (std::size_t i = 0; i < past.steps.size(); ++i)
    if (const auto& s = past.steps[i].is; !s.record)
      timers_.try_emplace({s.due, s.team, s.timer}, i);
}

void decided_again::run() {
  for (std::size_t i = 0; i < past_.steps.size(); ++i) {
    if (i % 64 == 0 && go_on_ && !go_on_())
      throw broken_off{};
    const auto& s = past_.steps[i];
    if (s.is.now >= compared_.to)
      break;
    if (rules_ != nullptr && !in_force_ && s.is.now >= rules_->from)
      bring_in_force();
    if (s.is.record)
      record_step(s, i);
    else
      timer_step(s);
    wall_ = std::max(wall_, s.is.wall);
  }
  if (rules_ != nullptr && !in_force_)
    bring_in_force();
  pass_time(compared_.to);
  for (const auto& [id, agent] : part_.team(past_.team).roster())
    tally_.name(id, agent.state.document.name);
}

// -- time ---------------------------------------------------------------------

bool decided_again::has_timer(const due_timer& t) const {
  return part_.timers().in_order().contains(t);
}

void decided_again::pass_time(instant limit) {
  for (std::size_t n = 1;; ++n) {
    if (n % 64 == 0 && go_on_ && !go_on_())
      throw broken_off{};
    const auto& all = part_.timers().in_order();
    if (all.empty())
      break;
    auto first = *all.begin();
    // R17: the team's own later steps wait for its mass work.
    const auto& c = part_.team(past_.team).counters();
    bool mass = first.entity.kind == entity_kind::team && !c.mass.empty()
                && c.mass_due == first.due;
    if (first.due >= limit && !mass)
      break;
    come_until(first.due);
    if (has_timer(first))
      fire_own(first);
  }
  come_until(limit);
}

/// One that the past had, too, fires as it did then.
void decided_again::fire_own(const due_timer& t) {
  if (auto was = timers_.find(t); was != timers_.end()) {
    const auto& s = past_.steps[was->second].is;
    fire(t, s.now, s.wall, s.way);
  } else {
    fire(t, t.due, std::max(t.due, wall_), timer_way::fired);
  }
}

void decided_again::timer_step(const past_step& s) {
  pass_time(s.is.due);
  due_timer t{s.is.due, s.is.team, s.is.timer};
  if (has_timer(t))
    fire(t, s.is.now, s.is.wall, s.is.way);
}

void decided_again::fire(const due_timer& t, instant now, instant wall,
                         timer_way way) {
  while (has_timer(t)) {
    auto other = make([&] { return part_.replay_timer(t, now, wall, way); });
    if (other) {
      end_unknown(*other, now, wall);
      continue;
    }
    // Lost for good: it must not fire for ever.
    for (int i = 0; failed_ && i < 3; ++i)
      part_.give_up(t);
    return;
  }
}

void decided_again::come_until(instant limit) {
  while (!coming_.empty() && coming_.begin()->first <= limit) {
    auto at = coming_.begin()->first;
    auto next = std::move(coming_.begin()->second);
    coming_.erase(coming_.begin());
    if (next.record) {
      take(*next.record, std::max(at, wall_));
      continue;
    }
    // Not by an event, which would try the waiting leads again (R11).
    part_.begin({});
    auto& team = part_.team(past_.team);
    if (team.agent(next.busy->agent) != nullptr) {
      auto& cell = team.agent_cell(next.busy->agent);
      auto until = next.busy->until;
      if (next.busy->talked && team.document())
        until += std::chrono::seconds{team.document()->calls.wrap_up_s};
      apply(cell.state,
            busy_set{.until = std::max(until, cell.state.busy_until)});
      team.touch(entity_kind::agent, next.busy->agent, cell.marks);
    }
    auto written = part_.result(no_positions);
    part_.committed(written);
  }
}

// -- steps --------------------------------------------------------------------

void decided_again::record_step(const past_step& s, std::size_t number) {
  const auto& r = past_.inputs[s.input];
  pass_time(std::min(r.timestamp, s.is.wall));
  if (auto mine = as_taken(r, number, s.is.now))
    take(*mine, s.is.wall);
}

void decided_again::take(const raw_record& r, instant wall) {
  while (auto other = make([&] { return part_.replay_record(r, wall); }))
    end_unknown(*other, std::min(r.timestamp, wall), wall);
}

template <class Start>
std::optional<decided_again::other_ring> decided_again::make(Start start) {
  failed_ = false;
  part_.begin({});
  try {
    if (auto* s = start()) {
      make_visits(*s);
      if (auto other = misfit(*s)) {
        part_.aborted();
        return other;
      }
      keep(*s);
      part_.finish();
    }
    auto written = part_.result(no_positions);
    failed_ = part_.failure().has_value();
    if (!failed_)
      part_.committed(written);
  } catch (const std::exception&) {
    failed_ = true; // the service would give it up, too
  }
  if (failed_) {
    part_.aborted();
    ++tally_.lost;
  }
  return std::nullopt;
}

/// Two routings that end may each free what the other one waits for: who is
/// about to be hung up may ring until then.
bool decided_again::is_let_ring(const std::string& call) const {
  auto it = hang_ups_.find(call);
  return it != hang_ups_.end()
         && (it->second.under_way || it->second.made >= hang_ups_max);
}

/// A ring that the past did not have: another time, or somebody who did not
/// ring then.
std::optional<decided_again::other_ring>
decided_again::misfit(const step& s) const {
  for (const auto& o : s.outputs()) {
    const auto* r = std::get_if<ring_requested>(&o.body);
    if (r == nullptr || is_let_ring(r->call_id))
      continue;
    other_ring mine{.call = r->call_id, .lead = o.subject};
    const auto* was = past_.calls.find(r->call_id);
    if (was == nullptr)
      return mine;
    auto a = was->attempts.find(r->attempt);
    if (a == was->attempts.end() || a->second.at != s.now())
      return mine;
    for (const auto& l : r->legs)
      if (std::none_of(a->second.legs.begin(), a->second.legs.end(),
                       [target = target_of(l)](const past_leg& p) {
                         return p.target == target;
                       }))
        return mine;
  }
  return std::nullopt;
}

void decided_again::keep(const step& s) {
  tally_.step(s);
  if (s.rejected() || s.duplicate())
    return;
  for (const auto& o : s.outputs())
    if (const auto* r = std::get_if<ring_requested>(&o.body)) {
      auto& of = legs_[{r->call_id, r->attempt}];
      for (const auto& l : r->legs)
        of[target_of(l)] = l.leg_id;
    } else if (const auto* t = std::get_if<task_created>(&o.body)) {
      auto about = about_of(*t, o.subject, marks_.tasks);
      marks_.tasks[about] = o.id;
      marks_.about[o.id] = about;
    }
}

/// Ends a routing whose end nobody can know. Who was busy with it in the past
/// stays so as long as they were, and a success counts as one when it came.
void decided_again::end_unknown(const other_ring& other, instant now,
                                instant wall) {
  const auto& [call, lead] = other;
  unknown_.insert(call);
  auto& ending = hang_ups_[call];
  ending.under_way = true;
  if (ending.made++ == 0)
    remember_past_of(other, now);
  // Before its transfer it ends it as it starts, without a ring (R30).
  take(record_of("caller.hung_up",
                 "over:" + std::to_string(ending.made) + ":" + call,
                 json{{"call_id", call}}.dump(-1, ' ', false,
                                              json::error_handler_t::replace),
                 now),
       wall);
  ending.under_way = false;
}

void decided_again::remember_past_of(const other_ring& other, instant now) {
  const auto& [call, lead] = other;
  tally_.unknown(call, lead, now);
  for (auto& b : past_.calls.busy_after(call, now)) {
    auto from = b.from;
    coming_.emplace(from, coming{.busy = std::move(b), .record = std::nullopt});
  }
  if (auto won = past_.calls.won_at(call)) {
    auto at = std::max(*won, now);
    coming_.emplace(
      at, coming{.busy = std::nullopt,
                 .record = record_of(
                   "call.outcome", "success:" + call,
                   json{{"call_id", call},
                        {"lead_id", lead},
                        {"outcome", "successful_transfer"}}
                     .dump(-1, ' ', false, json::error_handler_t::replace),
                   at)});
  }
}

// -- records ------------------------------------------------------------------

raw_record decided_again::record_of(const char* type, const std::string& id,
                                    const std::string& data, instant at) const {
  raw_record r;
  r.on = input_topic_of(type);
  r.partition = past_.partition;
  r.offset = -1; // it stands in no topic
  r.timestamp = at;
  r.key = past_.team;
  r.value = R"({"specversion":"1.0","id":)"
            + json(id).dump(-1, ' ', false, json::error_handler_t::replace)
            + R"(,"source":"/what-if","type":")" + type + R"(","data":)" + data
            + "}";
  return r;
}

std::string decided_again::document_text(const std::string& text,
                                         std::optional<std::int64_t> known) {
  auto d = json::parse(text);
  // R45: one that is accepted, whatever came before.
  if (known)
    d["version"] = *known + 1;
  else
    d.erase("version");
  return d.dump(-1, ' ', false, json::error_handler_t::replace);
}

void decided_again::bring_in_force() {
  pass_time(rules_->from);
  in_force_ = true;
  auto wall = std::max(wall_, rules_->from);
  if (rules_->team)
    take(
      record_of("team.configured", "new-rules",
                document_text(*rules_->team,
                              part_.team(past_.team).counters().version_known),
                rules_->from),
      wall);
  for (const auto& [id, text] : rules_->agents) {
    const auto* a = part_.team(past_.team).agent(id);
    take(record_of(
           "agent.configured", "new-agent:" + id,
           document_text(text, a != nullptr ? a->version_known : std::nullopt),
           rules_->from),
         wall);
  }
}

std::optional<raw_record>
decided_again::as_taken(const raw_record& r, std::size_t number, instant now) {
  auto read = json_decoder().decode(r);
  const auto* e = std::get_if<input_event>(&read);
  if (e == nullptr)
    return r;
  if (in_force_)
    if (auto mine = with_document(r, *e))
      return mine;
  if (const auto* x = std::get_if<ring_reported>(&e->body))
    return leg_event(r, x->call_id, x->leg_id);
  if (const auto* x = std::get_if<call_bridge_failed>(&e->body))
    return leg_event(r, x->call_id, x->leg_id);
  const auto* hung_up = std::get_if<caller_hung_up>(&e->body);
  const auto* ended = std::get_if<call_ended>(&e->body);
  if (hung_up != nullptr || ended != nullptr) {
    if (unknown_.contains(hung_up != nullptr ? hung_up->call_id
                                             : ended->call_id))
      return std::nullopt;
    return r;
  }
  return act(r, *e, number, now);
}

/// A document of the past whose place the new one has taken.
std::optional<raw_record> decided_again::with_document(const raw_record& r,
                                                       const input_event& e) {
  if (std::holds_alternative<team_configured>(e.body) && rules_->team)
    return edited(r, [this](json& data) {
      data = json::parse(document_text(
        *rules_->team, part_.team(past_.team).counters().version_known));
    });
  if (const auto* a = std::get_if<agent_configured>(&e.body)) {
    auto mine = rules_->agents.find(a->document.agent_id);
    if (mine == rules_->agents.end())
      return std::nullopt;
    const auto* known = part_.team(past_.team).agent(mine->first);
    return edited(r, [&](json& data) {
      data = json::parse(document_text(
        mine->second, known != nullptr ? known->version_known : std::nullopt));
    });
  }
  return std::nullopt;
}

/// A report on a leg, for the leg of the same person in this run.
std::optional<raw_record> decided_again::leg_event(const raw_record& r,
                                                   const std::string& call,
                                                   const std::string& leg) {
  if (unknown_.contains(call))
    return std::nullopt;
  auto was = past_.calls.find_leg(call, leg);
  if (!was)
    return r;
  auto attempt = legs_.find({call, was->attempt});
  if (attempt == legs_.end())
    return std::nullopt;
  auto mine = attempt->second.find(was->leg->target);
  if (mine == attempt->second.end())
    return std::nullopt;
  if (mine->second == leg)
    return r;
  return edited(r, [&](json& data) { data["leg_id"] = mine->second; });
}

/// What a person did, who may not be the owner here.
std::optional<raw_record> decided_again::act(const raw_record& r,
                                             const input_event& e,
                                             std::size_t number, instant now) {
  const std::string* lead = nullptr;
  const char* what = "";
  const auto* done = std::get_if<task_completed>(&e.body);
  const auto* by_hand = std::get_if<lead_assignment_requested>(&e.body);
  if (const auto* x = std::get_if<lead_closed>(&e.body)) {
    lead = &x->lead_id;
    what = "closed";
  } else if (done != nullptr) {
    lead = &done->lead_id;
    what = "task_done";
  } else if (by_hand != nullptr) {
    lead = &by_hand->lead_id;
    what = "assigned_by_hand";
  }
  if (lead == nullptr)
    return r;
  run_marks::owned mine;
  if (auto h = part_.team(past_.team).head(*lead))
    mine = {.owner = h->owner(), .epoch = h->epoch};
  marks_.owners[number] = mine;
  if (other_ == nullptr)
    return r;
  auto theirs = other_->owners.find(number);
  if (theirs != other_->owners.end() && theirs->second.owner != mine.owner)
    tally_.assume(*lead, what, now);
  if (done != nullptr) {
    auto about = other_->about.find(done->task_id);
    if (about == other_->about.end())
      return r;
    auto task = marks_.tasks.find(about->second);
    if (task == marks_.tasks.end())
      return std::nullopt;
    return edited(r, [&](json& data) { data["task_id"] = task->second; });
  }
  // Epochs are counted by each run for itself.
  if (by_hand != nullptr && by_hand->if_owner_epoch
      && theirs != other_->owners.end()
      && static_cast<std::uint64_t>(*by_hand->if_owner_epoch)
           == theirs->second.epoch)
    return edited(r, [](json& data) { data.erase("if_owner_epoch"); });
  return r;
}

} // namespace fairlead::what_if
