#pragma once

#include "actors/core/step/step.hpp"
#include "messages/inputs.hpp"

#include <string>
#include <vector>

namespace fairlead {

/// What is to be said of an event of a lead when it is assigned (R46, R13).
struct remarks {
  reading_notes notes;             /// of its fields, in the contract's order
  std::vector<std::string> agents; /// `unknown_agent` and the like
};

/// The lead keeps them until it is assigned: each once, the fields in the
/// contract's order. One that waits keeps those that it has, too. Of more than
/// R15's bound the last are left out.
void keep_remarks(visited_lead& lead, const remarks& r);

/// What could not be read, for the owner: `price not readable: '2.5 mio'`.
[[nodiscard]] std::vector<std::string> unread_of(const reading_notes& notes);

/// The same in brackets, to be put behind a text: empty, or it begins with a
/// blank.
[[nodiscard]] std::string in_brackets(const std::vector<std::string>& unread);

} // namespace fairlead
