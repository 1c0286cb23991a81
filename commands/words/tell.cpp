#include "commands/words/tell.hpp"

#include "commands/words/output_lines.hpp"
#include "messages/dead_letters.hpp"
#include "messages/english/in_words.hpp"
#include "messages/text/visible.hpp"
#include "messages/wire/decode.hpp"

#include <chrono>
#include <cstdint>
#include <variant>
#include <vector>

namespace fairlead {
namespace {

std::string seconds_of(std::int64_t ms) {
  return std::to_string(ms / 1000) + "." + std::to_string(ms % 1000 / 100)
         + " s";
}

/// What happened, and in which tone it is told.
struct told {
  std::string text;
  text_tone tone = text_tone::plain;
};

/// Tells the body of one output: a function for each kind.
class narrator {
public:
  narrator(const teller& names, const published_output& o)
    : names_{names}, o_{o} {}

  // -- assignments ------------------------------------------------------------

  told operator()(const lead_assigned& b) const {
    auto text = b.agent.name;
    // `previous_owner` also stands on the first owner of a new lead, whose
    // person had one (R12).
    if (b.again && b.previous_owner)
      text += " takes over from " + agent(b.previous_owner) + ": ";
    else
      text += " gets the lead: ";
    return {text + why(b), text_tone::good};
  }
  told operator()(const lead_unassigned& b) const {
    return {"nobody can take the lead yet: " + words(b.reason), text_tone::bad};
  }
  told operator()(const lead_stage_changed& b) const {
    return {"stage " + (b.from ? *b.from + " -> " : "") + b.to,
            text_tone::quiet};
  }
  told operator()(const lead_conflict& b) const {
    return {"phone and e-mail belong to different owners: "
            + agent(b.kept_owner) + " keeps the lead, " + agent(b.other_owner)
            + " does not get it"};
  }
  told operator()(const action_failed& b) const {
    return {(b.call_id ? call(*b.call_id) : "") + "could not assign"
              + (b.agent_id ? " to " + agent(b.agent_id) : "") + ": "
              + words(b.reason),
            text_tone::bad};
  }
  told operator()(const agent_auto_unavailable& b) const {
    return {agent(b.agent_id) + " is taken off calls after "
              + std::to_string(b.misses) + " missed rings in a row",
            text_tone::bad};
  }

  // -- rings ------------------------------------------------------------------

  told operator()(const ring_requested& b) const {
    return {call(b.call_id) + "ringing " + all(b.legs) + " (" + words(b.step)
            + ", attempt " + std::to_string(b.attempt) + ", until "
            + clock(b.expires_at) + ")" + remarks(b.warnings)};
  }
  told operator()(const transfer_waiting& b) const {
    return {call(b.call_id) + "nobody is free; waits until " + clock(b.until)
            + " for somebody who is on another call"};
  }
  told operator()(const ring_cancelled& b) const {
    std::string why;
    if (!b.legs.empty() && b.legs.back().reason)
      why = ": " + words(*b.legs.back().reason);
    return {call(b.call_id) + "stops ringing " + all(b.legs) + why,
            text_tone::quiet};
  }
  told operator()(const transfer_connected& b) const {
    auto who
      = b.agent_id ? b.name.value_or(agent(*b.agent_id)) : in_words(b.number);
    return {call(b.call_id) + who + " answered after "
              + seconds_of(b.waited_ms),
            text_tone::good};
  }
  told operator()(const transfer_missed& b) const {
    return {call(b.call_id) + "nobody took it: " + words(b.reason)
              + remarks(b.warnings),
            text_tone::bad};
  }
  told operator()(const outcome_corrected& b) const {
    return {call(b.call_id) + "after all, " + words(b.to)};
  }

  // -- people -----------------------------------------------------------------

  told operator()(const notification_requested& b) const {
    return {"tells " + b.name + ": " + b.title, text_tone::quiet};
  }
  told operator()(const task_created& b) const {
    return {"task for " + agent(b.assignee) + ": " + b.title + ", due "
            + clock(b.due_at)};
  }
  told operator()(const task_moved& b) const {
    return {"a task moves from " + agent(b.from) + " to " + agent(b.to)};
  }
  told operator()(const task_repeated& b) const {
    return {"missed again, " + count_of_misses(b.misses) + ": the task for "
              + agent(b.assignee) + " stands for all of them",
            text_tone::bad};
  }
  told operator()(const task_cancelled& b) const {
    return {"a task is cancelled: " + words(b.reason), text_tone::quiet};
  }
  told operator()(const outreach_gated& b) const {
    auto what = b.channel + " " + b.outreach_id;
    switch (b.verdict) {
      case gate::held:
        return {what + " waits until the lead has an owner", text_tone::quiet};
      case gate::refused:
        return {what + " must not go out"
                  + (b.reason ? ": " + words(*b.reason) : ""),
                text_tone::bad};
      case gate::released:
        break;
    }
    return {what + " may go out in the name of " + agent(o_.owner.owner),
            text_tone::quiet};
  }
  told operator()(const cadence_cancelled& b) const {
    return {"follow-up ends: " + in_words(b.reason), text_tone::quiet};
  }
  told operator()(const cadence_resumed&) const {
    return {"follow-up goes on: nobody took the call after all"};
  }
  told operator()(const cadence_paused& b) const {
    return {"follow-up pauses"
              + (b.until ? " until " + to_rfc3339(*b.until) : "") + ": "
              + in_words(b.reason),
            text_tone::quiet};
  }

  // -- decisions --------------------------------------------------------------

  told operator()(const decision_recorded& b) const {
    // A fallback step has numbers instead of candidates (R25).
    if (b.candidates.empty() && b.kind == decision_kind::ring_attempt)
      return {b.attempt ? "decided: the next fallback number"
                        : "decided: nobody is left to ring",
              text_tone::quiet};
    std::string left_out;
    for (const auto& c : b.candidates)
      if (c.excluded)
        left_out += (left_out.empty() ? "; left out: " : ", ")
                    + agent(c.agent_id) + " " + words(*c.excluded);
    std::string chosen;
    for (const auto& id : b.chosen)
      chosen += (chosen.empty() ? "" : ", ") + agent(id);
    std::string passed_over;
    for (const auto& r : b.passed_over)
      passed_over += (passed_over.empty() ? "; passed over: rule " : ", rule ")
                     + r.rule_id + " " + in_words(r);
    return {"decided: " + (chosen.empty() ? "nobody" : chosen) + " out of "
              + std::to_string(b.candidates.size()) + left_out + passed_over,
            text_tone::quiet};
  }

private:
  template <class Word>
  static std::string words(Word w) {
    return std::string{in_words(w)};
  }
  static std::string call(const std::string& id) { return "call " + id + ": "; }
  [[nodiscard]] std::string agent(const std::string& id) const {
    return names_.name_of_agent(o_.team, id);
  }
  [[nodiscard]] std::string agent(const std::optional<std::string>& id) const {
    return id ? agent(*id) : "nobody";
  }
  [[nodiscard]] std::string clock(instant t) const {
    return names_.time_of_day(o_.team, t);
  }
  [[nodiscard]] std::string all(const std::vector<rung_leg>& legs) const {
    std::string out;
    for (const auto& l : legs)
      out += (out.empty() ? "" : ", ")
             + (l.agent_id ? agent(*l.agent_id) : in_words(l.number));
    return out;
  }
  static std::string remarks(const std::vector<std::string>& warnings) {
    std::string out;
    for (const auto& w : warnings)
      out += "; " + warning_in_words(w);
    return out;
  }
  static std::string count_of_misses(std::int64_t n) {
    return std::to_string(n) + " times so far";
  }
  static std::string why(const lead_assigned& b) {
    bool in_line = b.reason == assign_reason::rotation
                   || b.reason == assign_reason::relaxed;
    auto out = words(b.reason);
    if (b.pool_id)
      out += (in_line ? " in pool " : ", pool ") + *b.pool_id;
    if (b.turn)
      out += ", turn " + std::to_string(*b.turn);
    if (b.rule_id)
      out += " (rule " + *b.rule_id + ")";
    if (b.with)
      out += "; the same person as lead " + *b.with;
    return out + remarks(b.warnings);
  }

  const teller& names_;
  const published_output& o_;
};

telling dead_letter_told(const raw_record& r) {
  auto f = facts_of(r.headers);
  return {.time = r.timestamp,
          .team = visible(r.key.value_or("?")),
          .subject = visible(f.topic) + "/" + std::to_string(f.partition) + "/"
                     + std::to_string(f.offset),
          .text
          = visible("could not be processed (" + f.reason + "): " + f.message),
          .tone = text_tone::bad};
}

} // namespace

void teller::know(const std::string& team, const std::string& agent_id,
                  const std::string& name) {
  names_[{team, agent_id}] = name;
}

void teller::learn(const published_output& o) {
  if (!o.body)
    return;
  if (const auto* a = std::get_if<lead_assigned>(&*o.body))
    know(o.team, a->agent.agent_id, a->agent.name);
  else if (const auto* n = std::get_if<notification_requested>(&*o.body))
    know(o.team, n->agent_id, n->name);
  else if (const auto* r = std::get_if<ring_requested>(&*o.body)) {
    for (const auto& l : r->legs)
      if (l.agent_id && l.name)
        know(o.team, *l.agent_id, *l.name);
  } else if (const auto* c = std::get_if<transfer_connected>(&*o.body)) {
    if (c->agent_id && c->name)
      know(o.team, *c->agent_id, *c->name);
  }
}

void teller::learn(const raw_record& input) {
  auto read = json_decoder().decode(input);
  const auto* e = std::get_if<input_event>(&read);
  if (e == nullptr)
    return;
  if (const auto* a = std::get_if<agent_configured>(&e->body))
    know(e->team, a->document.agent_id, a->document.name);
}

std::string teller::name_of_agent(const std::string& team,
                                  const std::string& id) const {
  auto it = names_.find({team, id});
  return visible(it == names_.end() ? id : it->second);
}

std::string teller::time_of_day(const std::string& team, instant t) const {
  auto zone = zones_.find(team);
  if (zone == zones_.end() || zone->second == nullptr)
    return to_rfc3339(std::chrono::floor<std::chrono::seconds>(t)).substr(11);
  auto seconds = to_local(*zone->second, t).ms_of_day / 1000;
  std::string out;
  for (auto part : {seconds / 3600, seconds / 60 % 60, seconds % 60}) {
    out += out.empty() ? "" : ":";
    out += (part < 10 ? "0" : "") + std::to_string(part);
  }
  return out;
}

telling teller::tell(const published_output& o) {
  learn(o);
  auto t = o.body ? std::visit(narrator{*this, o}, *o.body)
                  : told{o.type + " can't be told: " + sentence(o.faults),
                         text_tone::bad};
  return {.time = o.time,
          .team = visible(o.team),
          .subject = visible(o.subject),
          .text = visible(t.text),
          .tone = t.tone};
}

std::optional<telling> teller::tell(const raw_record& r) {
  if (r.on == topic::dead_letters)
    return dead_letter_told(r);
  if (auto o = read_output(r))
    return tell(*o);
  return std::nullopt;
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
