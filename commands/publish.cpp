#include "commands/publish.hpp"

#include "commands/check.hpp"
#include "commands/exit_codes.hpp"
#include "commands/files/event_lines.hpp"
#include "commands/files/json_file.hpp"
#include "commands/words/counts.hpp"
#include "commands/words/terminal.hpp"
#include "messages/text/visible.hpp"

#include <chrono>
#include <cstddef>
#include <ostream>
#include <thread>
#include <utility>

namespace fairlead {
namespace {

using namespace std::chrono_literals;

// What goes into one request, or is sent before waiting for the broker.
constexpr std::size_t group_records_max = 500;
constexpr std::size_t group_bytes_max = 512 * 1024;
// On Kafka, how long leads wait after the teams and agents they belong to.
constexpr auto roster_settles = 250ms;

/// True if no event breaks the contract; else every fault is reported.
bool all_valid(const std::vector<json_file>& files, std::ostream& err) {
  bool valid = true;
  for (const auto& f : files)
    each_value(f, [&](const std::string& event, std::size_t line) {
      // Agents' phones are read in their team's region, which only the service
      // knows.
      for (const auto& fault : faults_of(event, "US")) {
        if (fault.warning || fault.is.pointer == "/data/phone")
          continue;
        err << f.name << ':' << line << ": " << visible(sentence(fault.is))
            << '\n';
        valid = false;
      }
    });
  return valid;
}

} // namespace

int publish(const publish_options& o, std::ostream& out, std::ostream& err) {
  std::vector<json_file> files;
  std::size_t events = 0;
  for (const auto& name :
       o.files.empty() ? std::vector<std::string>{"-"} : o.files) {
    files.push_back(read_json_file(name));
    events += files.back().values.size();
  }
  if (!o.unchecked && !all_valid(files, err)) {
    err << "fairlead: Nothing was sent. Fix the faults, or send the events as "
           "they are with --unchecked.\n";
    return exit_code::failed;
  }
  auto sink = open_sink(o.target);
  auto topics_race = o.target.url.empty();
  std::size_t sent = 0;
  {
    progress_bar bar{"Publishing " + count_of(events, "event"), events};
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
        // run_command() prints the reason.
        err << "fairlead: Sent " << sent << " of " << events
            << " events; the next one was refused:\n";
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
          // The service reads topics side by side: events further down in the
          // file must not get there first.
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
  out << count_of(sent, "event") << " published\n";
  return exit_code::fine;
}

} // namespace fairlead
