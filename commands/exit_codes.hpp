#pragma once

#include <functional>
#include <iosfwd>
#include <stdexcept>
#include <string>
#include <vector>

namespace fairlead {

/// What the program ends with (docs/operating.md).
struct exit_code {
  static constexpr int fine = 0;
  static constexpr int failed = 1;        /// the check failed
  static constexpr int wrong_use = 2;     /// and the usage line was shown
  static constexpr int not_reachable = 3; /// no broker, no server
};

/// The command line asks for something that makes no sense; the sentence says
/// what would.
struct wrong_use : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

/// Several sentences as one text, each on a line.
[[nodiscard]] std::string lines_of(const std::vector<std::string>& sentences);

/// Runs a command and turns what it throws into lines on `err`, each with the
/// program's name, and the exit code: wrong_use and bad settings 2, nobody
/// answers 3, else 1.
int run_command(const std::function<int()>& command, std::ostream& err);

} // namespace fairlead
