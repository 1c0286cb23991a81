#include "commands/publish.hpp"

#include "commands/check.hpp"
#include "commands/exit_codes.hpp"
#include "commands/files/event_lines.hpp"
#include "commands/files/json_places.hpp"
#include "commands/words/terminal.hpp"

#include <algorithm>
#include <iostream>
#include <thread>

namespace fairlead {
namespace {

using namespace std::chrono_literals;

// What one request or one wait for the broker holds.
constexpr std::size_t group_records_max = 500;
constexpr std::size_t group_bytes_max = 512 * 1024;
constexpr auto busy_max = 60s;
// How long leads wait after the teams and agents they belong to (Kafka).
constexpr auto roster_settles = 250ms;

/// True if everything keeps the contract; else every fault is told.
bool all_well(const std::vector<json_file>& files, std::ostream& err) {
  bool well = true;
  for (const auto& f : files)
    each_value(f, [&](const std::string& event, std::size_t line) {
      // Phones of agents are read in their team's region, which only the
      // service knows.
      for (const auto& fault : faults_of(event, "US")) {
        if (fault.warning || fault.pointer == "/data/phone")
          continue;
        err << f.name << ':' << line << ": "
            << (fault.pointer.empty() ? "" : fault.pointer + " ") << fault.what
            << '\n';
        well = false;
      }
    });
  return well;
}

} // namespace

new_record record_for(const std::string& event) {
  new_record out;
  auto read = read_event_line(event, 0);
  if (auto* line = std::get_if<record_line>(&read)) {
    out.on = line->record.on;
    out.key = line->record.key;
  }
  out.value = event;
  out.headers
    = {{"content-type", "application/cloudevents+json; charset=utf-8"}};
  return out;
}

void append_all(event_sink& to, std::vector<new_record> records) {
  auto until = std::chrono::steady_clock::now() + busy_max;
  for (auto pause = 20ms;; pause = std::min(pause * 2, 1000ms)) {
    std::string why;
    switch (to.append(records, why)) {
      case event_sink::verdict::durable:
        return;
      case event_sink::verdict::busy:
        if (std::chrono::steady_clock::now() > until)
          throw std::runtime_error("Still not taken after a minute: " + why);
        std::this_thread::sleep_for(pause);
        break;
      case event_sink::verdict::failed:
        throw std::runtime_error(why);
    }
  }
}

int publish(const publish_options& o, std::ostream& out, std::ostream& err) {
  std::vector<json_file> files;
  std::size_t events = 0;
  for (const auto& name :
       o.files.empty() ? std::vector<std::string>{"-"} : o.files) {
    files.push_back(read_json_file(name));
    events += files.back().values.size();
  }
  if (!o.unchecked && !all_well(files, err)) {
    err << "fairlead: nothing was sent; put the faults right, or send them as "
           "they are with --unchecked\n";
    return exit_code::failed;
  }
  auto sink = open_sink(o.to);
  const auto topics_race = o.to.url.empty();
  std::size_t sent = 0;
  {
    progress_bar bar{"publishing " + std::to_string(events) + " events",
                     events};
    std::vector<new_record> group;
    std::size_t bytes = 0;
    auto last = topic::roster;
    auto flush = [&] {
      if (group.empty())
        return;
      auto n = group.size();
      try {
        append_all(*sink, std::exchange(group, {}));
      } catch (...) {
        // The reason is told by who catches it.
        err << "fairlead: " << sent << " of " << events
            << " events are sent; the next ones were refused\n";
        throw;
      }
      sent += n;
      bytes = 0;
      bar.set(sent);
    };
    for (const auto& f : files)
      for (const auto& v : f.values) {
        auto r = record_for(f.text_of(v));
        if (std::exchange(last, r.on) != r.on && topics_race) {
          // Topics are read side by side: what comes later in the file must
          // not be there first.
          auto after_roster
            = !group.empty() && group.back().on == topic::roster;
          flush();
          if (after_roster)
            std::this_thread::sleep_for(roster_settles);
        }
        group.push_back(std::move(r));
        bytes += v.to - v.from;
        if (group.size() >= group_records_max || bytes >= group_bytes_max)
          flush();
      }
    flush();
  }
  out << sent << " events published\n";
  return exit_code::fine;
}

} // namespace fairlead
