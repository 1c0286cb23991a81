#include "commands/simulate.hpp"

#include <fstream>
#include <iostream>

#include "commands/event_lines.hpp"
#include "commands/output_lines.hpp"
#include "commands/virtual_world.hpp"

namespace fairlead {
namespace {

constexpr auto runs_on = std::chrono::minutes{15};

} // namespace

int simulate(const simulate_options& o, std::ostream& out, std::ostream& err) {
  virtual_world world{
    [&out](const new_record& r) { out << simulate_line(r) << '\n'; }, true};
  std::int64_t number = 0;
  for (const auto& name : o.files) {
    std::ifstream file;
    if (name != "-") {
      file.open(name);
      if (!file) {
        err << "fairlead: can't read " << name
            << "; check the path and its permissions\n";
        return 2;
      }
    }
    std::istream& in = name == "-" ? std::cin : file;
    for (std::string line; std::getline(in, line);) {
      auto read = read_event_line(line, ++number, world.now());
      if (auto* c = std::get_if<clock_line>(&read))
        world.advance(c->to, true);
      else if (auto* r = std::get_if<raw_record>(&read))
        world.take(std::move(*r));
    }
  }
  world.advance(o.until.value_or(world.now() + runs_on), true);
  return 0;
}

} // namespace fairlead
