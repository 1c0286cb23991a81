#pragma once

#include <functional>
#include <iosfwd>
#include <stdexcept>

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

/// Runs a command and turns what it throws into one sentence on `err` and the
/// exit code: wrong_use and bad settings 2, nobody answers 3, else 1.
int run_command(const std::function<int()>& command, std::ostream& err);

} // namespace fairlead
