#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fairlead {

/// A phone in one of the forms that nearly everybody types, in E.164, without
/// asking libphonenumber, which costs some 30 us: digits with blanks, hyphens,
/// dots and brackets among them, in full length, of a country whose numbers
/// are simple (`+1 512 555 0100`, `(512) 555-0100` in the US, `020 7946 0958`
/// in GB). Nothing: the library has to look, and may still find a phone.
///
/// What it answers is what the library answers:
/// tests/unit/messages/reading/quick_phone_test.cpp compares them. Pure; safe
/// from any thread.
[[nodiscard]] std::optional<std::string> quick_phone(std::string_view text,
                                                     std::string_view region);

} // namespace fairlead
