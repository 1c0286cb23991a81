#pragma once

#include <functional>
#include <iosfwd>
#include <stdexcept>
#include <string>
#include <vector>

namespace fairlead {

/// The exit codes of the program (docs/operating.md).
struct exit_code {
  static constexpr int fine = 0;
  static constexpr int failed = 1;    /// a check or the command itself failed
  static constexpr int wrong_use = 2; /// the usage line is shown as well
  static constexpr int not_reachable = 3; /// no broker, no server
  static constexpr int incomplete = 4; /// retention has deleted what it takes
};

/// The command line asks for something that can't be done; the sentence says
/// what can.
struct wrong_use : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

/// Several sentences as one text, one per line.
[[nodiscard]] std::string lines_of(const std::vector<std::string>& sentences);

/// Runs a command. What it throws becomes lines on `err`, each after the
/// program's name, and the exit code: 2 for wrong use and wrong settings, 3 if
/// the broker or the server can't be reached, else 1.
int run_command(const std::function<int()>& command, std::ostream& err);

} // namespace fairlead
