#include "commands/watch.hpp"

#include "commands/exit_codes.hpp"
#include "commands/service/signals.hpp"
#include "commands/words/output_lines.hpp"
#include "commands/words/tell.hpp"
#include "commands/words/terminal.hpp"

#include <unistd.h>

#include <algorithm>
#include <ostream>

namespace fairlead {
namespace {

using namespace std::chrono_literals;

// Topics are read side by side, so outputs that arrive close together are
// sorted into the order in which they were decided.
constexpr auto together = 30ms;
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

/// Where an output stands in its team's sequence.
std::string sequence_of(const raw_record& r) {
  constexpr std::string_view key = R"("sequence":")";
  if (!r.value)
    return {};
  auto at = r.value->find(key);
  return at == std::string::npos ? std::string{}
                                 : r.value->substr(at + key.size(), 20);
}

} // namespace

int watch(const watch_options& o, std::ostream& out) {
  stop_signals signals;
  auto topics = topics_named(o);
  auto start = o.from_beginning ? read_start::beginning : read_start::end;
  auto reader = open_topics(o.source, topics, start);
  teller words;
  auto colour = wants_colour(STDOUT_FILENO);
  while (!signals.came(0ms) && out) {
    std::vector<raw_record> some;
    for (auto r = reader->next(200ms); r && some.size() < together_max;
         r = reader->next(together)) {
      if (o.source.team.empty() || r->key == o.source.team)
        some.push_back(std::move(*r));
    }
    std::stable_sort(some.begin(), some.end(),
                     [](const raw_record& a, const raw_record& b) {
                       if (a.timestamp != b.timestamp)
                         return a.timestamp < b.timestamp;
                       if (a.key != b.key)
                         return a.key < b.key;
                       return sequence_of(a) < sequence_of(b);
                     });
    for (const auto& r : some) {
      if (o.json) {
        out << json_line(r) << '\n';
      } else if (auto t = words.tell(r)) {
        out << line_of(*t, colour) << '\n';
      }
    }
    out.flush();
    if (o.until_end && some.empty() && reader->caught_up())
      break;
  }
  return exit_code::fine;
}

} // namespace fairlead
