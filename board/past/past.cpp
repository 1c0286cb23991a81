#include "board/past/past.hpp"

#include "actors/core/invariant.hpp"
#include "actors/core/overload.hpp"
#include "board/past/kept_form.hpp"
#include "messages/json/tree.hpp"

#include <chrono>
#include <iterator>
#include <utility>
#include <variant>

namespace fairlead::board {
namespace {

std::int64_t hour_of(instant t) {
  return std::chrono::floor<std::chrono::hours>(t).time_since_epoch().count();
}

/// The `data` of an event as it stands in its record; a binary event is data.
std::string document_in(const std::string& value) {
  auto tree = json_tree::parse(value);
  if (!tree)
    return {};
  const auto* data = tree->find(tree->root(), "data");
  return std::string{data != nullptr ? data->raw : tree->root().raw};
}

constexpr const char* totals_kind = "totals";

} // namespace

past::past(std::string team, past_keeping k)
  : team_{std::move(team)},
    keeping_{k},
    transfers_{transfers_max, k.in != nullptr},
    tasks_{tasks_max, k.in != nullptr},
    documents_{documents_max, k.in != nullptr},
    weights_{weights_max, k.in != nullptr},
    unowned_{unowned_max, k.in != nullptr},
    owned_{unowned_max, k.in != nullptr},
    task_of_call_{tasks_max, k.in != nullptr} {
}

sums& past::hour(std::int64_t h) {
  auto [at, is_new] = hours_.try_emplace(h);
  if (keeping_.in != nullptr) {
    hours_changed_.insert(h);
    if (is_new)
      if (auto bytes = keeping_.in->hour(team_, h))
        read_kept(*bytes, at->second);
  } else if (std::ssize(hours_) > keeping_.hours_max && at != hours_.begin()) {
    hours_.erase(hours_.begin());
  }
  return at->second;
}

void past::each_hour(
  std::int64_t from, std::int64_t to,
  const std::function<void(std::int64_t, const sums&)>& each) const {
  // What is in memory is newer than what is kept.
  auto mine = hours_.lower_bound(from);
  auto mine_before = [&](std::int64_t hour) {
    for (; mine != hours_.end() && mine->first < hour; ++mine)
      each(mine->first, mine->second);
  };
  if (keeping_.in != nullptr)
    keeping_.in->each_hour(team_, from, to,
                           [&](std::int64_t hour, std::string_view bytes) {
                             mine_before(hour);
                             if (mine != hours_.end() && mine->first == hour)
                               return;
                             sums kept;
                             read_kept(bytes, kept);
                             each(hour, kept);
                           });
  mine_before(to);
}

transfer& past::transfer_of(const published_output& o,
                            const std::string& call) {
  auto [t, is_new] = transfers_.change(call);
  if (is_new) {
    t.call_id = call;
    t.started = o.time;
  }
  if (!o.lead_id.empty())
    t.lead_id = o.lead_id;
  return t;
}

void past::count_as(transfer& t, transfer::result how, instant at) {
  auto add = [&](transfer::result what, std::int64_t in, std::int64_t n) {
    if (what == transfer::result::open)
      return;
    auto& to = hour(in);
    if (what == transfer::result::connected) {
      to.connected += n;
      to.to_answer_s[to_answer_limit(t.waited_ms)] += n;
      if (t.answered_by)
        to.agents[*t.answered_by].answered += n;
    } else if (what == transfer::result::missed) {
      to.missed[t.reason.value_or(miss_reason::no_answer)] += n;
    }
  };
  add(t.counted, t.counted_in, -1);
  t.how = how;
  if (how != transfer::result::connected)
    t.answered_by.reset();
  t.counted = how;
  t.counted_in = hour_of(at);
  add(how, t.counted_in, 1);
}

task& past::task_of(const std::string& id) {
  auto [t, is_new] = tasks_.change(id);
  if (is_new)
    t.task_id = id;
  return t;
}

const weights* past::weights_of(std::int64_t version,
                                const std::string& pool) const {
  const auto* of = weights_.find(std::to_string(version));
  if (of == nullptr)
    return nullptr;
  auto p = of->find(pool);
  return p == of->end() ? nullptr : &p->second;
}

const task* past::task_for(const std::string& call) const {
  const auto* id = task_of_call_.find(call);
  return id == nullptr ? nullptr : tasks_.find(*id);
}

void past::first_owned(const arrival& came, instant owned) {
  auto& of = hour(hour_of(owned));
  ++of.to_owner_s[to_owner_limit((owned - came.at).count())];
  ++of.sources[came.source];
}

void past::up_to(std::uint64_t sequence) {
  if (sequence <= totals_.sequence)
    return;
  totals_.sequence = sequence;
  totals_changed_ = true;
}

void past::output(const published_output& o) {
  up_to(o.sequence);
  if (!o.body)
    return;
  if (!totals_.since) {
    totals_.since = o.time;
    totals_changed_ = true;
  }
  count(o);
  std::visit(
    overload{[&](const ring_requested& b) {
               auto& t = transfer_of(o, b.call_id);
               count_as(t, transfer::result::open, o.time);
               t.attempts = b.attempt;
             },
             [&](const transfer_waiting& b) { transfer_of(o, b.call_id); },
             [&](const transfer_connected& b) {
               auto& t = transfer_of(o, b.call_id);
               count_as(t, transfer::result::open, o.time);
               t.answered_by = b.agent_id;
               t.waited_ms = b.waited_ms;
               t.ended = o.time;
               count_as(t, transfer::result::connected, o.time);
             },
             [&](const transfer_missed& b) {
               auto& t = transfer_of(o, b.call_id);
               // After a success only outcome.corrected makes it count (R44).
               if (t.how == transfer::result::connected)
                 return;
               count_as(t, transfer::result::open, o.time);
               t.reason = b.reason;
               count_as(t, transfer::result::missed, o.time);
               t.attempts = b.attempts;
               t.ended = o.time;
             },
             [&](const outcome_corrected& b) {
               if (!transfers_.contains(b.call_id))
                 return;
               auto& t = transfer_of(o, b.call_id);
               count_as(t,
                        b.to == outcome::successful_transfer
                          ? transfer::result::connected
                          : transfer::result::missed,
                        o.time);
             },
             [&](const task_created& b) {
               auto& t = task_of(o.id);
               t.lead_id = o.lead_id;
               t.kind = b.kind.text();
               t.title = b.title;
               t.assignee = b.assignee;
               t.created = o.time;
               t.due = b.due_at;
               t.call_id = b.call_id.value_or("");
               if (b.call_id)
                 task_of_call_.change(*b.call_id).it = o.id;
             },
             [&](const task_moved& b) { task_of(b.task_id).assignee = b.to; },
             [&](const task_repeated& b) {
               task_of_call_.change(b.call_id).it = b.task_id;
             },
             [&](const task_cancelled& b) {
               task_of(b.task_id).cancelled = to_string(b.reason);
             },
             [](const auto&) {}},
    *o.body);
}

void past::count(const published_output& o) {
  auto& of = hour(hour_of(o.time));
  std::visit(
    overload{[&](const decision_recorded& b) {
               if (b.kind != decision_kind::assignment || !b.pool_id)
                 return;
               const auto* w = weights_of(b.config_version, *b.pool_id);
               if (w == nullptr) {
                 ++totals_.weights_unknown;
                 totals_changed_ = true;
               }
               count_choice(of.pools[*b.pool_id], b,
                            w == nullptr ? weights{} : *w);
             },
             [&](const lead_assigned& b) {
               ++of.assigned;
               ++of.agents[b.agent.agent_id].leads[b.reason];
               if (b.rule_id)
                 ++of.rules[*b.rule_id];
               if (b.again)
                 return;
               if (const auto* came = unowned_.find(o.lead_id)) {
                 first_owned(*came, o.time);
                 unowned_.erase(o.lead_id);
               } else if (!owned_.contains(o.lead_id)) {
                 owned_.change(o.lead_id).it = {o.time, o.causation_id};
               }
             },
             [&](const lead_unassigned&) { ++of.unassigned; },
             [&](const notification_requested& b) {
               if (b.kind == notification_kind::re_inquiry)
                 ++of.returning;
             },
             [&](const ring_requested& b) {
               for (const auto& leg : b.legs)
                 if (leg.agent_id)
                   ++of.agents[*leg.agent_id].rung;
             },
             [](const auto&) {}},
    *o.body);
}

void past::input(const input_event& e, const raw_record& r) {
  std::visit(
    overload{[&](const team_configured& b) {
               auto no = ++totals_.documents_seen;
               totals_changed_ = true;
               auto version = b.document.version.value_or(no);
               auto& pools = weights_.change(std::to_string(version)).it;
               for (const auto& p : b.document.pools)
                 for (const auto& m : p.members)
                   pools[p.id][m.agent_id] = m.weight;
               documents_.change(std::to_string(no)).it
                 = {.version = version,
                    .at = r.timestamp,
                    .source = e.source,
                    .json = document_in(r.value.value_or(""))};
             },
             [&](const lead_received& b) {
               arrival came{r.timestamp, b.details.source.value_or("")};
               if (const auto* owned = owned_.find(b.lead_id)) {
                 // A later one of the same lead is no first one. A step may be
                 // a bit before its record, by the clocks of two machines (R1).
                 if (owned->at >= came.at || owned->cause == e.id)
                   first_owned(came, owned->at);
                 owned_.erase(b.lead_id);
               } else if (!unowned_.contains(b.lead_id)) {
                 unowned_.change(b.lead_id).it = std::move(came);
               }
             },
             [&](const task_completed& b) {
               auto& t = task_of(b.task_id);
               if (!t.done) {
                 t.done = r.timestamp;
                 t.done_by = e.source;
               }
             },
             [&](const transfer_requested& b) {
               if (transfers_.contains(b.call_id))
                 return;
               auto& t = transfers_.change(b.call_id).it;
               t.call_id = b.call_id;
               t.lead_id = b.lead_id;
               t.started = r.timestamp;
             },
             [](const auto&) {}},
    e.body);
}

// -- what is kept elsewhere ---------------------------------------------------

template <class Self, class F>
void past::each_store(Self& self, F f) {
  f("transfer", self.transfers_);
  f("task", self.tasks_);
  f("document", self.documents_);
  f("weights", self.weights_);
  f("unowned", self.unowned_);
  f("owned", self.owned_);
  f("task-of-call", self.task_of_call_);
}

void past::restore(const kept_thing& t) {
  if (t.kind == totals_kind)
    return read_kept(*t.bytes, totals_);
  bool known = false;
  each_store(*this, [&]<class T>(const char* kind, newest<T>& of) {
    if (t.kind != kind)
      return;
    known = true;
    typename newest<T>::entry e;
    read_kept(*t.bytes, e);
    of.restore(t.id, std::move(e));
  });
  require(known, "a kept thing is of an unknown kind");
}

void past::changes(kept_changes& into) const {
  each_store(*this, [&](const char* kind, const auto& of) {
    of.each_changed([&](const std::string& id, const auto* e) {
      into.things.push_back(
        {.team = team_,
         .kind = kind,
         .id = id,
         .bytes = e == nullptr ? std::optional<std::string>{} : kept_form(*e)});
    });
  });
  for (auto h : hours_changed_)
    into.hours.push_back(
      {.team = team_, .hour = h, .bytes = kept_form(hours_.at(h))});
  if (totals_changed_)
    into.things.push_back({.team = team_,
                           .kind = totals_kind,
                           .id = {},
                           .bytes = kept_form(totals_)});
}

void past::all_kept() {
  each_store(*this, [](const char*, auto& of) { of.all_kept(); });
  hours_changed_.clear();
  totals_changed_ = false;
  while (hours_.size() > hours_in_memory)
    hours_.erase(hours_.begin());
}

} // namespace fairlead::board
