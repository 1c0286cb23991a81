#include "tests/simulation/miss_book.hpp"

#include <algorithm>
#include <variant>

namespace fairlead::test {

void miss_book::stands(call_book& c, bool success) const {
  c.success = success;
  c.ever_success = c.ever_success || success;
  if (success)
    c.miss_since = 0;
  else if (c.miss_since == 0)
    c.miss_since = now_;
}

void miss_book::read(const std::string& team, const output& o) {
  ++now_;
  auto call = [&](const std::string& id) -> call_book& {
    return calls_[{team, id}];
  };
  if (const auto* w = std::get_if<transfer_connected>(&o.body)) {
    stands(call(w->call_id), true);
  } else if (const auto* m = std::get_if<transfer_missed>(&o.body)) {
    // After a success only outcome.corrected makes it count (R38, R44).
    auto& c = call(m->call_id);
    c.missed = true;
    c.missed_at = now_;
    c.lead = o.subject;
    if (!c.success)
      stands(c, false);
  } else if (const auto* c = std::get_if<outcome_corrected>(&o.body)) {
    stands(call(c->call_id), c->to == outcome::successful_transfer);
  } else if (const auto* t = std::get_if<task_created>(&o.body)) {
    if (t->kind == default_task::call_back && t->call_id)
      call(*t->call_id).tasks.push_back({now_, o.id, o.subject});
  } else if (const auto* r = std::get_if<task_repeated>(&o.body)) {
    if (cancelled_.contains(r->task_id))
      repeated_in_vain_ = r->call_id;
    call(r->call_id).tasks.push_back({now_, r->task_id, o.subject, false});
  } else if (const auto* x = std::get_if<task_cancelled>(&o.body)) {
    cancelled_.emplace(x->task_id, now_);
  }
}

std::optional<std::string> miss_book::fault() const {
  if (repeated_in_vain_)
    return "P1: the miss of " + *repeated_in_vain_
           + " repeats a task that was cancelled";
  for (const auto& [name, c] : calls_) {
    if (!c.missed || c.miss_since == 0)
      continue;
    int open = 0, own = 0, of_last = 0;
    bool tagged = false;
    for (const auto& t : c.tasks) {
      if (t.lead != c.lead)
        continue;
      tagged = tagged || t.at < c.miss_since;
      auto gone = cancelled_.find(t.id);
      if (gone == cancelled_.end()
          || gone->second > std::max(c.miss_since, t.at)) {
        ++open;
        own += t.own ? 1 : 0;
        of_last += t.at > c.missed_at ? 1 : 0;
      }
    }
    if (open == 0 && tagged && !c.ever_success)
      continue;
    if (open == 0 || own > 1 || of_last > 1)
      return "P1: " + std::to_string(open) + " tasks for the missed call "
             + name.second + " of " + name.first;
  }
  return std::nullopt;
}

} // namespace fairlead::test
