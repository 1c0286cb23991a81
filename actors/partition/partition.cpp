#include "actors/partition/partition.hpp"

#include "actors/core/invariant.hpp"
#include "actors/core/state/snapshot.hpp"
#include "actors/core/visits/give_up.hpp"
#include "actors/partition/forgetting.hpp"
#include "messages/partitioner.hpp"
#include "messages/utf8.hpp"
#include "messages/wire/dead_letter_record.hpp"
#include "messages/wire/encode.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace fairlead {
namespace {

/// The journal of a batch is one record.
constexpr std::size_t journal_bytes_max = written_bytes_max / 2;

bool is_mass_timer(const team_state& t, const due_timer& d) {
  return d.entity.kind == entity_kind::team && !t.counters().mass.empty()
         && t.counters().mass_due == d.due;
}

} // namespace

partition::partition(settings s, const decoder& d)
  : settings_{std::move(s)}, decoder_{d}, teams_{store_, settings_} {
}

partition::~partition() = default;

// -- restore ------------------------------------------------------------------

void partition::restore(std::string_view key,
                        std::optional<std::string_view> value) {
  if (key == meta_key) {
    if (value) {
      meta_ = decode_meta(*value);
      takes_over_ = read_format(*value) < snapshot_format;
    }
    return;
  }
  auto name = split_state_key(key);
  require(name.has_value(), "the state has a key of another format");
  if (!value)
    store_.erase(*name);
  else
    store_.put(*name, *value);
}

std::optional<input_positions> partition::restored() {
  waiting_.clear();
  waiting_leads_ = 0;
  timers_.clear();
  store_.each([this](const state_name& name, std::string_view value) {
    index_timer(name, value);
    if (name.kind == entity_kind::team) {
      team_counters c;
      ::fairlead::restore(value, c);
      clocks_.restored(c.now);
    } else if (name.kind == entity_kind::lead
               && stored_head(value).waiting_no != 0) {
      ++waiting_[std::string{name.team}];
      ++waiting_leads_;
    }
  });
  if (!meta_)
    return std::nullopt;
  refuse_foreign_state();
  // A state whose partition has read nothing was copied from another prefix,
  // and the journal of this one does not know it either.
  takes_over_
    = takes_over_ || (meta_->positions == no_positions && store_.size() > 0);
  return meta_->positions;
}

// Two groups on one state would give each lead two owners, and with another
// number of partitions teams would look for their state where it is not.
void partition::refuse_foreign_state() const {
  auto refuse = [this](const std::string& why) {
    throw std::runtime_error("partition " + std::to_string(settings_.number)
                             + ": " + why);
  };
  const auto& group = meta_->consumer_group;
  if (settings_.of_a_group && !group.empty()
      && group != settings_.consumer_group)
    refuse("the state belongs to the consumer group " + group + ", and this is "
           + settings_.consumer_group + ": start with --group-id " + group
           + ", or with another --topic-prefix");
  if (meta_->partitions != 0 && meta_->partitions != settings_.count)
    refuse("the state was written with " + std::to_string(meta_->partitions)
           + " partitions, and the topics have "
           + std::to_string(settings_.count)
           + " now: the number is for ever; start with a new --topic-prefix "
             "to have another");
  // Before format 3 the number was not said, but it can be seen: a team is
  // where its name says.
  if (meta_->partitions == 0)
    store_.each([&](const state_name& name, std::string_view) {
      if (partition_of(name.team, settings_.count) != settings_.number)
        refuse("the state of the team " + std::string{name.team}
               + " is not where it would be with "
               + std::to_string(settings_.count)
               + " partitions: the number was changed, and it is for ever; "
                 "start with a new --topic-prefix to have another");
    });
}

void partition::take_over(
  instant wall, const std::function<void(std::vector<new_record>)>& write) {
  if (!takes_over_)
    return;
  std::vector<new_record> part;
  std::size_t bytes = 0;
  auto hand_out = [&] {
    write(std::exchange(part, {}));
    bytes = 0;
  };
  auto copy = [&](std::optional<std::string> key, std::string value) {
    bytes += value.size();
    part.push_back({.on = topic::journal,
                    .partition = settings_.number,
                    .key = std::move(key),
                    .value = std::move(value),
                    .headers = {},
                    .timestamp = wall});
    if (bytes >= settings_.batch_bytes_max)
      hand_out();
  };
  copy(std::nullopt, journal_of_takeover(meta_->positions));
  store_.each([&](const state_name& name, std::string_view value) {
    copy(state_key(name.team, name.kind, name.id), std::string{value});
  });
  if (!part.empty())
    hand_out();
  takes_over_ = false;
}

void partition::index_timer(const state_name& name, std::string_view value) {
  if (!has_timers(name.kind))
    return;
  if (auto due = stored_due(name.kind, value))
    timers_.set(std::string{name.team}, {name.kind, std::string{name.id}}, due);
}

void partition::refill_timers(const std::string& team) {
  timers_.drop_team(team);
  const auto& part = store_.part_of(team);
  for (auto kind : {entity_kind::team, entity_kind::lead, entity_kind::call})
    store_.each_of(part, kind,
                   [this](const state_name& name, std::string_view value) {
                     index_timer(name, value);
                   });
}

// -- a batch ------------------------------------------------------------------

void partition::begin(batch b) {
  require(written_.empty() && !open_.it, "a batch begins inside another");
  batch_ = std::move(b);
  teams_.begin_batch();
  next_ = 0;
  steps_in_batch_ = 0;
  bytes_ = 0;
  failure_.reset();
  mass_done_.clear();
  journal_.clear();
  stats_before_ = stats_;
}

/// The first timer that is due before a record is taken up.
std::optional<due_timer> partition::timer_before(instant limit) const {
  for (const auto& t : timers_.in_order()) {
    if (t.due >= limit)
      return std::nullopt;
    // R17: at most one step of mass work in a transaction; until the next one
    // only the team's own later steps wait.
    if (!mass_done_.contains(t.team))
      return t;
  }
  return std::nullopt;
}

/// The first one that is due at the input's end, by its team's clock.
std::optional<due_timer> partition::timer_due_at_end() const {
  bool ahead = clocks_.ahead_of(batch_.wall);
  auto limit = ahead ? std::max(batch_.wall, clocks_.latest(batch_.steady))
                     : batch_.wall;
  for (const auto& t : timers_.in_order()) {
    if (t.due > limit)
      return std::nullopt;
    if (mass_done_.contains(t.team))
      continue;
    if (!ahead || t.due <= clock_of(t.team, batch_.wall, batch_.steady))
      return t;
  }
  return std::nullopt;
}

instant partition::clock_of(const std::string& team, instant wall,
                            std::chrono::milliseconds steady) const {
  if (!clocks_.ahead_of(wall))
    return wall;
  return clocks_.clock_of(team, teams_.now_of(team), wall, steady);
}

std::optional<std::chrono::milliseconds>
partition::time_until_due(instant wall,
                          std::chrono::milliseconds steady) const {
  auto first = timers_.first();
  if (!first || !clocks_.ahead_of(wall))
    return first ? std::optional{*first - wall} : std::nullopt;
  auto until = *first - wall;
  auto limit = std::max(wall, clocks_.latest(steady));
  for (const auto& t : timers_.in_order()) {
    if (t.due > limit)
      break;
    until = std::min(until, t.due - clock_of(t.team, wall, steady));
  }
  return until;
}

bool partition::has_room() const {
  return bytes_ < settings_.batch_bytes_max
         && journal_.size() < journal_bytes_max
         && steps_in_batch_
              < std::min(settings_.batch_steps_max, batch_.steps_max);
}

step* partition::next_step() {
  require(!open_.it, "a step begins before the one before it is finished");
  while (!failure_ && has_room()) {
    bool record_left = next_ < batch_.records.size();
    if (!record_left && !batch_.fire_due)
      return nullptr;
    auto limit = record_left
                   ? std::min(batch_.records[next_]->timestamp, batch_.wall)
                   : batch_.wall;
    if (auto t = record_left ? timer_before(limit) : timer_due_at_end()) {
      // Before a record a timer has its due time, at the input's end its team's
      // clock (R1).
      bool by_clock = !record_left && !batch_.virtual_time;
      auto way = ways_.find(*t);
      return start_timer(
        *t, by_clock ? clock_of(t->team, batch_.wall, batch_.steady) : t->due,
        way == ways_.end() ? timer_way::fired : way->second);
    }
    if (!record_left)
      return nullptr;
    const auto& r = *batch_.records[next_];
    if (auto team = team_of(r);
        team && mass_done_.contains(*team) && timers_.first() < limit)
      return nullptr; // the team's mass work comes first, in the next batch
    ++next_;
    if (auto* s = start_record(r))
      return s;
  }
  return nullptr;
}

step* partition::start_timer(const due_timer& t, instant now, timer_way way) {
  // Whatever goes wrong from here on, it is this timer's fault.
  begun_ = {.record = {},
            .team = t.team,
            .timer = t.entity,
            .way = way,
            .due = t.due,
            .now = now,
            .wall = batch_.wall};
  auto& team = teams_.open(t.team);
  if (is_mass_timer(team, t))
    mass_done_.insert(t.team);
  begun_.now = std::max(now, team.counters().now);
  auto no = team.counters().timers_fired + 1;
  team.change(timer_fired{no});
  std::string name = "timer:";
  name += static_cast<char>(t.entity.kind);
  name += ':' + t.entity.id + ':' + std::to_string(no);
  auto what
    = way == timer_way::fired ? errand{handle_timer{}} : timer_given_up{};
  auto& s = open_.it.emplace(team, t.entity, std::move(name), decoder_, t.due,
                             begun_.now, batch_.wall, std::move(what));
  if (way == timer_way::dropped) {
    s.go_nowhere();
    drop_timer(s, t.entity);
  }
  return &s;
}

step* partition::start_record(const raw_record& r) {
  begun_ = {.record = r.where(),
            .team = {},
            .timer = {},
            .due = {},
            .now = std::min(r.timestamp, batch_.wall),
            .wall = batch_.wall};
  if (auto it = quarantined_.find(r.where()); it != quarantined_.end()) {
    write_dead_letter(r,
                      {dead_letter_reason::internal_error, {{"", it->second}}});
    note_step();
    return nullptr;
  }
  if (auto team = team_of(r); team && is_id(*team) && !is_too_large(r)) {
    auto home = partition_of(*team, settings_.count);
    if (home != settings_.number && r.on != topic::rekey) {
      forward(r, home, *team);
      note_step();
      return nullptr;
    }
  }
  auto decoded = decoder_.decode(r);
  if (const auto* bad = std::get_if<dead_letter>(&decoded)) {
    write_dead_letter(r, *bad);
    note_step();
    return nullptr;
  }
  const auto& event
    = open_.event.emplace(std::move(std::get<input_event>(decoded)));
  if (event.key_differs) {
    ++stats_.keys_differ;
    stats_.key_differs_at = origin_of(r);
  }
  auto& team = teams_.open(event.team);
  begun_.now = std::max(begun_.now, team.counters().now);
  return &open_.it.emplace(team, event, r, decoder_, begun_.now, batch_.wall);
}

void partition::note_step() {
  append_journal(journal_, begun_);
  ++steps_in_batch_;
  ++stats_.steps;
}

// What becomes of a step:
//   rejected   its record is a dead letter; nothing else of it remains
//   duplicate  counted; nothing of it remains
//   else       each output in its order, with the lead's owner as the step
//              leaves it and the team's next sequence number; dead letters of
//              parked records where they came up; then the timers that changed
// Snapshots are taken once a batch, in result().
void partition::finish() {
  require(open_.it.has_value(), "a step is finished that was not begun");
  auto& s = *open_.it;
  note_step();
  if (s.rejected()) {
    write_dead_letter(*s.record(), *s.rejected());
    // An agent's actor that was asked about an agent that does not exist.
    auto asked = first_visit(s.event()->body);
    if (asked.kind == entity_kind::agent && s.team().agent(asked.id) == nullptr)
      teams_.note_gone(s.team().id(), {asked.kind, asked.id});
  } else if (s.duplicate()) {
    ++stats_.duplicates;
  } else {
    write_outputs(s);
    clocks_.stepped(s.team().id(), s.now(), batch_.steady);
    bytes_ += s.team().take_changed_bytes();
    take_timers(s.team());
  }
  open_ = {};
}

void partition::write_outputs(step& s) {
  auto& team = s.team();
  auto late = s.late_dead_letters().begin();
  auto write_late = [&](std::size_t written) {
    for (; late != s.late_dead_letters().end() && late->after <= written;
         ++late)
      write_dead_letter(late->record, late->why);
  };
  auto frame = s.frame();
  auto sequence = team.counters().sequence;
  std::size_t written = 0;
  output_owner owner;
  const std::string* owned = nullptr; // the lead that `owner` is of
  for (const auto& o : s.outputs()) {
    write_late(written++);
    // Most steps speak of one lead only.
    if (o.about_lead && (owned == nullptr || *owned != o.subject)) {
      auto h = team.head(o.subject);
      owner = h ? output_owner{h->owner(), h->epoch} : output_owner{};
      owned = &o.subject;
    }
    auto value = encode(o, frame, ++sequence, owner);
    require(value.size() <= written_bytes_max,
            "an output is larger than a record may be");
    bytes_ += value.size();
    if (std::holds_alternative<lead_assigned>(o.body))
      ++stats_.assigned;
    else if (const auto* u = std::get_if<lead_unassigned>(&o.body))
      ++(u->reason == unassigned_reason::nobody_eligible
           ? stats_.nobody_eligible
         : u->reason == unassigned_reason::no_rule ? stats_.no_rule
                                                   : stats_.unknown_team);
    written_.push_back({.on = topic_of(o.body),
                        .partition = settings_.number,
                        .key = team.id(),
                        .value = std::move(value),
                        .is_event = true,
                        .headers = {},
                        .timestamp = s.now()});
  }
  write_late(written);
  team.change(step_made{.now = s.now(), .sequence = sequence});
  stats_.outputs += s.outputs().size();
  stats_.unfair_choices += static_cast<std::uint64_t>(s.unfair_choices());
}

void partition::fail(std::string what) {
  failure_ = step_failure{.record = begun_.record,
                          .timer = begun_.record
                                     ? std::nullopt
                                     : std::optional{due_timer{
                                       begun_.due, begun_.team, begun_.timer}},
                          .what = std::move(what)};
  open_ = {};
}

void partition::write_dead_letter(const raw_record& r, const dead_letter& why) {
  auto d = dead_letter_record(r, why, settings_.consumer_group);
  d.partition = settings_.number;
  bytes_ += d.value ? d.value->size() : 0;
  written_.push_back(std::move(d));
  ++stats_.dead_letters.at(static_cast<std::size_t>(why.reason));
}

void partition::forward(const raw_record& r, std::int32_t to,
                        const std::string& team) {
  new_record f{.on = topic::rekey,
               .partition = to,
               .key = team,
               .value = r.value,
               .headers = r.headers,
               .timestamp = r.timestamp};
  f.headers.emplace_back(forwarded_header, to_string(origin_of(r)));
  bytes_ += f.value ? f.value->size() : 0;
  written_.push_back(std::move(f));
  ++stats_.forwarded;
}

transaction partition::result(const input_positions& positions) {
  require(!open_.it && !failure_, "an unfinished batch has no result");
  give_bytes_back();
  transaction out{.records = std::move(written_), .positions = positions};
  written_.clear();
  auto own = [&](topic on, std::optional<std::string> key,
                 std::optional<std::string> value) {
    out.records.push_back({.on = on,
                           .partition = settings_.number,
                           .key = std::move(key),
                           .value = std::move(value),
                           .headers = {},
                           .timestamp = batch_.wall});
  };
  for (const auto& id : teams_.opened())
    teams_.open(id).take_snapshots(
      [&](const entity_name& e, std::string bytes) {
        auto key = state_key(id, e.kind, e.id);
        if (bytes.empty())
          own(topic::state, std::move(key), std::nullopt);
        else
          own(topic::state, std::move(key), std::move(bytes));
      });
  if (!journal_.empty())
    own(topic::journal, std::nullopt, journal_record(journal_));
  own(topic::state, std::string{meta_key},
      encode_meta({.positions = positions,
                   .consumer_group = settings_.consumer_group,
                   .partitions = settings_.count}));
  for (const auto& r : out.records)
    if (r.on == topic::state && r.value && r.value->size() > written_bytes_max)
      fail("a snapshot is larger than a record may be");
  return out;
}

void partition::committed(const transaction& written) {
  for (const auto& r : written.records) {
    if (r.on != topic::state || r.key == meta_key)
      continue;
    auto name = split_state_key(*r.key);
    require(name.has_value(), "a snapshot was written under no key");
    if (r.value)
      store_.put(*name, *r.value);
    else
      store_.erase(*name);
  }
  for (const auto& id : teams_.opened())
    count_waiting(id, teams_.open(id).waiting().size());
  // Only what was dealt with: another record may have come before the culprit.
  for (std::size_t i = 0; i < next_ && !quarantined_.empty(); ++i)
    quarantined_.erase(batch_.records[i]->where());
  std::erase_if(ways_, [this](const auto& w) {
    return !timers_.in_order().contains(w.first);
  });
  teams_.passivate();
}

void partition::aborted() {
  for (const auto& id : teams_.opened()) {
    refill_timers(id);
    teams_.drop(id);
  }
  written_.clear();
  open_ = {};
  stats_ = stats_before_;
}

void partition::rest() {
  require(written_.empty() && !open_.it, "a partition rests inside a batch");
  teams_.let_go_of_all();
}

void partition::count_waiting(const std::string& team, std::size_t now) {
  auto it = waiting_.find(team);
  auto before = it == waiting_.end() ? 0 : it->second;
  waiting_leads_ += now;
  waiting_leads_ -= before;
  if (now > 0)
    waiting_.insert_or_assign(team, now);
  else if (before > 0)
    waiting_.erase(it);
}

/// R15, a few snapshots in each batch: more than its steps write.
void partition::give_bytes_back() {
  auto max = settings_.sweep_per_batch + 4 * steps_in_batch_;
  for (const auto& [id, e] : look_for_forgotten(store_, max, batch_.wall)) {
    auto& team = teams_.open(id);
    if (forget(team, e, batch_.wall))
      take_timers(team);
  }
}

void partition::take_timers(team_state& team) {
  team.take_timers([&](const entity_name& e, std::optional<instant> due) {
    timers_.set(team.id(), e, due);
  });
}

step* partition::replay_record(const raw_record& r, instant wall) {
  batch_.wall = wall;
  return start_record(r);
}

step* partition::replay_timer(const due_timer& t, instant now, instant wall,
                              timer_way way) {
  batch_.wall = wall;
  return start_timer(t, now, way);
}

void partition::quarantine(const position& p, std::string what) {
  quarantined_[p] = std::move(what);
}

void partition::give_up(const due_timer& t) {
  ++stats_.timers_given_up;
  auto [it, first] = ways_.emplace(t, timer_way::given_up);
  if (first)
    return;
  if (it->second == timer_way::given_up) {
    it->second = timer_way::dropped;
    return;
  }
  ways_.erase(it);
  timers_.set(t.team, t.entity, std::nullopt);
}

void make_steps(partition& p, const std::function<void(step&)>& visits) {
  try {
    while (auto* s = p.next_step()) {
      visits(*s);
      p.finish();
    }
  } catch (const std::exception& e) {
    p.fail(e.what());
  }
}

} // namespace fairlead
