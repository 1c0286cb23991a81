#pragma once

#include "messages/dead_letters.hpp"
#include "messages/inputs.hpp"
#include "messages/records.hpp"

#include <optional>
#include <string>
#include <variant>

namespace fairlead {

/// Bytes that a record's value may have, and its key and headers together
/// (R15).
inline constexpr std::size_t record_bytes_max = 256 * 1024;

/// Reads input events. An interface, so that a test can look at what is decoded
/// or have a reader that fails; the program has one, json_decoder().
/// Threads: `decode` may be called from any number of threads at once.
class decoder {
public:
  virtual ~decoder() = default;

  /// The event in a record (CloudEvents structured or binary), or why it is a
  /// dead letter, in the contract's order of checks. Never throws for bad
  /// input, whatever the bytes are.
  [[nodiscard]] virtual std::variant<input_event, dead_letter>
  decode(const raw_record& r) const = 0;
};

/// The decoder over a json_tree. Owned by the program.
[[nodiscard]] const decoder& json_decoder();

/// R15. Looked at before anything else: what is too large is not forwarded to
/// its partition, either (R47), where it might not fit with one more header.
[[nodiscard]] bool is_too_large(const raw_record& r);

/// The team of a record: its key, else `partitionkey`. What R47 looks at
/// before the value is parsed as a whole: cheap if there is a key. None: the
/// record has no team or can't be read that far (decode says which).
[[nodiscard]] std::optional<std::string> team_of(const raw_record& r);

} // namespace fairlead
