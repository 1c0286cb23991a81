#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fairlead::http {

// A request and its answer, and how a path is given to the server: a `route`.
// Nothing here knows a socket.

using text_pairs = std::vector<std::pair<std::string, std::string>>;

/// Who asks, as the token says.
struct identity {
  std::string name{}; /// of the token; empty: the only one, or none is needed
  std::string role{}; /// empty: may do all
  std::string team{}; /// empty: all teams
};

/// A request, whole.
struct request {
  std::string method; /// as it came; `HEAD` comes to a route as `GET`
  std::string path;   /// as it came, without the query
  text_pairs places;  /// what stands for `{name}` in the pattern, decoded
  text_pairs query;   /// decoded, in order
  text_pairs headers; /// names in lower case; values as they came
  std::string body;   /// decompressed
  identity who;
  std::chrono::steady_clock::time_point arrived; /// the last byte of it
  /// False once nobody waits for the answer: the client is gone, or the server
  /// is stopping. A handler that takes long must look.
  std::function<bool()> awaited;

  /// Empty if there is none; the first if there are several.
  [[nodiscard]] const std::string& place(std::string_view name) const;
  [[nodiscard]] const std::string& header(std::string_view lower_case) const;
  /// Nothing if it was not given.
  [[nodiscard]] std::optional<std::string> param(std::string_view name) const;
};

/// What the client of an event stream gets after what it has: one is made for
/// each client, and dies when it leaves.
class stream_source {
public:
  struct piece {
    std::string bytes; /// whole server-sent events, about 64 KiB at most
    bool more = false; /// there is more at once
    bool ended = false;
  };

  virtual ~stream_source() = default;

  /// What comes next; empty if nothing has happened. Called when the client has
  /// taken the piece before, and after `server::changed()`: never twice at a
  /// time, from a few threads that all streams share. It may read a disk, but
  /// must not wait for anything to happen. Throws: the stream ends.
  virtual piece next() = 0;

  /// Where a client goes on that has got every piece so far: the `id` of its
  /// last event. Not called during next().
  [[nodiscard]] virtual std::string position() const = 0;
};

/// An answer: a text or a stream.
struct response {
  int status = 200;
  std::string type = "application/json";
  std::string body{};
  text_pairs headers{}; /// besides the type, the length and the connection's
  std::unique_ptr<stream_source> stream{}; /// then `body` is not sent
};

/// Called from a worker thread; may wait for a disk or a broker. What it throws
/// becomes a 503 with its sentence.
using handler = std::function<response(const request&)>;

/// Whom a route answers.
enum class guard {
  probe, /// anybody, and before others: health
  page,  /// anybody that names this machine, or has come by a real name (421)
  token, /// those that `identify` knows (401)
};

/// A path that the server answers. What a route does not say is refused before
/// its handler is called: other methods (405), parameters (400).
struct route {
  std::string method;  /// "GET" answers HEAD, too; "POST" takes a body
  std::string pattern; /// "/v1/teams/{team}/owner": a whole step for a name
  std::vector<std::string> parameters; /// of the query, that it knows
  handler answer;
  guard of = guard::token;
};

/// Names of headers and what they list have no case. ASCII.
[[nodiscard]] std::string lower(std::string_view s);

} // namespace fairlead::http
