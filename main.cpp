// The command line: what can be said, and which command it means.

#include <functional>
#include <iostream>
#include <string>

#include <CLI/CLI.hpp>

#include "commands/simulate.hpp"
#include "commands/version.hpp"

int main(int argc, char** argv) {
  using namespace fairlead;
  std::ios::sync_with_stdio(false);
  CLI::App app{"Fairlead gives every sales lead an owner, rings the right "
               "person on a live call and turns every missed handoff into "
               "somebody's task.",
               "fairlead"};
  app.set_version_flag("--version", version_text());
  app.require_subcommand(1);
  std::function<int()> chosen;

  simulate_options sim;
  std::string until;
  auto* simulate_command = app.add_subcommand(
    "simulate", "Run event files in virtual time and print what comes of them");
  simulate_command->add_option("files", sim.files, "Event files (JSON lines); "
                                                   "- is standard input")
    ->required();
  simulate_command->add_option("--until", until,
                               "Run on until this time (RFC 3339); default: 15 "
                               "minutes after the last line");
  simulate_command->callback([&] {
    chosen = [&] {
      if (!until.empty()) {
        sim.until = from_rfc3339(until);
        if (!sim.until) {
          std::cerr << "fairlead: --until wants a time like "
                       "2026-03-02T15:00:00Z\n";
          return 2;
        }
      }
      return simulate(sim, std::cout, std::cerr);
    };
  });

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 2;
  }
  return chosen();
}
