#pragma once

#include "messages/documents.hpp"
#include "messages/wire/field_reader.hpp"

#include <string>
#include <string_view>

namespace fairlead {

/// The team document; every fault goes to the reader's list, and then the
/// document is not to be used. `team` is the record's team.
[[nodiscard]] team_document read_team_document(const field_reader& r,
                                               const std::string& team);

/// The agent document, its phone still as text. An `agent_id` that can't be
/// used comes back empty.
[[nodiscard]] agent_document read_agent_document(const field_reader& r);

/// One of `fallback_numbers`, a phone or an object (R25). Its phone is read in
/// the region; where that is `as_it_came`, it is kept for later.
[[nodiscard]] fallback_entry read_fallback_entry(const field_reader& r,
                                                 const json_node& entry,
                                                 std::string_view region);
inline constexpr std::string_view as_it_came{};

} // namespace fairlead
