#pragma once

#include "connectors/streams.hpp"

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace fairlead::http {

/// Another instance, as a client of it sees it.
struct instance {
  std::string url;   /// http://127.0.0.1:8080
  std::string token; /// bearer token; empty: none
  std::string team;  /// of the records that are read; empty: all
};

/// Nothing answers there; the sentence names the address.
struct not_reachable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The answer was a refusal (a token, an address, a topic); the sentence is the
/// server's own.
struct refused : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Posts events as CloudEvents batches. `why` of a failed append names the
/// event by its place in `records` and the JSON pointer. Throws
/// not_reachable.
[[nodiscard]] std::unique_ptr<event_sink> open_sink(const instance& other);

/// Reads pages from the beginning, and goes on polling at the end. Knows when
/// it is caught up. Throws not_reachable, refused.
[[nodiscard]] std::unique_ptr<topic_reader>
open_pages(const instance& other, const std::vector<topic>& topics);

/// Follows the event stream, from the beginning or from now on, and connects
/// again where it was when the connection breaks. Never caught up: a stream
/// has no end. Records have no offsets. Throws as above, at the start.
[[nodiscard]] std::unique_ptr<topic_reader>
open_stream(const instance& other, const std::vector<topic>& topics,
            read_start from);

/// The answer to one GET.
struct reply {
  int status = 0;
  std::string body;
};
/// Nothing if nobody answers.
[[nodiscard]] std::optional<reply> get(const instance& other,
                                       const std::string& path);

} // namespace fairlead::http
