#pragma once

namespace fairlead {

/// The program: reads the arguments, runs the command that they name and
/// returns its exit code (exit_codes.hpp). Results and help go to stdout,
/// everything else to stderr.
int command_line(int argc, char** argv);

} // namespace fairlead
