#include "commands/explain.hpp"

#include "commands/exit_codes.hpp"
#include "commands/files/json_text.hpp"
#include "commands/words/tell.hpp"

#include <nlohmann/json.hpp>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <ostream>
#include <vector>

namespace fairlead {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

struct found {
  std::string sequence;
  raw_record record;
  json event;
};

bool is_about(const json& data, const std::string& id) {
  return text_in(data, "lead_id") == id || text_in(data, "call_id") == id;
}

/// Reads the team's outputs and keeps those about the lead or call.
std::vector<found> collect(const explain_options& o, teller& words) {
  auto topics = output_topics();
  std::erase(topics, topic::dead_letters);
  auto from = o.source;
  from.team = o.team;
  auto reader = open_topics(from, topics, read_start::beginning);
  std::vector<found> out;
  for (;;) {
    auto r = reader->next(200ms);
    if (!r) {
      if (reader->caught_up())
        break;
      continue;
    }
    if (r->key != o.team || !r->value)
      continue;
    (void)words.tell(*r); // learns the names
    // Most records are about something else, which a text search tells.
    if (r->value->find(as_json(o.about)) == std::string::npos)
      continue;
    auto event = event_in(r->value);
    if (!event || !is_about(event->at("data"), o.about))
      continue;
    out.push_back(
      {text_in(*event, "sequence"), std::move(*r), std::move(*event)});
  }
  std::sort(out.begin(), out.end(), [](const found& a, const found& b) {
    return a.sequence < b.sequence;
  });
  return out;
}

struct candidate {
  std::string id, name, excluded;
  std::optional<std::int64_t> pass;
};

/// One decision.recorded as words.
class decision_words {
public:
  decision_words(const json& data, const teller& words, const std::string& team,
                 const json* result)
    : data_{data}, words_{words}, team_{team}, result_{result} {
    for (const auto& c : data.value("candidates", json::array())) {
      candidate one;
      one.id = text_in(c, "agent_id");
      one.name = words.name_of_agent(team, one.id);
      one.excluded = text_in(c, "excluded");
      if (auto p = c.find("pass"); p != c.end() && p->is_number_integer())
        one.pass = p->get<std::int64_t>();
      (one.excluded.empty() ? line_ : left_out_).push_back(std::move(one));
    }
    // The candidates of a rotation stand in line by their pass.
    if (is_rotation())
      std::stable_sort(
        line_.begin(), line_.end(),
        [](const candidate& a, const candidate& b) { return a.pass < b.pass; });
    const auto& chosen = data.value("chosen", json{});
    if (chosen.is_string())
      chosen_.push_back(chosen.get<std::string>());
    else if (chosen.is_array())
      for (const auto& c : chosen)
        if (c.is_string())
          chosen_.push_back(c.get<std::string>());
    // The chosen one comes first of those with an equal pass.
    if (is_rotation() && !chosen_.empty())
      std::stable_partition(
        line_.begin(), line_.end(), [this](const candidate& c) {
          return c.id == chosen_.front() || c.pass < pass_of(chosen_.front());
        });
  }

  [[nodiscard]] bool is_ring() const {
    return text_in(data_, "kind") == "ring_attempt";
  }
  [[nodiscard]] bool is_rotation() const {
    return !is_ring()
           && std::any_of(line_.begin(), line_.end(),
                          [](const candidate& c) { return c.pass; });
  }

  void print(std::ostream& out) const {
    out << "  " << headline() << '\n';
    if (line_.size() + left_out_.size() > 1 || !left_out_.empty())
      print_considered(out);
    if (auto why = why_chosen(); !why.empty())
      out << "    " << why << '\n';
  }

  /// "Why not me?"
  void print_for(const std::string& agent, std::ostream& out) const {
    auto name = words_.name_of_agent(team_, agent);
    out << "  " << headline() << '\n';
    auto is_me = [&](const candidate& c) { return c.id == agent; };
    if (std::find(chosen_.begin(), chosen_.end(), agent) != chosen_.end()) {
      out << "    " << name << " was chosen. " << why_chosen() << '\n';
    } else if (auto l = std::find_if(left_out_.begin(), left_out_.end(), is_me);
               l != left_out_.end()) {
      out << "    " << name << " was left out: " << name << " "
          << was(l->excluded) << ".\n";
    } else if (auto p = std::find_if(line_.begin(), line_.end(), is_me);
               p != line_.end()) {
      out << "    " << name << " could have been chosen, but stood "
          << ordinal(static_cast<std::size_t>(p - line_.begin()))
          << " in line; " << names(chosen_) << " was ahead.";
      if (p->pass && !chosen_.empty() && p->pass == pass_of(chosen_.front()))
        out << " They were tied: " << tie() << ".";
      out << '\n';
    } else {
      auto pool = text_in(data_, "pool_id");
      out << "    " << name << " was not considered: "
          << (pool.empty() ? "the choice was not made from a pool"
                           : "pool " + pool + " has no such member")
          << ".\n";
    }
  }

private:
  [[nodiscard]] std::string names(const std::vector<std::string>& ids) const {
    std::string out;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (i > 0)
        out += i + 1 == ids.size() ? " and " : ", ";
      out += words_.name_of_agent(team_, ids[i]);
    }
    return out.empty() ? "nobody" : out;
  }
  [[nodiscard]] std::optional<std::int64_t>
  pass_of(const std::string& id) const {
    for (const auto& c : line_)
      if (c.id == id)
        return c.pass;
    return std::nullopt;
  }
  static std::string ordinal(std::size_t index) {
    auto n = index + 1;
    auto ending = n % 100 >= 11 && n % 100 <= 13 ? "th"
                  : n % 10 == 1                  ? "st"
                  : n % 10 == 2                  ? "nd"
                  : n % 10 == 3                  ? "rd"
                                                 : "th";
    return std::to_string(n) + ending;
  }
  /// The code in words, in the past tense.
  static std::string was(const std::string& code) {
    auto words = excluded_in_words(code);
    for (auto [now, then] :
         {std::pair{"is ", "was "}, std::pair{"has ", "had "}})
      if (words.starts_with(now))
        return then + words.substr(std::string_view{now}.size());
    return words;
  }

  [[nodiscard]] std::string headline() const {
    auto rule = text_in(data_, "rule_id");
    auto pool = text_in(data_, "pool_id");
    if (is_ring()) {
      auto attempt = data_.find("attempt");
      bool rings = attempt != data_.end() && attempt->is_number_integer();
      std::string out = rings ? "Who rings (attempt " + attempt->dump() + ")"
                              : "Who could ring";
      if (!pool.empty())
        out += ", of pool " + pool;
      if (!rule.empty())
        out += ", by rule " + rule;
      if (!chosen_.empty())
        return out + ": " + names(chosen_) + ".";
      return out + ": " + (rings ? "a fallback number." : "nobody.");
    }
    std::string by;
    if (!rule.empty())
      by = "Rule " + rule + " decides";
    if (!pool.empty())
      by += (by.empty() ? "Pool " : ", pool ") + pool;
    return (by.empty() ? "Who owns the lead" : by) + ": " + names(chosen_)
           + ".";
  }

  void print_considered(std::ostream& out) const {
    std::size_t i = 0;
    for (const auto& c : line_) {
      bool is_chosen
        = std::find(chosen_.begin(), chosen_.end(), c.id) != chosen_.end();
      out << "    " << (is_chosen ? "> " : "  ") << padded(c.name, 20);
      if (is_rotation())
        out << ordinal(i++) << " in line";
      else
        out << (is_chosen ? (is_ring() ? "is rung" : "chosen") : "considered");
      out << '\n';
    }
    for (const auto& c : left_out_)
      out << "    - " << padded(c.name, 20) << "left out: " << was(c.excluded)
          << '\n';
  }

  [[nodiscard]] std::string tie() const {
    auto how = text_in(data_, "tie_break");
    if (how == "least_recently_assigned")
      return "the one whose last turn was longest ago goes first";
    if (how == "position")
      return "the first one in the pool goes first";
    return "the pool's order decides";
  }

  [[nodiscard]] std::string why_chosen() const {
    if (is_ring())
      return "";
    auto reason = result_ == nullptr ? "" : text_in(*result_, "reason");
    if (chosen_.empty())
      return reason == "unknown_team"
               ? "The team was not configured yet; the lead waits."
             : reason == "no_rule"
               ? "No rule matched and no default owner was active; the lead "
                 "waits."
               : "Nobody could take it; the lead waits until somebody can.";
    auto who = names(chosen_);
    if (reason == "existing_owner")
      return who + " owned this person already, so no turn was used.";
    if (reason == "direct")
      return "The sender asked for " + who + ".";
    if (reason == "rule_agent")
      return "The rule names " + who + ".";
    if (reason == "default_owner")
      return "Nobody in the rules could take it: " + who
             + " is the default owner.";
    if (reason == "account_owner")
      return "Nobody else could take it: " + who + " owns the account.";
    if (!is_rotation())
      return reason == "manual" ? who + " was chosen by hand." : "";
    std::string out = "It was " + who + "'s turn: ";
    if (auto t = text_in(data_, "tie_break"); !t.empty())
      out += "tied with others, and " + tie();
    else if (line_.size() == 1)
      out += "nobody else could take it";
    else
      out += "of those who could take it, " + who
             + " had had the least for their weight";
    if (result_ != nullptr && result_->contains("turn"))
      out += " (turn " + (*result_)["turn"].dump() + " of the pool)";
    if (reason == "relaxed")
      out += "; nobody was on duty, so duty hours were ignored";
    if (reason == "owner_inactive")
      out += "; the previous owner was no longer active";
    if (reason == "manual")
      out += "; somebody asked for a new owner by hand";
    if (reason == "outcome")
      out += "; the outcome of a call asked for it";
    return out + ".";
  }

  const json& data_;
  const teller& words_;
  const std::string& team_;
  const json* result_;
  std::vector<candidate> line_, left_out_;
  std::vector<std::string> chosen_;
};

} // namespace

int explain(const explain_options& o, std::ostream& out) {
  teller words;
  auto events = collect(o, words);
  if (events.empty()) {
    out << "Nothing is known about " << o.about << " in team " << o.team
        << ": no output names it. Check both ids; retention may also have "
           "deleted it.\n";
    return exit_code::failed;
  }
  auto colour = wants_colour(STDOUT_FILENO);
  std::string last_time;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto& e = events[i];
    auto told = words.tell(e.record);
    if (!told)
      continue;
    auto time
      = to_rfc3339(std::chrono::floor<std::chrono::seconds>(told->time));
    time[10] = ' ';
    bool is_decision = told->type == "decision.recorded";
    if (!o.agent.empty() && !is_decision)
      continue;
    if (time != last_time)
      out << (last_time.empty() ? "" : "\n")
          << toned(time, text_tone::strong, colour) << '\n';
    last_time = time;
    if (!is_decision) {
      out << "  " << toned(told->text, told->tone, colour) << '\n';
      continue;
    }
    // A decision stands directly before the output that it explains.
    const json* result
      = i + 1 < events.size() ? &events[i + 1].event["data"] : nullptr;
    decision_words d{e.event["data"], words, o.team, result};
    if (o.agent.empty())
      d.print(out);
    else
      d.print_for(o.agent, out);
  }
  if (last_time.empty())
    out << "No decision about " << o.about
        << " is left, only its results; leave out --agent to see them.\n";
  return exit_code::fine;
}

} // namespace fairlead
