#pragma once

#include "messages/dead_letters.hpp"

#include <iosfwd>
#include <string>
#include <vector>

namespace fairlead {

struct check_options {
  std::vector<std::string> files; /// `-`: standard input
};

/// `fairlead check`: team and agent documents (bare, or as events) and event
/// files (JSON lines, or an array) against the contract. Every fault is a line
/// `file:line: pointer what`; 1 if there are any. What is no fault but may not
/// be meant is a warning: what the lenient fields of an event lose (R46), and
/// the advice of commands/advice.
int check(const check_options& o, std::ostream& out, std::ostream& err);

/// One fault of an event or document.
struct found_fault {
  fault is;
  bool warning = false;
};

/// Checks one event, or a bare document, as JSON text. `region` reads phones.
[[nodiscard]] std::vector<found_fault> faults_of(const std::string& json,
                                                 const std::string& region);

} // namespace fairlead
