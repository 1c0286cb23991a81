#include "commands/command_line/command_line.hpp"

#include "commands/command_line/help_format.hpp"
#include "commands/command_line/subcommands.hpp"
#include "commands/exit_codes.hpp"
#include "commands/version.hpp"
#include "connectors/log.hpp"

#include <CLI/CLI.hpp>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <iostream>
#include <string>

namespace fairlead {
namespace {

/// The line `Usage: fairlead run [OPTIONS]` of the command that was meant.
std::string usage_of(const CLI::App& app) {
  const auto* meant = &app;
  std::string path;
  for (auto parsed = app.get_subcommands(); !parsed.empty();
       parsed = meant->get_subcommands()) {
    path += (path.empty() ? "" : " ") + meant->get_name();
    meant = parsed.front();
  }
  auto help = meant->help(path);
  auto begin = help.find("Usage:");
  if (begin == std::string::npos)
    return {};
  auto line = help.substr(begin, help.find('\n', begin) - begin);
  // help() names the command that was meant, but not those before it.
  if (line.find("fairlead") == std::string::npos)
    line.replace(0, line.find_first_not_of(' ', 6), "Usage: fairlead ");
  return line;
}

/// The parser only says that a subcommand is missing; this names the word that
/// stands in its place.
std::string what_is_wrong(const CLI::App& app, const CLI::ParseError& e,
                          int argc, char** argv) {
  std::string what = e.what();
  if (what != "A subcommand is required")
    return what;
  std::string command = "fairlead";
  int next = 1;
  for (auto parsed = app.get_subcommands(); !parsed.empty();
       parsed = parsed.front()->get_subcommands(), ++next)
    command += " " + parsed.front()->get_name();
  auto hint = "; `" + command + " --help` lists all commands.";
  if (next < argc && argv[next][0] != '-')
    return "Unknown command \"" + std::string{argv[next]} + "\"" + hint;
  return "No command given" + hint;
}

/// A standard stream that is closed would be the number of the next file that
/// is opened, and what is meant for the terminal would be written into it.
void open_standard_streams() {
  for (int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(fd, F_GETFD) < 0 && errno == EBADF)
      (void)::open("/dev/null", O_RDWR); // takes the lowest number, which is fd
}

} // namespace

int command_line(int argc, char** argv) {
  open_standard_streams();
  std::ios::sync_with_stdio(false);
  CLI::App app{"Fairlead gives every sales lead an owner, rings the right "
               "person on a live call\nand turns every missed handoff into "
               "somebody's task.",
               "fairlead"};
  format_help(app);
  app.set_version_flag("--version", version_text(),
                       "Print version information and exit");
  app.require_subcommand(1);
  chosen_command chosen;
  add_subcommands(app, chosen);
  // Commands that are added later would show it, too.
  app.footer("`fairlead COMMAND --help` shows the options of a command.\n\n"
             "Exit codes: 0 success, 1 a check or the command failed, 2 wrong "
             "use,\n3 broker or service not reachable, 4 too old: retention "
             "has deleted it.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& e) { // --help, --version
    return app.exit(e);
  } catch (const CLI::ParseError& e) {
    std::cerr << "fairlead: " << what_is_wrong(app, e, argc, argv) << '\n'
              << usage_of(app) << '\n';
    return exit_code::wrong_use;
  }
  // Commands print their own errors; `run` and `demo` start the log themselves.
  start_log("off");
  auto code = run_command(chosen, std::cerr);
  if (code == exit_code::wrong_use)
    std::cerr << usage_of(app) << '\n';
  std::cout.flush();
  return code;
}

} // namespace fairlead
