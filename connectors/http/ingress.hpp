#pragma once

#include "messages/records.hpp"
#include "messages/wire/decode.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fairlead::http {

/// A request with events, as it came.
struct incoming {
  std::string content_type;
  /// `ce-` headers: lower-case names without the prefix.
  std::vector<std::pair<std::string, std::string>> attributes;
  std::string traceparent; /// empty: none
  std::string body;
};

/// One thing that is wrong with a request.
struct complaint {
  std::optional<std::size_t> index; /// of the event in a batch
  std::string reason;               /// R46's code
  std::string pointer;              /// JSON pointer into the event; or empty
  std::string detail;
};

/// What becomes of a request: records for the log, or why not.
struct ingested {
  int status = 202; /// or 400, 413, 415
  std::string detail{};
  std::vector<complaint> errors{};
  std::vector<new_record> records{};
};

/// Reads the three modes of the CloudEvents HTTP binding and checks every
/// event against the contract. All or nothing. Pure.
[[nodiscard]] ingested ingest(const incoming& in, const decoder& events);

} // namespace fairlead::http
