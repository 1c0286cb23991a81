#include "commands/simulate.hpp"

#include "commands/event_lines.hpp"
#include "commands/exit_codes.hpp"
#include "commands/output_lines.hpp"
#include "commands/report.hpp"
#include "commands/tell.hpp"
#include "commands/virtual_world.hpp"

#include <unistd.h>

#include <fstream>
#include <iostream>

namespace fairlead {
namespace {

constexpr auto runs_on = std::chrono::minutes{15};

} // namespace

int simulate(const simulate_options& o, std::ostream& out, std::ostream& err) {
  teller words;
  morning_report summary;
  auto colour = o.text && wants_colour(STDOUT_FILENO);
  virtual_world world{[&](const new_record& r) {
                        if (o.report)
                          summary.output(r);
                        if (!o.text && !o.report)
                          out << simulate_line(r) << '\n';
                        else if (auto t = o.text ? words.tell(r) : std::nullopt)
                          out << line_of(*t, colour) << '\n';
                      },
                      true};
  std::int64_t number = 0;
  for (const auto& name : o.files) {
    std::ifstream file;
    if (name != "-") {
      file.open(name);
      if (!file) {
        err << "fairlead: can't read " << name
            << "; check the path and its permissions\n";
        return exit_code::wrong_use;
      }
    }
    std::istream& in = name == "-" ? std::cin : file;
    for (std::string line; std::getline(in, line);) {
      auto read = read_event_line(line, ++number, world.now());
      if (auto* c = std::get_if<clock_line>(&read)) {
        world.advance(c->to, true);
      } else if (auto* r = std::get_if<raw_record>(&read)) {
        if (o.report)
          summary.input(*r);
        world.take(std::move(*r));
      }
    }
  }
  world.advance(o.until.value_or(world.now() + runs_on), true);
  if (o.report)
    summary.print(out);
  return exit_code::fine;
}

} // namespace fairlead
