#include "board/model.hpp"

#include "actors/core/invariant.hpp"
#include "actors/partition/meta_record.hpp"
#include "actors/partition/state_key.hpp"
#include "board/past/kept_form.hpp"
#include "messages/big_endian.hpp"
#include "messages/json/tree.hpp"
#include "messages/wire/decode.hpp"
#include "messages/wire/read_outputs.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>
#include <variant>

namespace fairlead::board {
namespace {

constexpr const char* letters_kind = "letters";

std::string name_of_input(const std::string& team, const std::string& source,
                          const std::string& id) {
  return team + '\x1f' + source + '\x1f' + id;
}

std::string header_text(const raw_record& r, std::string_view name) {
  for (const auto& [key, value] : r.headers)
    if (key == name)
      return value.value_or("");
  return {};
}

std::int64_t header_number(const raw_record& r, std::string_view name) {
  auto text = header_text(r, name);
  return text.size() == 8 || text.size() == 4 ? from_big_endian(text) : -1;
}

/// A text member of a JSON object; empty: there is none.
std::string member(const std::string& text, std::string_view name) {
  auto tree = json_tree::parse(text);
  if (!tree || tree->root().is != json_node::kind::object)
    return {};
  const auto* found = tree->find(tree->root(), name);
  return found != nullptr && found->is == json_node::kind::text ? found->text
                                                                : "";
}

/// The lead and the call that an input is about.
void keys_of(const input_event& e, std::vector<recent::key>& keys) {
  std::visit(
    [&keys](const auto& b) {
      if constexpr (requires { b.lead_id; })
        if (!b.lead_id.empty())
          keys.push_back({recent::about::lead, b.lead_id});
      if constexpr (requires { b.call_id; })
        keys.push_back({recent::about::call, b.call_id});
    },
    e.body);
}

} // namespace

model::model(surroundings s)
  : around_{std::move(s)}, recent_{around_.recent_bytes_max} {
  if (around_.kept.in == nullptr)
    return;
  for (const auto& p : around_.kept.in->places()) {
    kept_places_[{p.on, p.partition}] = p;
    next_[{p.on, p.partition}] = p.next;
    if (is_input(p.on))
      reach_[p.partition].seen[static_cast<std::size_t>(p.on)] = p.next;
  }
  around_.kept.in->each_thing([this](const kept_thing& t) { restore(t); });
}

void model::restore(const kept_thing& t) {
  if (t.kind == letters_kind)
    return read_kept(*t.bytes, unread_by_reason_[t.id]);
  open(t.team).before.restore(t);
}

bool model::counts(const raw_record& r) const {
  auto at = kept_places_.find({r.on, r.partition});
  return at == kept_places_.end() || r.offset >= at->second.next;
}

std::vector<reading_place> model::places() const {
  std::vector<reading_place> out;
  for (const auto& [where, next] : next_) {
    const auto& [on, partition] = where;
    auto at = kept_places_.find(where);
    auto from = at == kept_places_.end() ? 0 : at->second.from;
    // Of names and time zones nothing is kept: all of the roster is read.
    if (on == topic::dead_letters) {
      if (auto begins = letters_from_.find(partition);
          begins != letters_from_.end())
        from = std::max(from, begins->second);
    } else if (on != topic::roster) {
      from = std::max(from, recent_.from(on, partition));
    }
    out.push_back(
      {.on = on, .partition = partition, .from = from, .next = next});
  }
  return out;
}

kept_changes model::changes() {
  std::lock_guard guard{mutex_};
  kept_changes out;
  out.places = places();
  for (const auto& [unused, p] : teams_)
    p.before.changes(out);
  for (const auto& reason : reasons_changed_)
    out.things.push_back({.team = {},
                          .kind = letters_kind,
                          .id = reason,
                          .bytes = kept_form(unread_by_reason_[reason])});
  auto now = std::chrono::floor<std::chrono::hours>(around_.clock());
  out.oldest_hour = now.time_since_epoch().count() - around_.kept.hours_max;
  return out;
}

void model::all_kept() {
  std::lock_guard guard{mutex_};
  reasons_changed_.clear();
  for (auto& [unused, p] : teams_)
    p.before.all_kept();
}

model::part& model::open(std::string_view team) {
  auto it = teams_.find(team);
  if (it == teams_.end()) {
    it = teams_.try_emplace(std::string{team}, std::string{team}, around_.kept)
           .first;
    newcomers_ = !early_.empty();
  }
  return it->second;
}

/// A team has begun: what was read of it before its beginning.
void model::take_early() {
  if (!std::exchange(newcomers_, false))
    return;
  early_bytes_ = 0;
  for (auto& r : std::exchange(early_, {}))
    input(r);
}

void model::changed(part& p) {
  ++p.changes;
  moved_.notify_all();
}

/// What a question takes for now: what the clock says, but never before the
/// team's last step (R1).
instant model::time_for(part& p) const {
  auto last = p.here.view().counters().now;
  return around_.clock ? std::max(around_.clock(), last) : last;
}

void model::state(std::int32_t partition, std::string_view key,
                  std::optional<std::string_view> value) {
  std::lock_guard guard{mutex_};
  try {
    if (key == meta_key) {
      if (value) {
        auto meta = decode_meta(*value);
        auto& reach = reach_[partition].done;
        for (std::size_t i = 0; i < input_topic_count; ++i)
          reach[i] = std::max(reach[i], meta.positions[i]);
      }
      moved_.notify_all();
      return;
    }
    auto name = split_state_key(key);
    if (!name)
      return;
    auto& p = open(name->team);
    if (value)
      p.here.put(name->kind, name->id, *value);
    else
      p.here.erase(name->kind, name->id);
    changed(p);
    take_early();
  } catch (const invariant_error& e) {
    throw std::runtime_error(
      std::string{"The state is of another version of the program than this "
                  "board: "}
      + e.what());
  }
}

void model::record(const raw_record& r) {
  std::lock_guard guard{mutex_};
  if (around_.kept.in != nullptr) {
    auto& next = next_[{r.on, r.partition}];
    next = std::max(next, r.offset + 1);
  }
  if (r.on == topic::dead_letters)
    letter(r);
  else if (is_input(r.on))
    input(r);
  else if (r.on != topic::state && r.on != topic::journal)
    output(r);
  take_early();
}

void model::input(const raw_record& r) {
  auto& seen = reach_[r.partition].seen[static_cast<std::size_t>(r.on)];
  seen = std::max(seen, r.offset + 1);
  auto read = json_decoder().decode(r);
  const auto* e = std::get_if<input_event>(&read);
  if (e == nullptr)
    return;
  if (r.on == topic::roster && around_.learn_roster)
    around_.learn_roster(r, *e);
  // A team begins with its document: what strangers write opens nothing. But
  // topics are read side by side, so the document may be on its way.
  if (!teams_.contains(e->team)
      && !std::holds_alternative<team_configured>(e->body)) {
    early_bytes_ += bytes_of(r);
    early_.push_back(r);
    while (early_.size() > early_max || early_bytes_ > early_bytes_max) {
      early_bytes_ -= bytes_of(early_.front());
      early_.pop_front();
    }
    return;
  }
  auto& p = open(e->team);
  if (counts(r))
    p.before.input(*e, r);
  auto name = name_of_input(e->team, e->source, e->id);
  if (inputs_.try_emplace(name, r.where()).second)
    input_order_.push_back(std::move(name));
  if (input_order_.size() > inputs_max) {
    inputs_.erase(input_order_.front());
    input_order_.pop_front();
  }
  std::vector<recent::key> keys;
  keys_of(*e, keys);
  if (!keys.empty())
    recent_.add(e->team, r, keys);
  changed(p);
}

void model::output(const raw_record& r) {
  auto o = read_output(r);
  if (!o || o->team.empty())
    return;
  auto& p = open(o->team);
  if (counts(r))
    p.before.output(*o);
  std::vector<recent::key> keys{{recent::about::team, ""},
                                {recent::about::cause, o->causation_id}};
  if (!o->lead_id.empty())
    keys.push_back({recent::about::lead, o->lead_id});
  if (o->body)
    if (auto call = call_of(*o->body))
      keys.push_back({recent::about::call, *call});
  if (around_.learn_output)
    around_.learn_output(*o);
  recent_.add(o->team, r, keys);
  changed(p);
}

void model::letter(const raw_record& r) {
  unread u;
  u.at = r.timestamp;
  u.team = r.key.value_or("");
  u.reason = header_text(r, "kafka_dlt-exception-fqcn");
  u.sentence = header_text(r, "kafka_dlt-exception-message");
  u.topic = header_text(r, "kafka_dlt-original-topic");
  u.offset = header_number(r, "kafka_dlt-original-offset");
  u.value = r.value.value_or("").substr(0, 4096);
  u.source = member(r.value.value_or(""), "source");
  u.letter_at = r.where();
  if (counts(r)) {
    ++unread_by_reason_[u.reason];
    if (around_.kept.in != nullptr)
      reasons_changed_.insert(u.reason);
  }
  if (auto team = teams_.find(u.team); team != teams_.end()) {
    recent_.add(u.team, r,
                {{recent::about::team, ""},
                 {recent::about::cause, member(r.value.value_or(""), "id")}});
    changed(team->second);
  }
  unread_.push_back(std::move(u));
  if (unread_.size() > unread_max) {
    const auto& gone = unread_.front().letter_at;
    letters_from_[gone.partition] = gone.offset + 1;
    unread_.pop_front();
  }
}

void model::lags(std::chrono::milliseconds behind) {
  std::lock_guard guard{mutex_};
  behind_ = behind;
}

void model::served(std::optional<std::map<std::int32_t, std::string>> by) {
  std::lock_guard guard{mutex_};
  served_by_ = std::move(by);
}

void model::caught_up() {
  std::lock_guard guard{mutex_};
  caught_up_ = true;
  // What is no longer there does not come any more.
  for (auto& [unused, p] : teams_)
    p.before.up_to(p.here.view().counters().sequence);
}

std::uint64_t model::wait_changed(const std::string& team, std::uint64_t seen,
                                  std::chrono::milliseconds wait) {
  std::unique_lock lock{mutex_};
  auto changes = [&]() -> std::uint64_t {
    auto it = teams_.find(team);
    return it == teams_.end() ? 0 : it->second.changes;
  };
  moved_.wait_for(lock, wait, [&] { return changes() != seen; });
  return changes();
}

std::optional<position> model::written(const std::string& team,
                                       const std::string& source,
                                       const std::string& id) const {
  auto it = inputs_.find(name_of_input(team, source, id));
  if (it == inputs_.end())
    return std::nullopt;
  return it->second;
}

bool model::done(const position& p) const {
  auto it = reach_.find(p.partition);
  return it != reach_.end()
         && it->second.done[static_cast<std::size_t>(p.on)] > p.offset;
}

} // namespace fairlead::board
