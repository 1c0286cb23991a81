#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace fairlead {

/// How two texts are compared (R53): NFKD, full case folding, without U+0300
/// to U+036F and format characters (Cf), each run of white space as one blank,
/// none at the ends. The text must be UTF-8. A text of plain ASCII, the usual
/// one, costs one pass.
[[nodiscard]] std::string folded(std::string_view text);

/// Without format characters (Cf): soft hyphens, zero-width blanks, marks of
/// writing direction.
[[nodiscard]] std::string without_format_characters(std::string_view text);

/// Without white space (Unicode's White_Space) at both ends.
[[nodiscard]] std::string_view trimmed(std::string_view text);

/// In lower case, character by character.
[[nodiscard]] std::string lower_case(std::string_view text);

/// True if the text has a character of Unicode's White_Space.
[[nodiscard]] bool has_white_space(std::string_view text);

/// Unicode's White_Space and currency signs (Sc), by code point.
[[nodiscard]] bool is_white_space(std::int32_t code_point);
[[nodiscard]] bool is_currency_sign(std::int32_t code_point);

/// The edition of Unicode whose tables these functions use.
[[nodiscard]] std::string unicode_version();

/// Takes the first character off a UTF-8 text; U+FFFD for a byte that is none.
[[nodiscard]] std::int32_t next_code_point(std::string_view& text);

} // namespace fairlead
