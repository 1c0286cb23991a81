#pragma once

#include "messages/records.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::http {

// The inverse of `pages`: turns what another instance shows into records again.
// An event is cut out of the text, so it stays as it was written, and nothing
// here recurses, however deep it is. Pure.

/// A page of another instance.
struct records_page {
  std::vector<raw_record> records;
  std::int64_t next = 0; /// what to ask for as `after`
};

/// Nothing if the text is not a page.
[[nodiscard]] std::optional<records_page> read_page(std::string_view text);

/// One server-sent event; it has no offset. Nothing if it is not a record.
[[nodiscard]] std::optional<raw_record> read_server_sent(std::string_view type,
                                                         std::string data);

/// What a problem document says, as visible text; if it is not one, the status.
[[nodiscard]] std::string detail_of(int status, std::string_view body);

} // namespace fairlead::http
