#pragma once

#include "messages/words.hpp"

#include <string>
#include <vector>

namespace fairlead {

/// One fault of an input: where it is (a JSON pointer into the CloudEvent, such
/// as `/data/lead_id`; empty: in the record as a whole) and what is wrong
/// there.
struct fault {
  std::string pointer;
  /// Goes on where the pointer ends, `is missing`; or it is a sentence of its
  /// own, which then ends with the pointer.
  std::string what;
  friend bool operator==(const fault&, const fault&) = default;
};

/// The verdict on one record that can't be processed.
struct dead_letter {
  dead_letter_reason reason = dead_letter_reason::internal_error;
  std::vector<fault> faults; /// at least one
};

/// For people; nothing reads them back: `/a is missing`, and
/// `/a is missing; /b must be a text`.
[[nodiscard]] std::string sentence(const fault& f);
[[nodiscard]] std::string sentence(const std::vector<fault>& faults);

} // namespace fairlead
