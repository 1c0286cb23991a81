#pragma once

#include "config/settings.hpp"

#include <iosfwd>

namespace fairlead {

struct board_options {
  settings config;
};

/// `fairlead board`: the board on Kafka as a process of its own, until SIGINT
/// or SIGTERM. It is in no group and moves no offsets; with `data` it keeps its
/// history there, else nothing. Call it before any thread starts, as run().
/// Throws what run_command() understands.
int run_board(const board_options& o, std::ostream& out);

} // namespace fairlead
