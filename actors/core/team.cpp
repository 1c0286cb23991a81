#include "actors/core/team.hpp"

#include "actors/core/invariant.hpp"
#include "actors/core/limits.hpp"
#include "actors/core/snapshot.hpp"

#include <algorithm>
#include <utility>

namespace fairlead {
namespace {

/// R1: team, agent, lead, call; the rest have no timers.
int order_of(entity_kind k) {
  switch (k) {
    case entity_kind::counters:
      return 0;
    case entity_kind::agent:
      return 1;
    case entity_kind::lead:
      return 2;
    case entity_kind::call:
      return 3;
    case entity_kind::document:
    case entity_kind::pool:
    case entity_kind::person:
    case entity_kind::opt_out:
      break;
  }
  return 4 + static_cast<int>(k);
}

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

/// The live cell of an entity, read from its snapshot at its first touch.
template <class Map>
auto& open(Map& live, const entity_source& stored, entity_kind kind,
           const std::string& id, std::uint64_t batch) {
  auto it = live.find(id);
  if (it == live.end()) {
    it = live.try_emplace(id).first;
    if (auto bytes = stored.find(kind, id))
      restore(*bytes, it->second.state);
  }
  it->second.used = batch;
  return it->second;
}

} // namespace

bool by_kind_and_id::operator()(const entity_name& a,
                                const entity_name& b) const {
  auto x = order_of(a.kind);
  auto y = order_of(b.kind);
  return x != y ? x < y : a.id < b.id;
}

std::optional<instant> next_due(const team_counters& c) {
  if (!c.mass.empty())
    return c.retry_at ? std::min(c.mass_due, *c.retry_at) : c.mass_due;
  return c.retry_at;
}

std::string phone_key(std::string_view e164) {
  return "p" + std::string{e164};
}

std::string email_key(std::string_view email) {
  return "e" + std::string{email};
}

team_state::team_state(std::string team, const entity_source& stored)
  : id_{std::move(team)}, stored_{stored}, zone_{utc()} {
  load();
}

void team_state::load() {
  if (auto bytes = stored_.find(entity_kind::counters, ""))
    restore(*bytes, counters_.state);
  if (auto bytes = stored_.find(entity_kind::document, "")) {
    document_.emplace();
    restore(*bytes, *document_);
    zone_ = find_zone(document_->time_zone);
    if (zone_ == nullptr) // gone from the system's database since
      zone_ = utc();
  }
  stored_.scan(entity_kind::pool, "", [this](auto id, auto bytes) {
    restore(bytes, rotations_[std::string{id}].state);
    return true;
  });
  stored_.scan(entity_kind::agent, "", [this](auto id, auto bytes) {
    restore(bytes, roster_[std::string{id}].state);
    return true;
  });
  if (counters_.state.retry_at || !counters_.state.mass.empty())
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

void team_state::configure(team_document d) {
  std::map<std::string, cell<rotation>> next;
  for (const auto& p : d.pools) {
    auto old = rotations_.find(p.id);
    next[p.id].state = reconfigured(
      old == rotations_.end() ? std::nullopt : std::optional{old->second.state},
      p);
    touch(entity_kind::pool, p.id);
  }
  for (const auto& [id, unused] : rotations_)
    touch(entity_kind::pool, id);
  rotations_ = std::move(next);
  zone_ = find_zone(d.time_zone);
  require(zone_ != nullptr, "a team document with an unknown zone was let in");
  document_ = std::move(d);
  touch(entity_kind::document, "");
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
  touch(entity_kind::pool, pool);
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
  if (auto it = leads_.find(lead); it != leads_.end())
    return head_of(it->second.state);
  if (auto bytes = stored_.find(entity_kind::lead, lead))
    return stored_head(*bytes);
  return std::nullopt;
}

cell<lead_state>& team_state::lead_cell(const std::string& id) {
  return open(leads_, stored_, entity_kind::lead, id, batch_);
}

cell<call_state>& team_state::call_cell(const std::string& id) {
  return open(calls_, stored_, entity_kind::call, id, batch_);
}

void team_state::scan_leads(
  const std::string& after,
  const std::function<bool(const std::string& id, const lead_head&)>& each)
  const {
  auto live = leads_.upper_bound(after);
  bool go_on = true;
  auto live_up_to = [&](std::string_view id) {
    for (; go_on && live != leads_.end() && live->first < id; ++live)
      go_on = each(live->first, head_of(live->second.state));
  };
  stored_.scan(entity_kind::lead, after, [&](auto id, auto bytes) {
    live_up_to(id);
    if (!go_on)
      return false;
    if (live != leads_.end() && live->first == id) {
      go_on = each(live->first, head_of(live->second.state));
      ++live;
    } else {
      go_on = each(std::string{id}, stored_head(bytes));
    }
    return go_on;
  });
  for (; go_on && live != leads_.end(); ++live)
    go_on = each(live->first, head_of(live->second.state));
}

void team_state::set_waiting(std::uint64_t no, const std::string& lead) {
  waiting_.emplace(no, lead);
}

void team_state::drop_waiting(std::uint64_t no) {
  waiting_.erase(no);
}

const person_state& team_state::person(const std::string& key) {
  return open(people_, stored_, entity_kind::person, key, batch_).state;
}

void team_state::add_person(const std::string& key, const std::string& lead) {
  auto& c = open(people_, stored_, entity_kind::person, key, batch_);
  auto& leads = c.state.leads;
  if (!leads.empty() && leads.back() == lead)
    return;
  std::erase(leads, lead);
  if (leads.size() >= limits::leads_per_person_key)
    leads.erase(leads.begin());
  leads.push_back(lead);
  touch(entity_kind::person, key);
}

void team_state::drop_person(const std::string& key, const std::string& lead) {
  auto& c = open(people_, stored_, entity_kind::person, key, batch_);
  if (std::erase(c.state.leads, lead) > 0)
    touch(entity_kind::person, key);
}

bool team_state::opted_out(const std::string& key) {
  auto it = opt_outs_.find(key);
  if (it == opt_outs_.end()) {
    it = opt_outs_.try_emplace(key).first;
    it->second.state = stored_.find(entity_kind::opt_out, key).has_value();
  }
  it->second.used = batch_;
  return it->second.state;
}

void team_state::set_opted_out(const std::string& key, bool out) {
  if (opted_out(key) == out)
    return;
  opt_outs_[key].state = out;
  touch(entity_kind::opt_out, key);
}

team_counters& team_state::change_counters() {
  touch(entity_kind::counters, "");
  return counters_.state;
}

void team_state::touch(entity_kind kind, const std::string& id) {
  // An entity mostly changes several times in a row.
  if (!touched_.empty() && touched_.back().kind == kind
      && touched_.back().id == id)
    return;
  touched_.push_back({kind, id});
  changed_.insert({kind, id});
}

std::vector<entity_name> team_state::take_touched() {
  return std::exchange(touched_, {});
}

std::optional<instant> team_state::due(const entity_name& e) const {
  if (e.kind == entity_kind::counters)
    return next_due(counters_.state);
  if (e.kind == entity_kind::lead) {
    auto it = leads_.find(e.id);
    return it == leads_.end() ? std::nullopt : next_due(it->second.state);
  }
  if (e.kind == entity_kind::call) {
    auto it = calls_.find(e.id);
    return it == calls_.end() ? std::nullopt : next_due(it->second.state);
  }
  return std::nullopt;
}

void team_state::take_snapshots(
  const std::function<void(const entity_name&, std::string bytes)>& each) {
  // An entity that holds nothing (any more) is a tombstone.
  auto of = [](const auto& cells, const std::string& id) {
    auto it = cells.find(id);
    if (it == cells.end() || it->second.state == decltype(it->second.state){})
      return std::string{};
    return snapshot(it->second.state);
  };
  for (const auto& e : changed_) {
    switch (e.kind) {
      case entity_kind::counters:
        each(e, snapshot(counters_.state));
        break;
      case entity_kind::document:
        each(e, snapshot(*document_));
        break;
      case entity_kind::pool: {
        // A pool without members holds nothing, and is there all the same.
        auto it = rotations_.find(e.id);
        each(e, it == rotations_.end() ? std::string{}
                                       : snapshot(it->second.state));
        break;
      }
      case entity_kind::agent:
        each(e, of(roster_, e.id));
        break;
      case entity_kind::lead:
        each(e, of(leads_, e.id));
        break;
      case entity_kind::call:
        each(e, of(calls_, e.id));
        break;
      case entity_kind::person:
        each(e, of(people_, e.id));
        break;
      case entity_kind::opt_out:
        each(e, opt_outs_[e.id].state ? opt_out_snapshot() : std::string{});
        break;
    }
  }
  changed_.clear();
}

void team_state::forget(const entity_name& e) {
  if (e.kind == entity_kind::lead) {
    auto& s = lead_cell(e.id).state;
    if (s.phone)
      drop_person(phone_key(*s.phone), e.id);
    if (s.email)
      drop_person(email_key(*s.email), e.id);
    if (s.waiting())
      drop_waiting(s.waiting_no);
    s = {};
  } else {
    require(e.kind == entity_kind::call, "R15: only leads and calls go");
    call_cell(e.id).state = {};
  }
  touch(e.kind, e.id);
}

std::size_t team_state::live() const {
  return leads_.size() + calls_.size() + people_.size() + opt_outs_.size();
}

void team_state::passivate(
  std::uint64_t before_batch,
  const std::function<void(const entity_name&)>& gone) {
  auto let_go = [&](entity_kind kind, auto& cells) {
    for (auto it = cells.begin(); it != cells.end();) {
      if (it->second.used >= before_batch) {
        ++it;
        continue;
      }
      gone({kind, it->first});
      it = cells.erase(it);
    }
  };
  let_go(entity_kind::lead, leads_);
  let_go(entity_kind::call, calls_);
  let_go(entity_kind::person, people_);
  let_go(entity_kind::opt_out, opt_outs_);
}

} // namespace fairlead
