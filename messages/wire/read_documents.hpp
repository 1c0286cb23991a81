#pragma once

#include "messages/documents.hpp"
#include "messages/wire/field_reader.hpp"

#include <string>

namespace fairlead {

/// The team document; every fault goes to the reader's list, and then the
/// document is not to be used. `team` is the record's team.
[[nodiscard]] team_document read_team_document(const field_reader& r,
                                               const std::string& team);

/// The agent document, its phone still as text. An `agent_id` that can't be
/// used comes back empty.
[[nodiscard]] agent_document read_agent_document(const field_reader& r);

} // namespace fairlead
