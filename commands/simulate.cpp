#include "commands/simulate.hpp"

#include "commands/exit_codes.hpp"
#include "commands/files/event_lines.hpp"
#include "commands/simulated/virtual_world.hpp"
#include "commands/words/output_lines.hpp"
#include "commands/words/report.hpp"
#include "commands/words/tell.hpp"
#include "commands/words/terminal.hpp"

#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace fairlead {
namespace {

constexpr auto afterwards = std::chrono::minutes{15};

} // namespace

int simulate(const simulate_options& o, std::ostream& out) {
  teller words;
  report summary;
  auto colour = o.text && wants_colour(STDOUT_FILENO);
  virtual_world world{[&](const new_record& r) {
    if (o.report)
      summary.output(r);
    if (!o.text && !o.report)
      out << simulate_line(r) << '\n';
    else if (auto t = o.text ? words.tell(r) : std::nullopt)
      out << line_of(*t, colour) << '\n';
  }};
  auto take = [&](const raw_record& r) {
    if (o.report)
      summary.input(r);
    if (o.text)
      words.learn(r);
    world.take(r);
  };
  // Virtual time begins with the first line that has a time. Lines before it
  // wait for that; otherwise the clock would start in 1970.
  std::vector<raw_record> early;
  bool begun = false;
  auto begin = [&](instant at) {
    if (std::exchange(begun, true))
      return;
    world.advance(at);
    for (auto& r : early) {
      r.timestamp = at;
      take(r);
    }
  };
  std::int64_t number = 0;
  for (const auto& name : o.files) {
    std::ifstream file;
    if (name != "-") {
      file.open(name);
      if (!file)
        throw wrong_use("Can't read " + name
                        + "; check the path and its permissions.");
    }
    std::istream& in = name == "-" ? std::cin : file;
    for (std::string line; std::getline(in, line);) {
      auto read = read_event_line(line, ++number);
      if (auto* c = std::get_if<clock_line>(&read)) {
        begin(c->to);
        world.advance(c->to);
      } else if (auto* e = std::get_if<record_line>(&read)) {
        if (e->has_time)
          begin(e->record.timestamp);
        else if (begun)
          e->record.timestamp = world.now();
        if (begun)
          take(e->record);
        else
          early.push_back(std::move(e->record));
      }
    }
  }
  begin({});
  world.advance(o.until.value_or(world.now() + afterwards));
  if (o.report)
    summary.print(out);
  return exit_code::fine;
}

} // namespace fairlead
