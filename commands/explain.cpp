#include "commands/explain.hpp"

#include "commands/exit_codes.hpp"
#include "commands/past/known_by.hpp"
#include "commands/words/tell.hpp"
#include "commands/words/terminal.hpp"
#include "messages/english/in_words.hpp"
#include "messages/text/visible.hpp"
#include "messages/wire/decode.hpp"
#include "messages/wire/read_outputs.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace fairlead {
namespace {

using namespace std::chrono_literals;

bool is_about(const published_output& o, const std::string& id) {
  return o.lead_id == id || (o.body && call_of(*o.body) == id);
}

/// Reads the team's inputs and outputs, lets `words` and `people` learn from
/// all of them, and keeps the outputs about the lead or call, in their order.
std::vector<published_output> outputs_about(const explain_options& o,
                                            teller& words, known_by& people) {
  auto topics = output_topics();
  std::erase(topics, topic::dead_letters);
  for (auto t : {topic::roster, topic::leads, topic::calls})
    topics.push_back(t);
  auto from = o.source;
  from.team = o.team;
  auto reader = open_topics(from, topics, read_start::beginning);
  std::vector<published_output> all;
  for (;;) {
    auto r = reader->next(200ms);
    if (!r) {
      if (reader->caught_up())
        break;
      continue;
    }
    if (is_input(r->on)) {
      // The key may be missing: then the event itself names its team.
      if (r->key && r->key != o.team)
        continue;
      auto read = json_decoder().decode(*r);
      if (const auto* e = std::get_if<input_event>(&read);
          e != nullptr && e->team == o.team) {
        words.learn(*r);
        people.input(*e, r->where(), r->timestamp);
      }
      continue;
    }
    if (r->key != o.team)
      continue;
    auto output = read_output(*r);
    if (!output)
      continue;
    words.learn(*output);
    people.output(*output);
    if (is_about(*output, o.about))
      all.push_back(std::move(*output));
  }
  people.all_read();
  std::sort(all.begin(), all.end(),
            [](const published_output& a, const published_output& b) {
              return a.sequence < b.sequence;
            });
  return all;
}

/// One decision as words.
class decision_words {
public:
  /// `result`: the output that stands directly behind the decision and that it
  /// explains; null: there is none.
  decision_words(const published_output& found,
                 const decision_recorded& decision, const teller& words,
                 const known_by& people, const published_output* result)
    : found_{found},
      decision_{decision},
      words_{words},
      people_{people},
      team_{found.team},
      result_{result} {
    for (const auto& c : decision.candidates)
      (c.excluded ? left_out_ : line_).push_back(c);
    if (!is_rotation())
      return;
    // The candidates of a rotation stand in line by their pass.
    std::stable_sort(
      line_.begin(), line_.end(),
      [](const decision_candidate& a, const decision_candidate& b) {
        return a.pass < b.pass;
      });
    // The chosen one comes first of those with an equal pass.
    if (!decision.chosen.empty())
      std::stable_partition(
        line_.begin(), line_.end(), [this](const decision_candidate& c) {
          return c.agent_id == first() || c.pass < pass_of(first());
        });
  }

  void print(std::ostream& out) const {
    out << "  " << visible(headline()) << '\n';
    for (const auto& r : decision_.passed_over)
      out << "    " << visible(passed_over(r, {})) << '\n';
    if (line_.size() + left_out_.size() > 1 || !left_out_.empty())
      print_considered(out);
    if (auto why = why_chosen(); !why.empty())
      out << "    " << visible(why) << '\n';
  }

  /// "Why not me?"
  void print_for(const std::string& agent, std::ostream& out) const {
    auto me = name(agent);
    out << "  " << visible(headline()) << '\n';
    auto is_me
      = [&](const decision_candidate& c) { return c.agent_id == agent; };
    if (is_chosen(agent)) {
      out << "    " << me << " was chosen. " << visible(why_chosen()) << '\n';
    } else if (auto l = std::find_if(left_out_.begin(), left_out_.end(), is_me);
               l != left_out_.end()) {
      out << "    " << me << " was left out: " << me << " "
          << in_the_past(*l->excluded) << ".\n";
    } else if (auto p = std::find_if(line_.begin(), line_.end(), is_me);
               p != line_.end()) {
      out << "    " << me << " could have been chosen, but stood "
          << ordinal(static_cast<std::size_t>(p - line_.begin()))
          << " in line; " << names(decision_.chosen) << " was ahead.";
      if (p->pass && !decision_.chosen.empty() && p->pass == pass_of(first()))
        out << " They were tied: " << tie() << ".";
      out << '\n';
    } else {
      out << "    " << me << " was not considered: "
          << (decision_.pool_id
                ? "pool " + visible(*decision_.pool_id) + " has no such member"
                : "the choice was not made from a pool")
          << ".\n";
      if (auto why = why_chosen(); !why.empty())
        out << "    " << visible(why) << '\n';
    }
    for (const auto& r : decision_.passed_over)
      out << "    " << visible(passed_over(r, agent)) << '\n';
  }

private:
  [[nodiscard]] bool is_ring() const {
    return decision_.kind == decision_kind::ring_attempt;
  }
  [[nodiscard]] bool is_rotation() const {
    return !is_ring()
           && std::any_of(line_.begin(), line_.end(),
                          [](const decision_candidate& c) { return c.pass; });
  }
  [[nodiscard]] bool is_chosen(const std::string& agent) const {
    const auto& all = decision_.chosen;
    return std::find(all.begin(), all.end(), agent) != all.end();
  }
  [[nodiscard]] const std::string& first() const {
    return decision_.chosen.front();
  }
  [[nodiscard]] std::string name(const std::string& agent) const {
    return words_.name_of_agent(team_, agent);
  }
  [[nodiscard]] std::string names(const std::vector<std::string>& ids) const {
    std::string out;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (i > 0)
        out += i + 1 == ids.size() ? " and " : ", ";
      out += name(ids[i]);
    }
    return out.empty() ? "nobody" : out;
  }
  [[nodiscard]] std::optional<std::int64_t>
  pass_of(const std::string& agent) const {
    for (const auto& c : line_)
      if (c.agent_id == agent)
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
  static std::string in_the_past(exclusion e) {
    std::string words{in_words(e)};
    for (auto [now, then] :
         {std::pair{"is ", "was "}, std::pair{"has ", "had "}})
      if (words.starts_with(now))
        return then + words.substr(std::string_view{now}.size());
    return words;
  }

  [[nodiscard]] std::string headline() const {
    const auto& rule = decision_.rule_id;
    const auto& pool = decision_.pool_id;
    if (is_ring()) {
      auto out
        = decision_.attempt
            ? "Who rings (attempt " + std::to_string(*decision_.attempt) + ")"
            : std::string{"Who could ring"};
      if (pool)
        out += ", of pool " + *pool;
      if (rule)
        out += ", by rule " + *rule;
      if (!decision_.chosen.empty())
        return out + ": " + names(decision_.chosen) + ".";
      return out + (decision_.attempt ? ": a fallback number." : ": nobody.");
    }
    std::string by;
    if (rule)
      by = "Rule " + *rule + " decides";
    if (pool)
      by += (by.empty() ? "Pool " : ", pool ") + *pool;
    return (by.empty() ? "Who owns the lead" : by) + ": "
           + names(decision_.chosen) + ".";
  }

  void print_considered(std::ostream& out) const {
    std::size_t i = 0;
    for (const auto& c : line_) {
      auto chosen = is_chosen(c.agent_id);
      out << "    " << (chosen ? "> " : "  ") << padded(name(c.agent_id), 20);
      if (is_rotation())
        out << ordinal(i++) << " in line";
      else
        out << (chosen ? (is_ring() ? "is rung" : "chosen") : "considered");
      out << '\n';
    }
    for (const auto& c : left_out_)
      out << "    - " << padded(name(c.agent_id), 20)
          << "left out: " << in_the_past(*c.excluded) << '\n';
  }

  /// `agent`: who asks; empty: nobody in particular.
  [[nodiscard]] std::string passed_over(const rule_passed_over& r,
                                        const std::string& agent) const {
    std::string whose;
    if (const auto* d = people_.document_at(found_.time))
      for (const auto& rule : d->rules)
        if (rule.id == r.rule_id)
          whose = !agent.empty() && assigns_to(*d, rule, agent)
                    ? ", which could have meant " + name(agent) + ","
                    : target(rule);
    return "Rule " + r.rule_id + whose + " was passed over: it " + in_words(r)
           + ".";
  }
  [[nodiscard]] std::string target(const routing_rule& rule) const {
    if (const auto* a = std::get_if<agent_ref>(&rule.assign))
      return " (" + name(a->id) + ")";
    return " (pool " + std::get<pool_ref>(rule.assign).id + ")";
  }
  static bool assigns_to(const team_document& d, const routing_rule& rule,
                         const std::string& agent) {
    if (const auto* a = std::get_if<agent_ref>(&rule.assign))
      return a->id == agent;
    const auto& id = std::get<pool_ref>(rule.assign).id;
    return std::any_of(
      d.pools.begin(), d.pools.end(), [&](const pool_document& p) {
        return p.id == id
               && std::any_of(
                 p.members.begin(), p.members.end(),
                 [&](const pool_member& m) { return m.agent_id == agent; });
      });
  }

  /// By what a person is known (R12).
  [[nodiscard]] std::string known(const std::string& owner) const {
    auto by = people_.why_known(found_, owner);
    if (!by)
      return "";
    auto lead = people_.name_of(by->lead_id);
    return std::string{" It is known by the "}
           + (by->by_phone
                ? "phone "
                    + in_words(dialled{.phone = by->value, .endpoint = {}})
                : "e-mail " + by->value)
           + ", which is also that of lead " + by->lead_id
           + (lead.empty() ? "" : " (" + lead + ")") + ", whose owner is "
           + name(owner) + ".";
  }

  [[nodiscard]] std::string tie() const {
    if (!decision_.tie_break)
      return "the pool's order decides";
    switch (*decision_.tie_break) {
      case tie_break::least_recently_assigned:
        return "the one whose last turn was longest ago goes first";
      case tie_break::position:
        break;
    }
    return "the first one in the pool goes first";
  }

  [[nodiscard]] std::string why_chosen() const {
    if (is_ring())
      return "";
    if (decision_.chosen.empty())
      return why_nobody();
    const auto* to = result<lead_assigned>();
    auto who = names(decision_.chosen);
    if (to != nullptr)
      switch (to->reason) {
        case assign_reason::existing_owner:
          return who + " owned this person already, so no turn was used."
                 + known(first());
        case assign_reason::direct:
          return "The sender asked for " + who + ".";
        case assign_reason::rule_agent:
          return "The rule names " + who + ".";
        case assign_reason::default_owner:
          return "Nobody in the rules could take it: " + who
                 + " is the default owner.";
        case assign_reason::account_owner:
          return "Nobody else could take it: " + who + " owns the account.";
        case assign_reason::manual:
          if (!is_rotation())
            return who + " was chosen by hand.";
          break;
        case assign_reason::rotation:
        case assign_reason::relaxed:
        case assign_reason::owner_inactive:
        case assign_reason::outcome:
          break;
      }
    return is_rotation() ? why_their_turn(who, to) : "";
  }

  [[nodiscard]] std::string why_nobody() const {
    const auto* why = result<lead_unassigned>();
    // By hand or by an outcome (R13, R42): the owner keeps the lead.
    if (why == nullptr)
      return "Nobody else could take it; the lead stays where it is.";
    switch (why->reason) {
      case unassigned_reason::unknown_team:
        return "The team was not configured yet; the lead waits.";
      case unassigned_reason::no_rule:
        return "No rule matched and no default owner was active; the lead "
               "waits.";
      case unassigned_reason::nobody_eligible:
        break;
    }
    return "Nobody could take it; the lead waits until somebody can.";
  }

  [[nodiscard]] std::string why_their_turn(const std::string& who,
                                           const lead_assigned* to) const {
    std::string out = "It was " + who + "'s turn: ";
    if (decision_.tie_break)
      out += "tied with others, and " + tie();
    else if (line_.size() == 1)
      out += "nobody else could take it";
    else
      out += "of those who could take it, " + who
             + " had had the least for their weight";
    if (to == nullptr)
      return out + ".";
    if (to->turn)
      out += " (turn " + std::to_string(*to->turn) + " of the pool)";
    switch (to->reason) {
      case assign_reason::relaxed:
        out += "; nobody was on duty, so duty hours were ignored";
        break;
      case assign_reason::owner_inactive:
        out += "; the previous owner was no longer active";
        break;
      case assign_reason::manual:
        out += "; somebody asked for a new owner by hand";
        break;
      case assign_reason::outcome:
        out += "; the outcome of a call asked for it";
        break;
      case assign_reason::rotation:
      case assign_reason::rule_agent:
      case assign_reason::direct:
      case assign_reason::existing_owner:
      case assign_reason::default_owner:
      case assign_reason::account_owner:
        break;
    }
    return out + ".";
  }

  template <class Body>
  [[nodiscard]] const Body* result() const {
    return result_ != nullptr && result_->body
             ? std::get_if<Body>(&*result_->body)
             : nullptr;
  }

  const published_output& found_;
  const decision_recorded& decision_;
  const teller& words_;
  const known_by& people_;
  const std::string& team_;
  const published_output* result_;
  std::vector<decision_candidate> line_, left_out_;
};

/// By what the lead's person is known, and which other leads are theirs.
void print_traits(const known_by& people, const explain_options& o,
                  std::ostream& out) {
  auto traits = people.traits_of(o.about);
  if (traits.empty())
    return;
  auto name = people.name_of(o.about);
  out << "\n" << visible(name.empty() ? o.about : name) << " is known by\n";
  for (const auto& t : traits) {
    auto by
      = t.is_phone
          ? "phone  " + in_words(dialled{.phone = t.value, .endpoint = {}})
          : "e-mail " + t.value;
    constexpr std::size_t shown_max = 10;
    std::string also;
    for (std::size_t i = 0; i < std::min(t.also.size(), shown_max); ++i)
      also += (also.empty() ? ", also of lead " : ", ") + t.also[i];
    if (t.also.size() > shown_max)
      also += " and " + std::to_string(t.also.size() - shown_max) + " more";
    out << "    " << visible(by + also) << '\n';
  }
}

} // namespace

int explain(const explain_options& o, std::ostream& out) {
  teller words;
  known_by people;
  auto outputs = outputs_about(o, words, people);
  if (outputs.empty()) {
    out << "Nothing is known about " << o.about << " in team " << o.team
        << ": no output names it. Check both ids; retention may also have "
           "deleted it.\n";
    return exit_code::failed;
  }
  auto colour = wants_colour(STDOUT_FILENO);
  std::string last_time;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const auto& output = outputs[i];
    const auto* decision
      = output.body ? std::get_if<decision_recorded>(&*output.body) : nullptr;
    if (!o.agent.empty() && decision == nullptr)
      continue;
    auto time
      = to_rfc3339(std::chrono::floor<std::chrono::seconds>(output.time));
    time[10] = ' ';
    if (time != last_time)
      out << (last_time.empty() ? "" : "\n")
          << toned(time, text_tone::strong, colour) << '\n';
    last_time = time;
    if (decision == nullptr) {
      auto told = words.tell(output);
      out << "  " << toned(told.text, told.tone, colour) << '\n';
      continue;
    }
    const auto* result = i + 1 < outputs.size() ? &outputs[i + 1] : nullptr;
    decision_words d{output, *decision, words, people, result};
    if (o.agent.empty())
      d.print(out);
    else
      d.print_for(o.agent, out);
  }
  print_traits(people, o, out);
  if (last_time.empty())
    out << "No decision about " << o.about
        << " is left, only its results; leave out --agent to see them.\n";
  return exit_code::fine;
}

} // namespace fairlead
