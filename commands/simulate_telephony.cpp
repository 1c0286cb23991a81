#include "commands/simulate_telephony.hpp"

#include "commands/exit_codes.hpp"
#include "commands/files/event_lines.hpp"
#include "commands/files/json_file.hpp"
#include "commands/service/signals.hpp"
#include "commands/words/counts.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <ostream>
#include <utility>
#include <vector>

namespace fairlead {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds longest_wait = 100ms;

instant wall_clock() {
  return std::chrono::floor<std::chrono::milliseconds>(
    std::chrono::system_clock::now());
}

} // namespace

int simulate_telephony(const simulate_telephony_options& o, std::ostream& out) {
  stop_signals signals;
  auto habits = o.habits;
  if (!o.script.empty())
    habits.of = read_habits(read_all(o.script), o.script);
  auto sink = open_sink(o.service);
  auto rings
    = open_topics(o.service, {topic::rings},
                  o.from_beginning ? read_start::beginning : read_start::end);
  phones all{std::move(habits)};
  std::uint64_t published = 0;
  out << "The phones are ready. Press Ctrl-C to stop." << std::endl;
  while (!signals.came(0ms)) {
    auto wait = longest_wait;
    if (auto next = all.next())
      wait = std::clamp(*next - wall_clock(), 0ms, longest_wait);
    if (auto r = rings->next(wait))
      if (o.service.team.empty() || r->key == o.service.team)
        all.hear(*r, wall_clock());
    std::vector<new_record> events;
    for (const auto& e : all.due(wall_clock()))
      events.push_back(record_for(e));
    published += events.size();
    if (!events.empty())
      append_all(*sink, events);
  }
  out << count_of(published, "event") << " published\n";
  return exit_code::fine;
}

} // namespace fairlead
