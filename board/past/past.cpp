#include "board/past.hpp"

#include "actors/core/overload.hpp"
#include "messages/json/tree.hpp"

#include <chrono>
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

template <class Map>
void keep_newest(Map& all, std::deque<std::string>& order, std::size_t max) {
  while (order.size() > max) {
    all.erase(order.front());
    order.pop_front();
  }
}

} // namespace

transfer& past::transfer_of(const published_output& o,
                            const std::string& call) {
  auto [it, is_new] = transfers_.try_emplace(call);
  auto& t = it->second;
  if (is_new) {
    t.call_id = call;
    t.started = o.time;
    transfer_order_.push_back(call);
    keep_newest(transfers_, transfer_order_, transfers_max);
  }
  if (!o.lead_id.empty())
    t.lead_id = o.lead_id;
  return t;
}

void past::count_as(transfer& t, transfer::result how, instant at) {
  auto add = [&](transfer::result what, std::int64_t hour, std::int64_t n) {
    auto& to = hours_[hour];
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
  auto [it, is_new] = tasks_.try_emplace(id);
  if (is_new) {
    it->second.task_id = id;
    task_order_.push_back(id);
    keep_newest(tasks_, task_order_, tasks_max);
  }
  return it->second;
}

const weights* past::weights_of(std::int64_t version,
                                const std::string& pool) const {
  auto v = weights_.find(version);
  if (v == weights_.end())
    return nullptr;
  auto p = v->second.find(pool);
  return p == v->second.end() ? nullptr : &p->second;
}

const task* past::task_for(const std::string& call) const {
  auto link = task_of_call_.find(call);
  if (link == task_of_call_.end())
    return nullptr;
  auto it = tasks_.find(link->second);
  return it == tasks_.end() ? nullptr : &it->second;
}

void past::link(const std::string& call, const std::string& task) {
  if (task_of_call_.insert_or_assign(call, task).second)
    task_of_call_order_.push_back(call);
  keep_newest(task_of_call_, task_of_call_order_, tasks_max);
}

void past::first_owned(const arrival& came, instant owned) {
  auto& hour = hours_[hour_of(owned)];
  ++hour.to_owner_s[to_owner_limit((owned - came.at).count())];
  ++hour.sources[came.source];
}

void past::output(const published_output& o) {
  if (!o.body)
    return;
  if (!since_)
    since_ = o.time;
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
                 link(*b.call_id, o.id);
             },
             [&](const task_moved& b) { task_of(b.task_id).assignee = b.to; },
             [&](const task_repeated& b) { link(b.call_id, b.task_id); },
             [&](const task_cancelled& b) {
               task_of(b.task_id).cancelled = to_string(b.reason);
             },
             [](const auto&) {}},
    *o.body);
}

void past::count(const published_output& o) {
  auto& hour = hours_[hour_of(o.time)];
  std::visit(
    overload{
      [&](const decision_recorded& b) {
        if (b.kind != decision_kind::assignment || !b.pool_id)
          return;
        const auto* of = weights_of(b.config_version, *b.pool_id);
        if (of == nullptr)
          ++weights_unknown_;
        count_choice(hour.pools[*b.pool_id], b,
                     of == nullptr ? weights{} : *of);
      },
      [&](const lead_assigned& b) {
        ++hour.assigned;
        ++hour.agents[b.agent.agent_id].leads[b.reason];
        if (b.rule_id)
          ++hour.rules[*b.rule_id];
        if (b.again)
          return;
        if (auto came = unowned_.find(o.lead_id); came != unowned_.end()) {
          first_owned(came->second, o.time);
          unowned_.erase(came);
          while (!unowned_order_.empty()
                 && !unowned_.contains(unowned_order_.front()))
            unowned_order_.pop_front();
        } else if (owned_
                     .try_emplace(o.lead_id, ownership{o.time, o.causation_id})
                     .second) {
          owned_order_.push_back(o.lead_id);
          keep_newest(owned_, owned_order_, unowned_max);
        }
      },
      [&](const lead_unassigned&) { ++hour.unassigned; },
      [&](const notification_requested& b) {
        if (b.kind == notification_kind::re_inquiry)
          ++hour.returning;
      },
      [&](const ring_requested& b) {
        for (const auto& leg : b.legs)
          if (leg.agent_id)
            ++hour.agents[*leg.agent_id].rung;
      },
      [](const auto&) {}},
    *o.body);
}

void past::input(const input_event& e, const raw_record& r) {
  std::visit(
    overload{[&](const team_configured& b) {
               auto version = b.document.version.value_or(++documents_seen_);
               auto& pools = weights_[version];
               for (const auto& p : b.document.pools)
                 for (const auto& m : p.members)
                   pools[p.id][m.agent_id] = m.weight;
               documents_.push_back(
                 {.version = version,
                  .at = r.timestamp,
                  .source = e.source,
                  .json = document_in(r.value.value_or(""))});
               if (documents_.size() > documents_max)
                 documents_.pop_front();
             },
             [&](const lead_received& b) {
               arrival came{r.timestamp, b.details.source.value_or("")};
               if (auto owned = owned_.find(b.lead_id); owned != owned_.end()) {
                 // A later one of the same lead is no first one. A step may be
                 // a bit before its record, by the clocks of two machines (R1).
                 if (owned->second.at >= came.at || owned->second.cause == e.id)
                   first_owned(came, owned->second.at);
                 owned_.erase(owned);
                 return;
               }
               if (unowned_.try_emplace(b.lead_id, came).second) {
                 unowned_order_.push_back(b.lead_id);
                 keep_newest(unowned_, unowned_order_, unowned_max);
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
               auto [it, is_new] = transfers_.try_emplace(b.call_id);
               if (!is_new)
                 return;
               it->second.call_id = b.call_id;
               it->second.lead_id = b.lead_id;
               it->second.started = r.timestamp;
               transfer_order_.push_back(b.call_id);
               keep_newest(transfers_, transfer_order_, transfers_max);
             },
             [](const auto&) {}},
    e.body);
}

} // namespace fairlead::board
