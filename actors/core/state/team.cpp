#include "actors/core/state/team.hpp"

#include "actors/core/invariant.hpp"
#include "actors/core/limits.hpp"
#include "actors/core/state/snapshot.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace fairlead {
namespace {

const std::string default_region = "US";

const zone* utc() {
  const auto* z = find_zone("UTC");
  require(z != nullptr, "the zone database has no UTC");
  return z;
}

/// An opt-out has nothing to say but that it is there.
std::string opt_out_snapshot() {
  return {static_cast<char>(snapshot_format), '\0'};
}

bool has_pool(const team_document& d, const std::string& id) {
  return std::any_of(d.pools.begin(), d.pools.end(),
                     [&id](const pool_document& p) { return p.id == id; });
}

using rotations = std::map<std::string, cell<rotation>>;

/// R15: of all that was taken out of a team's documents the last 2 000 are
/// remembered, members and pools; of what came out together the first in the
/// document goes first, and pools after members.
void forget_oldest(rotations& all, const team_document& d) {
  struct entry {
    instant at;
    rotations::iterator from;
    bool pool; // else one of its members
  };
  std::vector<entry> out;
  auto add_members_of = [&out](rotations::iterator it) {
    for (const auto& g : it->second.state.gone)
      out.push_back({g.left, it, false});
  };
  for (const auto& p : d.pools)
    add_members_of(all.find(p.id));
  for (auto it = all.begin(); it != all.end(); ++it)
    if (it->second.state.removed)
      add_members_of(it);
  for (auto it = all.begin(); it != all.end(); ++it)
    if (it->second.state.removed)
      out.push_back({*it->second.state.removed, it, true});
  if (out.size() <= limits::gone_per_team)
    return;
  std::stable_sort(out.begin(), out.end(),
                   [](const entry& a, const entry& b) { return a.at < b.at; });
  out.resize(out.size() - limits::gone_per_team);
  std::map<std::string, std::ptrdiff_t> members;
  for (const auto& o : out)
    if (!o.pool)
      ++members[o.from->first];
  for (const auto& [id, n] : members) {
    auto& gone = all[id].state.gone; // oldest first
    gone.erase(gone.begin(), gone.begin() + n);
  }
  for (const auto& o : out)
    if (o.pool)
      all.erase(o.from);
}

/// Nullptr: there is none.
template <class Map>
auto* find(Map& cells, const std::string& id) {
  auto it = cells.find(id);
  return it == cells.end() ? nullptr : &it->second;
}

} // namespace

team_state::team_state(std::string team, const entity_source& stored)
  : id_{std::move(team)},
    stored_{stored},
    zone_{utc()},
    leads_{stored, entity_kind::lead},
    calls_{stored, entity_kind::call},
    people_{stored, entity_kind::person} {
  load();
}

void team_state::load() {
  if (auto bytes = stored_.find(entity_kind::team, ""))
    restore(*bytes, counters_.state);
  if (auto bytes = stored_.find(entity_kind::document, "")) {
    team_document d;
    restore(*bytes, d);
    // States of before format 3 do not have the highest version by itself.
    counters_.state.version_known
      = newest(counters_.state.version_known, d.version);
    put_in_force(std::move(d));
  }
  stored_.scan(entity_kind::pool, "", [this](auto id, auto bytes) {
    read_stored(bytes, rotations_[std::string{id}]);
    return true;
  });
  stored_.scan(entity_kind::agent, "", [this](auto id, auto bytes) {
    read_stored(bytes, roster_[std::string{id}]);
    return true;
  });
  // A team that nobody has configured has leads that wait and no timer (R11).
  const auto& c = counters_.state;
  if (c.retry_at || !c.mass.empty() || (!document_ && c.leads_unconfigured > 0))
    stored_.scan(entity_kind::lead, "", [this](auto id, auto bytes) {
      if (auto no = stored_head(bytes).waiting_no; no != 0)
        waiting_.emplace(no, id);
      return true;
    });
}

const std::string& team_state::region() const {
  return document_ ? document_->region : default_region;
}

const pool_document* team_state::pool(const std::string& id) const {
  if (!document_)
    return nullptr;
  for (const auto& p : document_->pools)
    if (p.id == id)
      return &p;
  return nullptr;
}

const zone& team_state::zone_of(const agent_state& a) const {
  if (a.document.time_zone)
    if (const auto* z = find_zone(*a.document.time_zone))
      return *z;
  return *zone_;
}

std::int64_t team_state::config_version() const {
  if (!document_)
    return 0;
  return document_->version.value_or(counters().documents_applied);
}

const std::vector<int>& team_state::holidays() const {
  static const std::vector<int> none;
  return document_ ? document_->holidays : none;
}

void team_state::put_in_force(team_document d) {
  zone_ = find_zone(d.time_zone);
  if (zone_ == nullptr) // gone from the system's database since
    zone_ = utc();
  conditions_.clear();
  conditions_.reserve(d.rules.size());
  for (const auto& r : d.rules)
    conditions_.push_back(conditions_of(r.when, d.region));
  document_ = std::move(d);
}

void team_state::configure(team_document d, instant at) {
  require(find_zone(d.time_zone) != nullptr,
          "a team document with an unknown zone was let in");
  auto before = rotations_;
  std::erase_if(rotations_, [at](const auto& entry) {
    return forgotten(entry.second.state, at);
  });
  for (auto& [id, c] : rotations_)
    if (!c.state.removed && !has_pool(d, id))
      c.state = taken_out(std::move(c.state), at);
  for (const auto& p : d.pools) {
    auto [it, is_new] = rotations_.try_emplace(p.id);
    auto& c = it->second;
    c.state
      = reconfigured(is_new ? std::nullopt : std::optional{c.state}, p, at);
  }
  forget_oldest(rotations_, d);
  for (auto& [id, c] : before)
    if (find(rotations_, id) == nullptr)
      touch(entity_kind::pool, id, c.marks);
  for (auto& [id, c] : rotations_) {
    const auto* old = find(before, id);
    if (old == nullptr || old->state != c.state)
      touch(entity_kind::pool, id, c.marks);
  }
  put_in_force(std::move(d));
  touch(entity_kind::document, "", document_marks_);
}

const rotation& team_state::rotation_of(const std::string& pool) const {
  auto it = rotations_.find(pool);
  require(it != rotations_.end(), "a pool without a rotation");
  return it->second.state;
}

void team_state::use_turn(const std::string& pool, const rotation_choice& c) {
  auto it = rotations_.find(pool);
  require(it != rotations_.end(), "a pool without a rotation");
  apply(it->second.state, c);
  touch(entity_kind::pool, pool, it->second.marks);
}

const agent_state* team_state::agent(const std::string& id) const {
  auto it = roster_.find(id);
  return it == roster_.end() ? nullptr : &it->second.state;
}

cell<agent_state>& team_state::agent_cell(const std::string& id) {
  return roster_[id];
}

bool team_state::is_active(const std::optional<std::string>& id) const {
  if (!id)
    return false;
  const auto* a = agent(*id);
  return a != nullptr && a->active();
}

std::optional<lead_head> team_state::head(const std::string& lead) const {
  if (const auto* c = leads_.if_live(lead))
    return head_of(c->state);
  if (auto bytes = stored_.find(entity_kind::lead, lead))
    return stored_head(*bytes);
  return std::nullopt;
}

cell<lead_state>& team_state::lead_cell(const std::string& id) {
  return leads_.open(id, batch_);
}

cell<call_state>& team_state::call_cell(const std::string& id) {
  return calls_.open(id, batch_);
}

void team_state::scan_leads(
  const std::string& after,
  const std::function<bool(const std::string& id, const lead_head&)>& each)
  const {
  // Leads of this batch are not stored yet.
  std::vector<std::string> fresh;
  for (const auto& [id, unused] : leads_)
    if (id > after && !stored_.find(entity_kind::lead, id))
      fresh.push_back(id);
  std::sort(fresh.begin(), fresh.end());
  auto next = fresh.begin();
  bool go_on = true;
  auto fresh_until = [&](const std::string* id) {
    for (; go_on && next != fresh.end() && (id == nullptr || *next < *id);
         ++next)
      go_on = each(*next, *head(*next));
  };
  stored_.scan(entity_kind::lead, after, [&](auto view, auto) {
    std::string id{view};
    fresh_until(&id);
    if (go_on)
      go_on = each(id, *head(id));
    return go_on;
  });
  fresh_until(nullptr);
}

void team_state::set_waiting(std::uint64_t no, const std::string& lead) {
  waiting_.emplace(no, lead);
}

void team_state::drop_waiting(std::uint64_t no) {
  waiting_.erase(no);
}

/// Nullptr: no lead keeps it.
cell<person_state>* team_state::find_person(const person_key& key) {
  if (auto* c = people_.find(key.text, batch_))
    return c;
  auto keeper = stored_.keeper_of(key.text);
  if (!keeper)
    return nullptr;
  auto& c = people_.add(key.text, batch_);
  c.state.leads.emplace_back(*keeper);
  return &c;
}

const person_state& team_state::person(const person_key& key) {
  static const person_state nobody;
  const auto* c = find_person(key);
  return c == nullptr ? nobody : c->state;
}

void team_state::add_person(const person_key& key, const std::string& lead) {
  auto* c = find_person(key);
  if (c == nullptr)
    c = &people_.add(key.text, batch_);
  if (!c->state.leads.empty() && c->state.leads.back() == lead)
    return;
  apply(c->state, lead_joined{lead});
  if (c->marks.stored_bytes > 0 || c->state.leads.size() > 1)
    touch(entity_kind::person, key.text, c->marks);
}

void team_state::drop_person(const person_key& key, const std::string& lead) {
  auto* c = find_person(key);
  if (c == nullptr
      || std::find(c->state.leads.begin(), c->state.leads.end(), lead)
           == c->state.leads.end())
    return;
  apply(c->state, lead_left{lead});
  if (c->marks.stored_bytes > 0)
    touch(entity_kind::person, key.text, c->marks);
}

bool team_state::any_opted_out() const {
  return !opt_outs_.empty() || stored_.any(entity_kind::opt_out);
}

bool team_state::opted_out(const std::string& hash) {
  if (auto* c = find(opt_outs_, hash)) {
    c->used = batch_;
    return c->state;
  }
  return stored_.find(entity_kind::opt_out, hash).has_value();
}

void team_state::set_opted_out(const std::string& hash, bool out) {
  if (opted_out(hash) == out)
    return;
  auto& c = opt_outs_[hash];
  c.state = out;
  c.used = batch_;
  touch(entity_kind::opt_out, hash, c.marks);
}

void team_state::touch(entity_kind kind, const std::string& id,
                       change_marks& marks) {
  if (!std::exchange(marks.in_step, true) && has_timers(kind))
    touched_.push_back({kind, id});
  if (!std::exchange(marks.in_batch, true)) {
    changed_.push_back({kind, id});
    changed_bytes_ += marks.stored_bytes;
  }
}

void team_state::take_timers(
  const std::function<void(const entity_name&, std::optional<instant> due)>&
    each) {
  auto take = [&](const entity_name& e, auto* c) {
    if (c == nullptr)
      return each(e, std::nullopt);
    c->marks.in_step = false;
    each(e, next_due(c->state));
  };
  for (const auto& e : touched_) {
    if (e.kind == entity_kind::team)
      take(e, &counters_);
    else if (e.kind == entity_kind::lead)
      take(e, leads_.if_live(e.id));
    else
      take(e, calls_.if_live(e.id));
  }
  touched_.clear();
}

void team_state::take_snapshots(
  const std::function<void(const entity_name&, std::string bytes)>& each) {
  auto take = [&](const entity_name& e, auto* c, bool is_there) {
    auto bytes = is_there ? snapshot(c->state) : std::string{};
    if (c != nullptr) {
      c->marks.in_batch = false;
      c->marks.stored_bytes = static_cast<std::uint32_t>(bytes.size());
    }
    each(e, std::move(bytes));
  };
  // An entity that holds nothing (any more) is a tombstone.
  auto take_unless_empty = [&](const entity_name& e, auto* c) {
    take(e, c, c != nullptr && c->state != decltype(c->state){});
  };
  for (const auto& e : changed_) {
    switch (e.kind) {
      case entity_kind::team:
        take(e, &counters_, true);
        break;
      case entity_kind::document:
        document_marks_.in_batch = false;
        each(e, snapshot(*document_));
        break;
      case entity_kind::pool: {
        // A pool without members holds nothing, and is there all the same.
        auto* c = find(rotations_, e.id);
        take(e, c, c != nullptr);
        break;
      }
      case entity_kind::agent:
        take_unless_empty(e, find(roster_, e.id));
        break;
      case entity_kind::lead:
        take_unless_empty(e, leads_.if_live(e.id));
        break;
      case entity_kind::call:
        take_unless_empty(e, calls_.if_live(e.id));
        break;
      case entity_kind::person:
        take_unless_empty(e, people_.if_live(e.id));
        break;
      case entity_kind::opt_out: {
        auto& c = opt_outs_[e.id];
        c.marks.in_batch = false;
        each(e, c.state ? opt_out_snapshot() : std::string{});
        break;
      }
    }
  }
  changed_.clear();
}

void team_state::forget(const entity_name& e) {
  if (e.kind == entity_kind::lead) {
    auto& c = lead_cell(e.id);
    for (const auto& phone : c.state.phones)
      drop_person(phone_key(phone), e.id);
    for (const auto& email : c.state.emails)
      drop_person(email_key(email), e.id);
    if (c.state.waiting())
      drop_waiting(c.state.waiting_no);
    apply(c.state, lead_forgotten{});
    touch(e.kind, e.id, c.marks);
  } else {
    require(e.kind == entity_kind::call, "R15: only leads and calls go");
    auto& c = call_cell(e.id);
    apply(c.state, call_forgotten{});
    touch(e.kind, e.id, c.marks);
  }
}

std::size_t team_state::live() const {
  return leads_.size() + calls_.size() + people_.size() + opt_outs_.size();
}

void team_state::count_ages(std::uint64_t batch, ages& counts) const {
  leads_.count_ages(batch, counts);
  calls_.count_ages(batch, counts);
  people_.count_ages(batch, counts);
  for (const auto& [unused, c] : opt_outs_)
    ++counts[age_of(c, batch)];
}

void team_state::passivate(
  std::uint64_t before_batch,
  const std::function<void(const entity_name&)>& gone) {
  leads_.let_go(before_batch, [&](const auto& id) {
    gone({entity_kind::lead, id});
  });
  calls_.let_go(before_batch, [&](const auto& id) {
    gone({entity_kind::call, id});
  });
  people_.let_go(before_batch, [](const auto&) {});
  std::erase_if(opt_outs_, [before_batch](const auto& entry) {
    return entry.second.used < before_batch;
  });
}

} // namespace fairlead
