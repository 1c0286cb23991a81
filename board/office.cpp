#include "board/office.hpp"

#include "actors/core/state/snapshot.hpp"

#include <algorithm>
#include <utility>

namespace fairlead::board {
namespace {

std::uint32_t hash_of(std::string_view reach) {
  auto n = std::hash<std::string_view>{}(reach);
  return static_cast<std::uint32_t>(n ^ n >> 32);
}

bool has(const std::vector<std::string>& all, std::string_view one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

bool is_live(const call_state& c) {
  return c.phase == call_phase::ringing || c.phase == call_phase::connected;
}

} // namespace

snapshot_set& office::of(entity_kind kind) {
  return kind == entity_kind::lead ? leads_ : others_[kind];
}

void office::put(entity_kind kind, std::string_view id,
                 std::string_view bytes) {
  // The index of people is made from the leads themselves.
  if (kind == entity_kind::person)
    return;
  (void)read_format(bytes); // throws if it is not one that is read
  auto& all = of(kind);
  auto it = all.find(id);
  if (it == all.end()) {
    it = all.emplace(id, bytes).first;
  } else {
    if (kind == entity_kind::lead)
      index_lead(*it, false);
    it->replace(bytes);
  }
  switch (kind) {
    case entity_kind::lead:
      index_lead(*it, true);
      return; // the view has no leads, except those that wait
    case entity_kind::call: {
      call_state c;
      restore(bytes, c);
      if (is_live(c))
        live_calls_.emplace(id);
      else if (auto was = live_calls_.find(id); was != live_calls_.end())
        live_calls_.erase(was);
      return;
    }
    case entity_kind::opt_out:
    case entity_kind::person:
      return;
    case entity_kind::team:
    case entity_kind::agent:
    case entity_kind::document:
    case entity_kind::pool:
      view_.reset();
      return;
  }
}

void office::erase(entity_kind kind, std::string_view id) {
  auto& all = of(kind);
  auto it = all.find(id);
  if (it == all.end())
    return;
  if (kind == entity_kind::lead)
    index_lead(*it, false);
  else
    view_.reset();
  if (auto was = live_calls_.find(id);
      kind == entity_kind::call && was != live_calls_.end())
    live_calls_.erase(was);
  all.erase(it);
}

void office::index_lead(const snapshot_entry& e, bool there) {
  lead_state l;
  restore(e.bytes(), l);
  auto id = e.id();
  auto reach = [&](const std::string& text) {
    if (there)
      reach_.add(hash_of(text), &e);
    else
      reach_.remove(hash_of(text), &e);
  };
  std::for_each(l.phones.begin(), l.phones.end(), reach);
  std::for_each(l.emails.begin(), l.emails.end(), reach);
  if (l.owner) {
    auto& n = owned_[*l.owner];
    auto& kind = l.closed ? n.closed : n.open;
    kind = there ? kind + 1 : kind - 1;
  }
  if (l.waiting()) {
    if (there)
      waiting_[l.waiting_no] = id;
    else
      waiting_.erase(l.waiting_no);
  }
  if (!l.tasks.empty()) {
    if (there)
      with_tasks_.emplace(id);
    else if (auto was = with_tasks_.find(id); was != with_tasks_.end())
      with_tasks_.erase(was);
  }
}

const team_state& office::view() {
  if (!view_)
    view_ = std::make_unique<team_state>(id_, *this);
  return *view_;
}

std::optional<lead_state> office::lead(std::string_view id) const {
  auto it = leads_.find(id);
  if (it == leads_.end())
    return std::nullopt;
  lead_state l;
  restore(it->bytes(), l);
  return l;
}

std::optional<call_state> office::call(std::string_view id) const {
  auto bytes = find(entity_kind::call, id);
  if (!bytes)
    return std::nullopt;
  call_state c;
  restore(*bytes, c);
  return c;
}

std::vector<std::string> office::leads_by(std::string_view reach) const {
  std::vector<std::string> found;
  for (const auto* e : reach_.find(hash_of(reach))) {
    lead_state l;
    restore(e->bytes(), l);
    if (has(l.phones, reach) || has(l.emails, reach))
      found.emplace_back(e->id());
  }
  std::sort(found.begin(), found.end());
  return found;
}

lead_counts office::owned_by(const std::string& agent) const {
  auto it = owned_.find(agent);
  return it == owned_.end() ? lead_counts{} : it->second;
}

std::optional<std::string_view> office::find(entity_kind kind,
                                             std::string_view id) const {
  const auto* all = &leads_;
  if (kind != entity_kind::lead) {
    auto of_kind = others_.find(kind);
    if (of_kind == others_.end())
      return std::nullopt;
    all = &of_kind->second;
  }
  auto it = all->find(id);
  if (it == all->end())
    return std::nullopt;
  return it->bytes();
}

bool office::any(entity_kind kind) const {
  if (kind == entity_kind::lead)
    return !leads_.empty();
  auto all = others_.find(kind);
  return all != others_.end() && !all->second.empty();
}

void office::scan(
  entity_kind kind, std::string_view after,
  const std::function<bool(std::string_view id, std::string_view bytes)>& each)
  const {
  if (kind == entity_kind::lead) {
    for (const auto& [unused, id] : waiting_)
      if (id > after && !each(id, *find(kind, id)))
        return;
    return;
  }
  auto all = others_.find(kind);
  if (all == others_.end())
    return;
  for (auto it = all->second.upper_bound(after); it != all->second.end(); ++it)
    if (!each(it->id(), it->bytes()))
      return;
}

} // namespace fairlead::board
