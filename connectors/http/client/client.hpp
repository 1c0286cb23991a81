#pragma once

#include "connectors/streams.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace fairlead {

/// Where another instance listens, as a client names it.
struct http_place {
  std::string url;   /// http://127.0.0.1:8080
  std::string token; /// bearer token; empty: none
  std::string team;  /// of the records that are read; empty: all
};

/// Nobody answers there; the sentence names the address.
struct http_not_reachable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The answer was a refusal (a token, an address, a topic); the sentence is
/// the server's own.
struct http_refused : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Posts events as CloudEvents batches. `why` of a failed append names the
/// event by its place in `records` and the JSON pointer. Throws
/// http_not_reachable.
[[nodiscard]] std::unique_ptr<event_sink> http_sink(const http_place& at);

/// Reads pages from the beginning to what is there and beyond, polling. Knows
/// when it is caught up. Throws http_not_reachable, http_refused.
[[nodiscard]] std::unique_ptr<topic_reader>
http_pages(const http_place& at, const std::vector<topic>& topics);

/// Follows the event stream, from the beginning or from now on, and connects
/// again where it was when the connection breaks. Never caught up: a stream
/// has no end. Records have no offsets. Throws as above, at the start.
[[nodiscard]] std::unique_ptr<topic_reader>
http_stream(const http_place& at, const std::vector<topic>& topics,
            bool from_beginning);

/// One GET, for health and pages. Nothing: nobody answers.
struct http_answer {
  int status = 0;
  std::string body;
};
[[nodiscard]] std::optional<http_answer> http_get(const http_place& at,
                                                  const std::string& path);

} // namespace fairlead
