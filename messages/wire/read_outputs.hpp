#pragma once

#include "messages/inputs.hpp"
#include "messages/outputs.hpp"
#include "messages/records.hpp"
#include "messages/wire/encode.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fairlead {

/// An output as it was read back from its topic: what encode() was given.
///
/// Another edition may have written it: members that this one does not know are
/// ignored, and optional ones that are not there are absent. Where the type, a
/// required member or a word is not what this edition knows, there is no body:
/// half an output would be told as something else than it is.
struct published_output {
  std::string type; /// of its CloudEvent
  std::string id, team, subject;
  std::string lead_id; /// empty: not about a lead
  output_owner owner;
  instant time;
  std::string causation_id;
  std::string traceparent; /// empty: none
  std::uint64_t sequence = 0;
  std::optional<position> cause; /// of a decision: the record that caused it,
  std::string timer;             /// or the timer

  std::optional<output_body> body;
  std::vector<fault> faults; /// why there is no body
};

/// Reads a value of one of the output topics. Nothing for another topic, for a
/// dead letter, and for what is not an event with data. Never throws for bad
/// bytes.
[[nodiscard]] std::optional<published_output>
read_output(topic on, const std::optional<std::string>& value);

/// The same for a raw_record or a new_record.
template <class Record>
[[nodiscard]] std::optional<published_output> read_output(const Record& r) {
  return read_output(r.on, r.value);
}

/// The call of an output, if its kind has one.
[[nodiscard]] std::optional<std::string> call_of(const output_body& body);

} // namespace fairlead
