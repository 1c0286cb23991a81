#include "commands/words/tell.hpp"

#include "commands/files/json_text.hpp"
#include "commands/words/output_lines.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace fairlead {
namespace {

using nlohmann::json;

struct word {
  std::string_view code, words;
};

template <std::size_t N>
std::string in_words(const std::array<word, N>& table, std::string_view code) {
  for (const auto& w : table)
    if (w.code == code)
      return std::string{w.words};
  return std::string{code};
}

/// An event's data; missing members read as empty.
class reader {
public:
  explicit reader(const json& data) : data_{data} {}
  [[nodiscard]] std::string text(const char* key) const {
    return text_in(data_, key);
  }
  [[nodiscard]] std::int64_t number(const char* key) const {
    auto it = data_.find(key);
    return it != data_.end() && it->is_number_integer()
             ? it->get<std::int64_t>()
             : 0;
  }
  [[nodiscard]] bool has(const char* key) const {
    auto it = data_.find(key);
    return it != data_.end() && !it->is_null();
  }
  [[nodiscard]] const json& list(const char* key) const {
    static const json none = json::array();
    auto it = data_.find(key);
    return it != data_.end() && it->is_array() ? *it : none;
  }
  [[nodiscard]] reader part(const char* key) const {
    static const json none = json::object();
    auto it = data_.find(key);
    return reader{it != data_.end() && it->is_object() ? *it : none};
  }

private:
  const json& data_;
};

std::string seconds_of(std::int64_t ms) {
  return std::to_string(ms / 1000) + "." + std::to_string(ms % 1000 / 100)
         + " s";
}

/// Tells one event; names come from the teller.
class narrator {
public:
  narrator(const teller& names, std::string team, const json& data)
    : names_{names}, team_{std::move(team)}, data_{data} {}

  struct said {
    std::string text;
    text_tone tone = text_tone::plain;
  };
  [[nodiscard]] said tell(std::string_view type) const {
    for (const auto& r : rows)
      if (r.type == type)
        return (this->*r.tell)();
    return {std::string{type}};
  }

private:
  struct row {
    std::string_view type;
    said (narrator::*tell)() const;
  };
  static const std::array<row, 22> rows;

  [[nodiscard]] std::string agent(const std::string& id) const {
    return id.empty() ? "nobody" : names_.name_of_agent(team_, id);
  }
  [[nodiscard]] std::string clock(const char* key) const {
    return names_.time_of_day(team_, data_.text(key));
  }
  [[nodiscard]] std::string call() const {
    auto id = data_.text("call_id");
    return id.empty() ? "" : "call " + id + ": ";
  }

  // -- assignments ------------------------------------------------------------

  [[nodiscard]] std::string why_assigned() const {
    auto reason = data_.text("reason");
    auto pool = data_.text("pool_id");
    auto rule = data_.text("rule_id");
    constexpr std::array reasons{
      word{"rotation", "next in line"},
      word{"relaxed", "nobody was on duty, so the next in line anyway"},
      word{"rule_agent", "the rule names them"},
      word{"direct", "the sender asked for them"},
      word{"manual", "assigned by hand"},
      word{"existing_owner", "they own this person already"},
      word{"default_owner",
           "nobody else could take it, they are the default owner"},
      word{"account_owner", "nobody else could take it, they own the account"},
      word{"owner_inactive", "the previous owner is no longer active"},
      word{"outcome", "the outcome of the call asks for it"}};
    auto out = in_words(reasons, reason);
    bool in_line = reason == "rotation" || reason == "relaxed";
    if (!pool.empty())
      out += (in_line ? " in pool " : ", pool ") + pool;
    if (data_.has("turn"))
      out += ", turn " + std::to_string(data_.number("turn"));
    if (!rule.empty())
      out += " (rule " + rule + ")";
    for (const auto& w : data_.list("warnings"))
      if (w.is_string())
        out += "; " + warning(w.get<std::string>());
    return out;
  }
  static std::string warning(const std::string& w) {
    constexpr std::string_view ignored = "ignored:";
    if (w.starts_with(ignored))
      return w.substr(ignored.size()) + " was unusable";
    constexpr std::array warnings{
      word{"unknown_agent", "the requested agent is unknown"},
      word{"inactive_agent", "the requested agent is not active"},
      word{"already_owned", "another agent was requested"}};
    return in_words(warnings, w);
  }
  said assigned() const {
    return {data_.part("agent").text("name")
              + " gets the lead: " + why_assigned(),
            text_tone::good};
  }
  said reassigned() const {
    return {data_.part("agent").text("name") + " takes over from "
              + agent(data_.text("previous_owner")) + ": " + why_assigned(),
            text_tone::good};
  }
  said unassigned() const {
    constexpr std::array reasons{
      word{"nobody_eligible", "everybody is off duty, paused or full"},
      word{"no_rule", "no rule matches and no default owner is active"},
      word{"unknown_team", "the team is not configured yet"}};
    return {"nobody can take the lead yet: "
              + in_words(reasons, data_.text("reason")),
            text_tone::bad};
  }
  said stage() const {
    auto from = data_.text("from");
    return {"stage " + (from.empty() ? "" : from + " -> ") + data_.text("to"),
            text_tone::quiet};
  }
  said conflict() const {
    return {"phone and e-mail belong to different owners: "
            + agent(data_.text("kept_owner")) + " keeps the lead, "
            + agent(data_.text("other_owner")) + " does not get it"};
  }
  said failed() const {
    constexpr std::array reasons{
      word{"unknown_agent", "there is no such agent"},
      word{"inactive_agent", "the agent is not active"},
      word{"unknown_pool", "there is no such pool"},
      word{"nobody_eligible", "nobody in the pool can take it"}};
    auto who = data_.text("agent_id");
    return {call() + "could not assign"
              + (who.empty() ? "" : " to " + agent(who)) + ": "
              + in_words(reasons, data_.text("reason")),
            text_tone::bad};
  }
  said auto_unavailable() const {
    return {agent(data_.text("agent_id")) + " is taken off calls after "
              + std::to_string(data_.number("misses"))
              + " missed rings in a row",
            text_tone::bad};
  }

  // -- rings ------------------------------------------------------------------

  [[nodiscard]] std::string legs() const {
    std::string out;
    for (const auto& l : data_.list("legs")) {
      reader leg{l};
      out += out.empty() ? "" : ", ";
      auto id = leg.text("agent_id");
      out += id.empty() ? leg.text("phone") : agent(id);
    }
    return out;
  }
  said ringing() const {
    constexpr std::array steps{word{"owner", "the owner"},
                               word{"group", "the group"},
                               word{"fallback", "a fallback number"}};
    return {call() + "ringing " + legs() + " ("
            + in_words(steps, data_.text("step")) + ", attempt "
            + std::to_string(data_.number("attempt")) + ", until "
            + clock("expires_at") + ")"};
  }
  said cancelled() const {
    constexpr std::array reasons{
      word{"answered_elsewhere", "somebody else answered"},
      word{"lost_race", "somebody else was faster"},
      word{"late", "too late"},
      word{"ring_timeout", "no answer in time"},
      word{"caller_hung_up", "the caller hung up"},
      word{"target_unavailable", "no longer available"}};
    std::string out;
    std::string why;
    for (const auto& l : data_.list("legs")) {
      reader leg{l};
      auto id = leg.text("agent_id");
      out += out.empty() ? "" : ", ";
      out += id.empty() ? leg.text("phone") : agent(id);
      why = leg.text("reason");
    }
    return {call() + "stops ringing " + out + ": " + in_words(reasons, why),
            text_tone::quiet};
  }
  said connected() const {
    auto by = data_.part("answered_by");
    auto id = by.text("agent_id");
    return {call() + (id.empty() ? by.text("phone") : agent(id))
              + " answered after " + seconds_of(data_.number("waited_ms")),
            text_tone::good};
  }
  said missed() const {
    return {call() + "nobody took it: " + missed_in_words(data_.text("reason")),
            text_tone::bad};
  }
  said corrected() const {
    return {call() + data_.text("from") + " becomes " + data_.text("to")};
  }

  // -- people -----------------------------------------------------------------

  said notification() const {
    return {"tells " + data_.part("recipient").text("name") + ": "
              + data_.text("title"),
            text_tone::quiet};
  }
  said task() const {
    return {"task for " + agent(data_.text("assignee")) + ": "
            + data_.text("title") + ", due " + clock("due_at")};
  }
  said task_moved() const {
    return {"a task moves from " + agent(data_.text("from")) + " to "
            + agent(data_.text("to"))};
  }
  said task_cancelled() const {
    constexpr std::array reasons{
      word{"outcome_corrected", "the call was answered after all"},
      word{"lead_closed", "the lead is closed"}};
    return {"a task is cancelled: " + in_words(reasons, data_.text("reason")),
            text_tone::quiet};
  }
  said released() const {
    return {data_.text("channel") + " " + data_.text("outreach_id")
              + " may go out in the name of " + agent(data_.text("owner")),
            text_tone::quiet};
  }
  said held() const {
    return {data_.text("channel") + " " + data_.text("outreach_id")
              + " waits until the lead has an owner",
            text_tone::quiet};
  }
  said refused() const {
    constexpr std::array reasons{
      word{"opted_out", "this person does not want messages"},
      word{"held_too_long", "it waited too long"},
      word{"too_many", "too many are waiting already"},
      word{"lead_closed", "the lead is closed"}};
    return {data_.text("channel") + " " + data_.text("outreach_id")
              + " must not go out: " + in_words(reasons, data_.text("reason")),
            text_tone::bad};
  }
  /// Why the follow-up stops; a tag of the team's own stands for itself.
  std::string outcome_words() const {
    static constexpr std::array outcomes{
      word{"successful_transfer", "a human took the call"},
      word{"missed_transfer", "nobody took the call"},
      word{"needs_follow_up", "somebody has to get in touch"},
      word{"contact_later", "they want to be called later"},
      word{"opt_out", "they do not want any more messages"},
      word{"not_interested", "they are not interested"},
      word{"unqualified", "they do not qualify"},
      word{"bad_number", "the number is wrong"}};
    return in_words(outcomes, data_.text("reason"));
  }
  said cadence_off() const {
    return {"follow-up ends: " + outcome_words(), text_tone::quiet};
  }
  said cadence_paused() const {
    auto until = data_.text("until");
    return {"follow-up pauses" + (until.empty() ? "" : " until " + until) + ": "
              + outcome_words(),
            text_tone::quiet};
  }
  said decision() const {
    std::string left_out;
    std::size_t considered = 0;
    for (const auto& c : data_.list("candidates")) {
      ++considered;
      reader one{c};
      if (auto why = one.text("excluded"); !why.empty())
        left_out += (left_out.empty() ? "" : ", ") + agent(one.text("agent_id"))
                    + " " + excluded_in_words(why);
    }
    // A fallback step has numbers instead of candidates (R25).
    if (considered == 0 && data_.text("kind") == "ring_attempt")
      return {data_.has("attempt") ? "decided: the next fallback number"
                                   : "decided: no fallback number is left",
              text_tone::quiet};
    std::string chosen = agent(data_.text("chosen"));
    if (const auto& all = data_.list("chosen"); !all.empty()) {
      chosen.clear();
      for (const auto& c : all)
        chosen += (chosen.empty() ? "" : ", ")
                  + agent(c.is_string() ? c.get<std::string>() : "");
    }
    return {"decided: " + chosen + " out of " + std::to_string(considered)
              + (left_out.empty() ? "" : "; left out: " + left_out),
            text_tone::quiet};
  }

  const teller& names_;
  std::string team_;
  reader data_;
};

const std::array<narrator::row, 22> narrator::rows{{
  {"lead.assigned", &narrator::assigned},
  {"lead.reassigned", &narrator::reassigned},
  {"lead.unassigned", &narrator::unassigned},
  {"lead.stage_changed", &narrator::stage},
  {"lead.conflict", &narrator::conflict},
  {"action.failed", &narrator::failed},
  {"agent.auto_unavailable", &narrator::auto_unavailable},
  {"ring.requested", &narrator::ringing},
  {"ring.cancelled", &narrator::cancelled},
  {"transfer.connected", &narrator::connected},
  {"transfer.missed", &narrator::missed},
  {"outcome.corrected", &narrator::corrected},
  {"notification.requested", &narrator::notification},
  {"task.created", &narrator::task},
  {"task.moved", &narrator::task_moved},
  {"task.cancelled", &narrator::task_cancelled},
  {"outreach.released", &narrator::released},
  {"outreach.held", &narrator::held},
  {"outreach.refused", &narrator::refused},
  {"cadence.cancelled", &narrator::cadence_off},
  {"cadence.paused", &narrator::cadence_paused},
  {"decision.recorded", &narrator::decision},
}};

telling dead_letter_told(const std::optional<std::string>& key, instant at,
                         const std::vector<header>& headers) {
  auto f = facts_of(headers);
  return {.time = at,
          .team = key.value_or("?"),
          .subject = f.topic + "/" + std::to_string(f.partition) + "/"
                     + std::to_string(f.offset),
          .type = "dead-letter",
          .text = "could not be processed (" + f.reason + "): " + f.message,
          .tone = text_tone::bad};
}

} // namespace

std::string excluded_in_words(std::string_view code) {
  constexpr std::array words{
    word{"unknown", "is not configured"},
    word{"inactive", "is not active"},
    word{"paused", "is not taking leads"},
    word{"capped", "has reached the daily cap"},
    word{"off_schedule", "is off duty"},
    word{"unavailable", "is not taking calls"},
    word{"no_phone", "has no phone"},
    word{"reserved", "is being rung already"},
    word{"on_call", "is on a call"},
    word{"wrap_up", "is wrapping up a call"},
    word{"already_rung", "was rung for this call already"},
    word{"current_owner", "has the lead already"}};
  return in_words(words, code);
}

std::string missed_in_words(std::string_view code) {
  constexpr std::array words{
    word{"no_answer", "no answer"},
    word{"declined", "declined"},
    word{"busy", "busy"},
    word{"failed", "the call did not go through"},
    word{"machine", "a machine answered"},
    word{"no_target", "there was nobody to ring"},
    word{"caller_hung_up", "the caller hung up"},
    word{"total_timeout", "it took too long"},
    word{"expired", "the request was too old when it arrived"},
    word{"bridge_failed", "the connection failed and nobody else was left"}};
  return in_words(words, code);
}

void teller::know(const std::string& team, const std::string& agent_id,
                  const std::string& name) {
  names_[{team, agent_id}] = name;
}

std::string teller::name_of_agent(const std::string& team,
                                  const std::string& id) const {
  auto it = names_.find({team, id});
  return it == names_.end() ? id : it->second;
}

std::string teller::time_of_day(const std::string& team,
                                const std::string& rfc3339) const {
  auto t = from_rfc3339(rfc3339);
  if (!t)
    return rfc3339;
  auto zone = zones_.find(team);
  if (zone == zones_.end() || zone->second == nullptr)
    return to_rfc3339(std::chrono::floor<std::chrono::seconds>(*t)).substr(11);
  auto seconds = to_local(*zone->second, *t).ms_of_day / 1000;
  std::string out;
  for (auto part : {seconds / 3600, seconds / 60 % 60, seconds % 60}) {
    out += out.empty() ? "" : ":";
    out += (part < 10 ? "0" : "") + std::to_string(part);
  }
  return out;
}

std::optional<telling> teller::tell(const raw_record& r) {
  if (r.on == topic::dead_letters)
    return dead_letter_told(r.key, r.timestamp, r.headers);
  if (is_input(r.on) || r.on == topic::state || r.on == topic::journal
      || !r.value)
    return std::nullopt;
  auto event = event_in(r.value);
  if (!event)
    return std::nullopt;
  reader outer{*event};
  const auto& data = event->at("data");
  telling t;
  t.type = outer.text("type");
  t.time = from_rfc3339(outer.text("time")).value_or(r.timestamp);
  t.team = reader{data}.text("team_id");
  t.subject = outer.text("subject");
  for (const char* whose : {"agent", "recipient"}) {
    auto a = reader{data}.part(whose);
    if (auto id = a.text("agent_id"); !id.empty())
      know(t.team, id, a.text("name"));
  }
  auto said = narrator{*this, t.team, data}.tell(t.type);
  t.text = std::move(said.text);
  t.tone = said.tone;
  return t;
}

std::optional<telling> teller::tell(const new_record& r) {
  raw_record raw;
  raw.on = r.on;
  raw.partition = r.partition;
  raw.timestamp = r.timestamp;
  raw.key = r.key;
  raw.value = r.value;
  raw.headers = r.headers;
  return tell(raw);
}

std::string line_of(const telling& t, bool colour) {
  auto time = to_rfc3339(std::chrono::floor<std::chrono::seconds>(t.time));
  time[10] = ' ';
  return toned(time, text_tone::quiet, colour) + "  " + padded(t.team, 10)
         + "  " + padded(t.subject, 12) + "  " + toned(t.text, t.tone, colour);
}

} // namespace fairlead
