#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace fairlead {

/// The command that was chosen, to be run when the whole line has been read.
/// Returns the exit code.
using chosen_command = std::function<int()>;

/// Adds every command with its options; parsing sets `chosen`.
void add_subcommands(CLI::App& app, chosen_command& chosen);

} // namespace fairlead
