#pragma once

#include "connectors/history.hpp"

#include <string>
#include <string_view>

namespace fairlead::http {

/// Appends a JSON string; bytes that are not UTF-8 become U+FFFD.
void append_text(std::string& out, std::string_view text);

/// Appends a record as the JSON object of a page (README.md): an event stands
/// as it was written; what is not JSON, as text or base64.
void append_record(std::string& out, const raw_record& r);

/// Appends a record as a server-sent event; its id is the place.
void append_server_sent(std::string& out, const placed_record& r);

} // namespace fairlead::http
