#include "actors/partition/snapshot_store.hpp"

#include "actors/core/invariant.hpp"
#include "actors/core/state/snapshot.hpp"

#include <absl/container/flat_hash_set.h>

#include <algorithm>
#include <array>
#include <utility>

namespace fairlead {
namespace {

/// Where an entry stands. Moving it changes nothing that is hashed.
struct slot {
  mutable entry_ref ref;
};

/// Slots are hashed and compared by the ids that stand there; an id finds its
/// slot without one being made.
struct by_id {
  using is_transparent = void;
  const entry_log* log = nullptr;

  [[nodiscard]] std::string_view id(std::string_view s) const { return s; }
  [[nodiscard]] std::string_view id(slot s) const {
    return log->read(s.ref).id;
  }
  template <class X>
  std::size_t operator()(const X& x) const {
    return absl::Hash<std::string_view>{}(id(x));
  }
  template <class X, class Y>
  bool operator()(const X& x, const Y& y) const {
    return id(x) == id(y);
  }
};

using slots = absl::flat_hash_set<slot, by_id, by_id>;

std::uint32_t tag_of(const stored_reach& r) {
  return static_cast<std::uint32_t>(absl::HashOf(r.kind, r.text));
}

/// Where the lead stands that keeps a phone or an e-mail with that tag.
struct kept {
  mutable entry_ref ref;
  std::uint32_t tag;
};

/// They are hashed by their tags, so that a table grows without looking at a
/// lead, and compared by what the lead keeps.
struct by_reach {
  using is_transparent = void;
  const entry_log* log = nullptr;

  std::size_t operator()(const stored_reach& r) const { return mix(tag_of(r)); }
  std::size_t operator()(kept k) const { return mix(k.tag); }
  bool operator()(kept k, const stored_reach& r) const {
    if (k.tag != tag_of(r))
      return false;
    auto all = reaches_of(log->read(k.ref).value);
    return std::find(all.all.begin(), all.all.begin() + all.count, r)
           != all.all.begin() + all.count;
  }
  /// What goes in has been looked for before.
  bool operator()(kept a, kept b) const {
    return a.ref == b.ref && a.tag == b.tag;
  }

private:
  static std::size_t mix(std::uint32_t tag) { return absl::HashOf(tag); }
};

using keepers = absl::flat_hash_set<kept, by_reach, by_reach>;

constexpr std::array kinds{entity_kind::team,     entity_kind::agent,
                           entity_kind::lead,     entity_kind::call,
                           entity_kind::document, entity_kind::pool,
                           entity_kind::person,   entity_kind::opt_out};

std::size_t index_of(entity_kind k) {
  auto it = std::find(kinds.begin(), kinds.end(), k);
  require(it != kinds.end(), "the state has an entity of an unknown kind");
  return static_cast<std::size_t>(it - kinds.begin());
}

} // namespace

struct snapshot_store::team {
  team(std::string n, std::uint32_t no_, const entry_log& log)
    : name{std::move(n)}, no{no_} {
    for (auto& s : of_kind)
      s = slots{0, by_id{&log}, by_id{&log}};
    by_key = keepers{0, by_reach{&log}, by_reach{&log}};
  }
  [[nodiscard]] slots& of(entity_kind k) { return of_kind[index_of(k)]; }
  [[nodiscard]] const slots& of(entity_kind k) const {
    return of_kind[index_of(k)];
  }

  std::string name;
  std::uint32_t no;
  std::array<slots, kinds.size()> of_kind;
  keepers by_key;
};

snapshot_store::snapshot_store() = default;
snapshot_store::~snapshot_store() = default;

snapshot_store::team& snapshot_store::open(std::string_view team_id) {
  auto it = teams_.find(team_id);
  if (it == teams_.end()) {
    if (free_nos_.empty()) {
      free_nos_.push_back(static_cast<std::uint32_t>(by_no_.size()));
      by_no_.push_back(nullptr);
    }
    auto no = free_nos_.back();
    it = teams_
           .emplace(team_id,
                    std::make_unique<team>(std::string{team_id}, no, log_))
           .first;
    by_no_[no] = it->second.get();
    free_nos_.pop_back();
  }
  return *it->second;
}

const snapshot_store::team& snapshot_store::part_of(std::string_view team_id) {
  return open(team_id);
}

void snapshot_store::forget_if_empty(std::string_view team_id) {
  auto it = teams_.find(team_id);
  if (it == teams_.end()
      || std::any_of(it->second->of_kind.begin(), it->second->of_kind.end(),
                     [](const slots& s) { return !s.empty(); }))
    return;
  if (sorted_.of == it->second.get())
    sorted_ = {};
  // The log may still have dead entries of that number; the next team with that
  // number has nothing there.
  by_no_[it->second->no] = nullptr;
  free_nos_.push_back(it->second->no);
  teams_.erase(it);
}

/// A lead stands there now: it is the one that keeps what it keeps.
void snapshot_store::keep(team& t, entry_ref now) {
  auto all = reaches_of(log_.read(now).value);
  for (std::size_t i = 0; i < all.count; ++i)
    if (auto it = t.by_key.find(all.all[i]); it != t.by_key.end())
      it->ref = now;
    else
      t.by_key.insert(kept{now, tag_of(all.all[i])});
}

/// What stands there is no longer so. What another lead keeps stays.
void snapshot_store::let_go(team& t, entry_ref before) {
  auto all = reaches_of(log_.read(before).value);
  for (std::size_t i = 0; i < all.count; ++i)
    if (auto it = t.by_key.find(all.all[i]);
        it != t.by_key.end() && it->ref == before)
      t.by_key.erase(it);
}

void snapshot_store::put(const state_name& name, std::string_view value) {
  auto& t = open(name.team);
  auto& s = t.of(name.kind);
  bytes_ += name.id.size() + value.size();
  auto ref = log_.append({t.no, name.kind, name.id, value});
  if (name.kind == entity_kind::lead)
    keep(t, ref);
  if (auto [it, fresh] = s.insert(slot{ref}); !fresh) {
    // Most leads keep what they kept.
    if (name.kind == entity_kind::lead
        && reaches_of(log_.read(it->ref).value) != reaches_of(value))
      let_go(t, it->ref);
    bytes_ -= name.id.size() + log_.read(it->ref).value.size();
    log_.kill(it->ref);
    it->ref = ref;
  } else {
    ++size_;
    if (sorted_.of == &t && sorted_.kind == name.kind)
      sorted_ = {};
  }
  tidy();
}

void snapshot_store::erase(const state_name& name) {
  auto& t = open(name.team);
  auto& s = t.of(name.kind);
  auto it = s.find(name.id);
  if (it == s.end())
    return;
  auto gone = it->ref;
  if (name.kind == entity_kind::lead)
    let_go(t, gone);
  bytes_ -= name.id.size() + log_.read(gone).value.size();
  s.erase(it);
  log_.kill(gone);
  --size_;
  if (sorted_.of == &t && sorted_.kind == name.kind)
    sorted_ = {};
  tidy();
}

void snapshot_store::tidy() {
  auto slot_of = [this](const log_entry& e) -> const slot* {
    const auto* t = by_no_[e.team_no];
    if (t == nullptr)
      return nullptr;
    const auto& s = t->of(e.kind);
    auto it = s.find(e.id);
    return it == s.end() ? nullptr : &*it;
  };
  log_.clean(
    [&](entry_ref p, const log_entry& e) {
      const auto* s = slot_of(e);
      return s != nullptr && s->ref == p;
    },
    [&](const log_entry& e, entry_ref to) {
      auto from = std::exchange(slot_of(e)->ref, to);
      if (e.kind != entity_kind::lead)
        return;
      auto all = reaches_of(e.value);
      auto& people = by_no_[e.team_no]->by_key;
      for (std::size_t i = 0; i < all.count; ++i)
        if (auto it = people.find(all.all[i]);
            it != people.end() && it->ref == from)
          it->ref = to;
    });
}

std::optional<std::string_view>
snapshot_store::find(const team& t, entity_kind kind,
                     std::string_view id) const {
  const auto& s = t.of(kind);
  auto it = s.find(id);
  if (it == s.end())
    return std::nullopt;
  return log_.read(it->ref).value;
}

std::optional<std::string_view>
snapshot_store::keeper_of(const team& t, std::string_view key) const {
  require(!key.empty(), "a person has a key");
  auto it = t.by_key.find(stored_reach{key.front(), key.substr(1)});
  if (it == t.by_key.end())
    return std::nullopt;
  return log_.read(it->ref).id;
}

bool snapshot_store::any(const team& t, entity_kind kind) const {
  return !t.of(kind).empty();
}

void snapshot_store::scan(
  const team& t, entity_kind kind, std::string_view after,
  const std::function<bool(std::string_view, std::string_view)>& each) const {
  // Out of the way: `each` may scan something else.
  auto sorted = std::exchange(sorted_, {});
  if (sorted.of != &t || sorted.kind != kind) {
    sorted = {&t, kind, {}};
    for (const auto& s : t.of(kind))
      sorted.ids.emplace_back(log_.read(s.ref).id);
    std::sort(sorted.ids.begin(), sorted.ids.end());
  }
  auto it = std::upper_bound(sorted.ids.begin(), sorted.ids.end(), after);
  while (it != sorted.ids.end() && each(*it, *find(t, kind, *it)))
    ++it;
  sorted_ = std::move(sorted);
}

void snapshot_store::each_of(const team& t, entity_kind kind,
                             const visitor& each) const {
  for (const auto& s : t.of(kind)) {
    auto e = log_.read(s.ref);
    each({t.name, e.kind, e.id}, e.value);
  }
}

void snapshot_store::each(const visitor& visit) const {
  for (const auto& [unused, t] : teams_)
    for (auto kind : kinds)
      each_of(*t, kind, visit);
}

void snapshot_store::sweep(std::size_t max, const question& wanted,
                           const visitor& each) {
  log_.walk(max, [&](entry_ref p, const log_entry& e) {
    if (!wanted(e.kind, e.value))
      return;
    const auto* t = by_no_[e.team_no];
    if (t == nullptr)
      return;
    const auto& s = t->of(e.kind);
    if (auto it = s.find(e.id); it != s.end() && it->ref == p)
      each({t->name, e.kind, e.id}, e.value);
  });
}

} // namespace fairlead
