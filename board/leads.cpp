#include "actors/core/owner/eligibility.hpp"
#include "actors/core/owner/stand_in.hpp"
#include "actors/core/state/reach.hpp"
#include "board/queries.hpp"
#include "messages/english/in_words.hpp"
#include "messages/phone.hpp"
#include "messages/reading/email.hpp"
#include "messages/wire/decode.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <utility>
#include <vector>

namespace fairlead::board {
namespace {

std::string lower(std::string_view s) {
  std::string out{s};
  for (auto& c : out)
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

json text_or_null(const std::string* s) {
  return s == nullptr ? json{} : json(*s);
}

json text_or_null(const std::optional<std::string>& s) {
  return s ? json(*s) : json{};
}

/// The lead that a phone or an e-mail leads to (R12): of those with an active
/// owner the one that was given it last; else the same of all that ever had
/// one; else the one touched last.
std::optional<std::string> leads_to(const model::view& v,
                                    const std::vector<std::string>& ids) {
  const auto& team = v.team.here.view();
  struct rank {
    bool active, owned;
    std::uint64_t owner_no;
    instant touched;
    auto operator<=>(const rank&) const = default;
  };
  std::optional<std::pair<rank, std::string>> best;
  for (const auto& id : ids) {
    auto l = v.team.here.lead(id);
    if (!l || forgotten(*l, v.now))
      continue;
    rank r{team.is_active(l->owner), l->epoch > 0, l->owner_no, l->touched};
    if (!best || best->first < r)
      best = {r, id};
  }
  if (!best)
    return std::nullopt;
  return best->second;
}

/// `Ana Diaz is on a call`.
std::string about_agent(const team_state& team, const std::string& id,
                        std::string_view what) {
  const auto* a = team.agent(id);
  return (a == nullptr ? id : a->document.name) + " " + std::string{what};
}

std::string stem(const json& name) {
  return name.is_null() ? "nobody" : name["name"].get<std::string>();
}

} // namespace

json named(const model::view& v, const std::optional<std::string>& agent) {
  if (!agent)
    return nullptr;
  const auto* a = v.team.here.view().agent(*agent);
  return {{"agent_id", *agent},
          {"name", a == nullptr ? *agent : a->document.name}};
}

json owner(const model::view& v, const sought& s) {
  const auto& team = v.team.here.view();
  std::vector<std::string> ids;
  if (!s.lead.empty()) {
    if (v.team.here.find(entity_kind::lead, s.lead))
      ids.push_back(s.lead);
  } else if (!s.phone.empty()) {
    auto phone = read_phone(s.phone, team.region());
    if (!phone)
      phone = find_phone(s.phone, team.region());
    if (phone)
      ids = v.team.here.leads_by(*phone);
  } else if (auto email = read_email(s.email)) {
    ids = v.team.here.leads_by(email->address);
  }
  auto id = leads_to(v, ids);
  json out{{"known", id.has_value()}};
  if (!id)
    return out;
  auto l = *v.team.here.lead(*id);
  out["lead_id"] = *id;
  out["name"] = text_or_null(l.name);
  out["owner"] = named(v, l.owner);
  out["owner_epoch"] = l.epoch;
  std::optional<exclusion> why;
  if (l.owner) {
    if (const auto* a = team.agent(*l.owner)) {
      auto number = number_of(*a);
      out["owner"]["phone"]
        = text_or_null(number.phone.empty() ? nullptr : &number.phone);
      out["owner"]["endpoint"]
        = text_or_null(number.endpoint.empty() ? nullptr : &number.endpoint);
    }
    why = ring_exclusion(team, *l.owner, taken_numbers{team, v.now}, v.now);
  }
  out["may_be_rung"] = l.owner && !why;
  out["why_not"] = !l.owner ? json("it has no owner yet")
                   : why    ? json(about_agent(team, *l.owner, in_words(*why)))
                            : json{};
  if (why)
    out["why_not_code"] = to_string(*why);
  auto other = l.owner && !why ? std::nullopt
                               : stand_in_for(team, l.details, l.owner, v.now);
  out["stand_in"] = named(v, other);
  if (other)
    out["stand_in"]["phone"] = number_of(*team.agent(*other)).phone;
  return out;
}

json lead_row(const model::view& v, const std::string& id,
              const lead_state& l) {
  const auto& team = v.team.here.view();
  return {{"lead_id", id},
          {"name", text_or_null(l.name)},
          {"phone", text_or_null(phone_of(team, l))},
          {"email", text_or_null(email_of(team, l))},
          {"owner", named(v, l.owner)},
          {"owner_epoch", l.epoch},
          {"state", l.waiting() ? "waiting"
                    : l.closed  ? "closed"
                                : "open"},
          {"stage", text_or_null(l.stage)},
          {"opted_out", l.opted_out},
          {"source", text_or_null(l.details.source)},
          {"lead_type", text_or_null(l.details.lead_type)},
          {"city", text_or_null(l.details.city)},
          {"price", l.details.price ? json(*l.details.price) : json{}},
          {"touched", to_rfc3339(l.touched)},
          {"tasks", l.tasks.size()}};
}

json leads(const model::view& v, const lead_filter& f) {
  const auto& here = v.team.here;
  const auto& team = v.team.here.view();
  json out{{"leads", json::array()}, {"next", nullptr}};
  auto add = [&](const std::string& id, const lead_state& l) {
    if (!forgotten(l, v.now))
      out["leads"].push_back(lead_row(v, id, l));
  };
  auto fits = [&](const lead_state& l) {
    if (f.state == "waiting"  ? !l.waiting()
        : f.state == "open"   ? l.closed || l.waiting()
        : f.state == "closed" ? !l.closed
                              : false)
      return false;
    return f.owner.empty() || l.owner == f.owner;
  };
  // What leads there directly stands first: a phone, an e-mail, an id.
  std::vector<std::string> direct;
  auto q = lower(f.q);
  if (!q.empty() && f.after.empty()) {
    if (auto phone = read_phone(f.q, team.region()))
      direct = here.leads_by(*phone);
    if (auto email = read_email(f.q)) {
      auto more = here.leads_by(email->address);
      direct.insert(direct.end(), more.begin(), more.end());
    }
    if (here.leads().contains(f.q))
      direct.push_back(f.q);
  }
  for (const auto& id : direct)
    if (auto l = here.lead(id); l && fits(*l) && out["leads"].size() < f.limit)
      add(id, *l);
  if (f.state == "waiting" && q.empty()) {
    for (const auto& [unused, id] : here.waiting())
      if (auto l = here.lead(id);
          l && fits(*l) && out["leads"].size() < f.limit)
        add(id, *l);
    return out;
  }
  auto has = [&q](const std::optional<std::string>& text) {
    return text && lower(*text).find(q) != std::string::npos;
  };
  std::size_t looked = 0;
  for (auto it = here.leads().upper_bound(f.after); it != here.leads().end();
       ++it) {
    if (out["leads"].size() >= f.limit || ++looked > scan_max) {
      out["next"] = std::string{std::prev(it)->id()};
      break;
    }
    std::string id{it->id()};
    auto l = *here.lead(id);
    if (!fits(l) || std::find(direct.begin(), direct.end(), id) != direct.end())
      continue;
    if (!q.empty() && !has(id) && !has(l.name)
        && std::none_of(l.phones.begin(), l.phones.end(), has)
        && std::none_of(l.emails.begin(), l.emails.end(), has))
      continue;
    add(id, l);
  }
  return out;
}

json lead(const model::view& v, const std::string& id) {
  auto found = v.team.here.lead(id);
  if (!found || forgotten(*found, v.now))
    return nullptr;
  const auto& l = *found;
  auto out = lead_row(v, id, l);
  out["phones"] = l.phones;
  out["emails"] = l.emails;
  out["tags"] = l.details.tags.value_or(std::vector<std::string>{});
  out["zip"] = text_or_null(l.details.zip);
  out["state_code"] = text_or_null(l.details.state);
  out["timeframe"] = text_or_null(l.details.timeframe);
  out["language"] = text_or_null(l.details.language);
  out["last_owner"] = named(v, l.last_owner);
  out["warnings"] = json::array();
  for (const auto& w : l.warnings)
    out["warnings"].push_back(warning_in_words(w));
  out["held_outreach"] = json::array();
  for (const auto& h : l.held)
    out["held_outreach"].push_back({{"outreach_id", h.outreach_id},
                                    {"channel", h.channel},
                                    {"until", to_rfc3339(h.until)}});
  out["open_tasks"] = json::array();
  for (const auto& t : l.tasks) {
    const auto* known = v.team.before.tasks().find(t.task_id);
    out["open_tasks"].push_back(
      {{"task_id", t.task_id},
       {"kind", t.kind.text()},
       {"title", known == nullptr ? std::string{t.kind.text()} : known->title},
       {"assignee", named(v, t.assignee)},
       {"due_at", to_rfc3339(t.due_at)},
       {"overdue", t.due_at < v.now},
       {"misses", t.misses}});
  }
  // The other leads of the same person.
  out["same_person"] = json::array();
  for (const auto& key : keys_of(v.team.here.view(), l))
    for (const auto& other : v.team.here.leads_by(key.text))
      if (auto& all = out["same_person"];
          other != id && all.size() < 20
          && std::find(all.begin(), all.end(), json(other)) == all.end())
        all.push_back(other);
  return out;
}

// -- what happened
// --------------------------------------------------------------

namespace {

/// An input as a person would say it.
std::string say(const model::view& v, const input_event& e) {
  auto who
    = [&v](const std::string& id) { return stem(named(v, std::optional{id})); };
  struct teller {
    const model::view& v;
    decltype(who)& name;
    std::string operator()(const lead_received& b) const {
      auto text = std::string{"asked"};
      if (b.details.source)
        text += " via " + *b.details.source;
      return text;
    }
    std::string operator()(const lead_assignment_requested& b) const {
      return b.agent_id  ? "somebody asks for " + name(*b.agent_id)
             : b.pool_id ? "somebody asks for pool " + *b.pool_id
                         : "somebody asks for the rules to choose again";
    }
    std::string operator()(const lead_closed&) const { return "closed"; }
    std::string operator()(const outreach_requested& b) const {
      return b.channel + " " + b.outreach_id + " asks to go out";
    }
    std::string operator()(const task_completed&) const { return "task done"; }
    std::string operator()(const transfer_requested&) const {
      return "on the phone, and wants a human";
    }
    std::string operator()(const ring_reported& b) const {
      return "a phone says: " + std::string{type_of(b.report).substr(5)};
    }
    std::string operator()(const call_bridge_failed&) const {
      return "the connection failed";
    }
    std::string operator()(const caller_hung_up&) const {
      return "the caller hung up";
    }
    std::string operator()(const call_ended&) const { return "the call ended"; }
    std::string operator()(const call_outcome& b) const {
      return "outcome: " + in_words(b.outcome);
    }
    std::string operator()(const team_configured&) const { return "document"; }
    std::string operator()(const agent_configured&) const { return "document"; }
    std::string operator()(const agent_availability_changed&) const {
      return "toggled";
    }
    std::string operator()(const agent_removed&) const { return "removed"; }
  };
  return std::visit(teller{v, who}, e.body);
}

json as_event(const raw_record& r) {
  auto parsed = json::parse(r.value.value_or(""), nullptr, false);
  return parsed.is_discarded() ? json(r.value.value_or("")) : parsed;
}

} // namespace

json event_row(const model::view& v, const recent::numbered& n) {
  const auto& r = *n.record;
  json e{{"no", n.no}, {"topic", name_of(r.on)}};
  if (is_input(r.on)) {
    auto read = json_decoder().decode(r);
    const auto* in = std::get_if<input_event>(&read);
    if (in == nullptr)
      return nullptr;
    e["type"] = type_of(in->body);
    e["at"] = to_rfc3339(r.timestamp);
    e["came_in"] = true;
    e["source"] = in->source;
    e["text"] = say(v, *in);
    e["tone"] = "quiet";
    return e;
  }
  auto o = read_output(r);
  auto words = v.all.around().tell ? v.all.around().tell(r) : std::nullopt;
  e["type"] = o ? o->type : "dead-letter";
  if (o)
    e["sequence"] = o->sequence;
  e["at"] = to_rfc3339(o ? o->time : r.timestamp);
  e["came_in"] = false;
  e["text"] = words ? words->text : std::string{name_of(r.on)};
  e["tone"] = words ? words->tone : "plain";
  if (o && !o->lead_id.empty()) {
    e["lead_id"] = o->lead_id;
    auto l = v.team.here.lead(o->lead_id);
    e["lead_name"] = l ? text_or_null(l->name) : json{};
  }
  if (o && o->type == "decision.recorded")
    e["decision_id"] = o->id;
  return e;
}

// Topics are read side by side: what was decided together comes in the order of
// its sequence, what came in stands before it.
void sort_by_time(json& rows) {
  auto key = [](const json& e) {
    return std::pair{from_rfc3339(e["at"].get<std::string>()),
                     e.value("sequence", std::uint64_t{0})};
  };
  std::stable_sort(rows.begin(), rows.end(), [&](const json& a, const json& b) {
    return key(a) > key(b);
  });
}

json timeline(const model::view& v, recent::about what, const std::string& id,
              std::uint64_t before) {
  auto all = v.all.log().of(v.team.here.id(), {what, id}, page_max, before);
  json out{{"events", json::array()}, {"next", nullptr}};
  if (all.size() == page_max)
    out["next"] = all.front().no;
  for (auto it = all.rbegin(); it != all.rend(); ++it)
    if (auto e = event_row(v, *it); !e.is_null()) {
      e["event"] = as_event(*it->record);
      out["events"].push_back(std::move(e));
    }
  sort_by_time(out["events"]);
  return out;
}

json lead_page(const model::view& v, const std::string& id) {
  auto l = lead(v, id);
  if (l.is_null())
    return l;
  json out{{"lead", std::move(l)},
           {"timeline", timeline(v, recent::about::lead, id, 0)},
           {"cascades", cascades(v, id)},
           {"agents", json::array()},
           {"pools", json::array()}};
  const auto& team = v.team.here.view();
  for (const auto& [agent, c] : team.roster())
    if (c.state.active())
      out["agents"].push_back(named(v, agent));
  if (team.document())
    for (const auto& p : team.document()->pools)
      out["pools"].push_back(p.id);
  return out;
}

// -- why
// ------------------------------------------------------------------------

namespace {

/// One decision (R19), in words and as data.
json decision(const model::view& v, const published_output& o,
              const decision_recorded& d) {
  json out{{"decision_id", o.id},
           {"at", to_rfc3339(o.time)},
           {"kind", to_string(d.kind)},
           {"lead_id", o.lead_id},
           {"config_version", d.config_version},
           {"rule_id", text_or_null(d.rule_id)},
           {"pool_id", text_or_null(d.pool_id)},
           {"call_id", text_or_null(d.call_id)}};
  if (d.attempt)
    out["attempt"] = *d.attempt;
  if (d.v_before)
    out["v"] = *d.v_before;
  out["passed_over"] = json::array();
  for (const auto& r : d.passed_over)
    out["passed_over"].push_back({{"rule_id", r.rule_id},
                                  {"because", to_string(r.because)},
                                  {"text", in_words(r)}});
  out["chosen"] = json::array();
  for (const auto& id : d.chosen)
    out["chosen"].push_back(named(v, id));
  out["candidates"] = json::array();
  auto is_chosen = [&d](const std::string& id) {
    return std::find(d.chosen.begin(), d.chosen.end(), id) != d.chosen.end();
  };
  auto ahead = [&](const decision_candidate& x) {
    return std::count_if(d.candidates.begin(), d.candidates.end(),
                         [&x](const decision_candidate& y) {
                           return !y.excluded && y.pass && x.pass
                                  && *y.pass < *x.pass;
                         });
  };
  for (const auto& c : d.candidates) {
    auto row = named(v, c.agent_id);
    row["chosen"] = is_chosen(c.agent_id);
    if (c.pass)
      row["pass"] = *c.pass;
    row["excluded"] = c.excluded ? json(to_string(*c.excluded)) : json{};
    row["text"]
      = is_chosen(c.agent_id)
          ? (d.kind == decision_kind::ring_attempt ? "rings" : "was chosen")
        : c.excluded              ? std::string{in_words(*c.excluded)}
        : c.pass && ahead(c) == 0 ? std::string{"was just as near, and "}
                                      + (d.tie_break == tie_break::position
                                           ? "stands behind in the pool"
                                           : "had a turn more recently")
        : c.pass ? "stood further back in line"
                 : "could have been chosen";
    out["candidates"].push_back(std::move(row));
  }
  auto who = d.chosen.empty() ? std::string{"Nobody"} : std::string{};
  for (std::size_t i = 0; i < d.chosen.size(); ++i)
    who += (i == 0                     ? ""
            : i + 1 == d.chosen.size() ? " and "
                                       : ", ")
           + stem(named(v, d.chosen[i]));
  std::string said;
  if (d.kind == decision_kind::ring_attempt)
    said = d.chosen.empty()
             ? "There was nobody to ring."
             : who + (d.chosen.size() == 1 ? " is" : " are") + " rung.";
  else if (d.chosen.empty())
    said = "Nobody could take it.";
  else if (d.pool_id)
    said = who + " was next in line in pool " + *d.pool_id
           + (d.rule_id ? ", by rule " + *d.rule_id : "") + ".";
  else if (d.rule_id)
    said = "Rule " + *d.rule_id + " names " + who + ".";
  else
    said = who + " was the one to ask.";
  out["text"] = said;
  return out;
}

} // namespace

json why(const model::view& v, const std::string& id,
         const std::string& agent) {
  json out{{"decisions", json::array()}};
  auto known_lead = v.team.here.find(entity_kind::lead, id).has_value();
  auto what = known_lead ? recent::about::lead : recent::about::call;
  struct found {
    published_output output;
    const raw_record* record;
  };
  std::vector<found> all;
  for (const auto& n : v.all.log().of(v.team.here.id(), {what, id}, 2'000))
    if (!is_input(n.record->on))
      if (auto o = read_output(*n.record))
        all.push_back({std::move(*o), n.record});
  std::stable_sort(all.begin(), all.end(), [](const found& a, const found& b) {
    return a.output.sequence < b.output.sequence;
  });
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& o = all[i].output;
    const auto* d = o.body ? std::get_if<decision_recorded>(&*o.body) : nullptr;
    if (d == nullptr)
      continue;
    auto row = decision(v, o, *d);
    // The output that stands directly behind a decision is what it explains.
    if (i + 1 < all.size() && v.all.around().tell)
      if (auto words = v.all.around().tell(*all[i + 1].record))
        row["result"] = words->text;
    if (!agent.empty()) {
      auto me = stem(named(v, agent));
      json mine
        = me + " was not considered"
          + (d->pool_id ? ": pool " + *d->pool_id + " has no such member."
                        : ".");
      for (const auto& c : row["candidates"])
        if (c["agent_id"] == agent)
          mine = me + " " + c["text"].get<std::string>() + ".";
      row["about"] = mine;
    }
    out["decisions"].push_back(std::move(row));
  }
  return out;
}

json effect(const model::view& v, const std::string& source,
            const std::string& id) {
  json out{{"state", "unknown"}, {"outputs", json::array()}};
  auto at = v.all.written(v.team.here.id(), source, id);
  auto seen = v.all.log().of(v.team.here.id(), {recent::about::cause, id}, 100);
  for (const auto& n : seen) {
    const auto& r = *n.record;
    auto words = v.all.around().tell ? v.all.around().tell(r) : std::nullopt;
    auto o = read_output(r);
    if (r.on == topic::dead_letters)
      out["dead_letter"] = words ? words->text : "it could not be processed";
    out["outputs"].push_back(
      {{"type", o ? o->type : "dead-letter"},
       {"text", words ? words->text : std::string{name_of(r.on)}},
       {"tone", words ? words->tone : "plain"}});
  }
  // State and outputs are written together, but read side by side.
  auto& team = v.team;
  if (at)
    out["state"] = v.all.done(*at)
                       && team.before.all().sequence
                            >= team.here.view().counters().sequence
                     ? "done"
                     : "pending";
  else if (!seen.empty())
    out["state"] = "done";
  return out;
}

} // namespace fairlead::board
