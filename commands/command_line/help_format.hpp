#pragma once

namespace CLI {
class App;
}

namespace fairlead {

/// How `--help` looks: lines of at most 80 columns, one blank line between
/// groups, values named by what they are. For the subcommands that are added
/// afterwards as well.
void format_help(CLI::App& app);

} // namespace fairlead
