#include "commands/watch.hpp"

#include "commands/exit_codes.hpp"
#include "commands/service/signals.hpp"
#include "commands/words/output_lines.hpp"
#include "commands/words/tell.hpp"
#include "commands/words/terminal.hpp"
#include "messages/wire/read_outputs.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <ostream>
#include <tuple>
#include <utility>

namespace fairlead {
namespace {

using namespace std::chrono_literals;

// Topics are read side by side, so outputs that arrive close together are
// sorted into the order in which they were decided.
constexpr std::chrono::milliseconds together = 30ms;
constexpr std::size_t together_max = 2'000;

std::vector<topic> topics_named(const watch_options& o) {
  if (o.topics.empty()) {
    auto all = output_topics();
    std::erase(all, topic::decisions);
    return all;
  }
  std::vector<topic> out;
  for (auto name : o.topics) {
    if (name.starts_with(o.source.config.topic_prefix + "."))
      name.erase(0, o.source.config.topic_prefix.size() + 1);
    auto t = topic_named(name);
    auto all = output_topics();
    if (!t || std::find(all.begin(), all.end(), *t) == all.end())
      throw wrong_use("There is no output topic \"" + name
                      + "\"; choose from assignments, rings, notifications, "
                        "tasks, outreach, decisions and dead-letters.");
    out.push_back(*t);
  }
  return out;
}

/// A record that is to be shown, and what can be read of it.
struct arrived {
  raw_record record;
  std::optional<published_output> output;
};

/// The order in which the outputs were decided: a team's by their sequence.
bool decided_before(const arrived& a, const arrived& b) {
  using order
    = std::tuple<instant, const std::optional<std::string>&, std::uint64_t>;
  auto order_of = [](const arrived& x) {
    return order{x.record.timestamp, x.record.key,
                 x.output ? x.output->sequence : 0};
  };
  return order_of(a) < order_of(b);
}

/// What comes within a short time, bounded so that a signal is heard.
std::vector<arrived> next_records(topic_reader& from, const std::string& team) {
  std::vector<arrived> all;
  std::chrono::milliseconds wait = 200ms;
  for (std::size_t read = 0; read < together_max; ++read) {
    auto r = from.next(std::exchange(wait, together));
    if (!r)
      break;
    if (!team.empty() && r->key != team)
      continue;
    auto output = read_output(*r);
    all.push_back({std::move(*r), std::move(output)});
  }
  return all;
}

/// People's names stand in their documents, which may be older than anything
/// that is shown.
void learn_names(const endpoint& from, stop_signals& signals, teller& words) {
  auto roster = open_topics(from, {topic::roster}, read_start::beginning);
  while (!signals.came(0ms))
    if (auto r = roster->next(200ms))
      words.learn(*r);
    else if (roster->caught_up())
      return;
}

} // namespace

int watch(const watch_options& o, std::ostream& out) {
  stop_signals signals;
  auto topics = topics_named(o);
  auto start = o.from_beginning ? read_start::beginning : read_start::end;
  auto reader = open_topics(o.source, topics, start);
  teller words;
  if (!o.json)
    learn_names(o.source, signals, words);
  auto colour = wants_colour(STDOUT_FILENO);
  while (!signals.came(0ms) && out) {
    auto some = next_records(*reader, o.source.team);
    std::stable_sort(some.begin(), some.end(), decided_before);
    for (const auto& [record, output] : some) {
      if (o.json)
        out << json_line(record) << '\n';
      else if (auto t = output ? words.tell(*output) : words.tell(record))
        out << line_of(*t, colour) << '\n';
    }
    out.flush();
    if (o.until_end && some.empty() && reader->caught_up())
      break;
  }
  return exit_code::fine;
}

} // namespace fairlead
