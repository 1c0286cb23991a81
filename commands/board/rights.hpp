#pragma once

#include "board/model.hpp"
#include "connectors/http/exchange.hpp"
#include "messages/records.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fairlead {

/// Who may do what over HTTP. A token file has one token, which may do all, or
/// a line of JSON for each:
///
///   {"token":"…","name":"olivia","role":"manager","team":"harbor"}
///
/// `operator`: all teams. `manager`: all of a team. `integrator`: the same, but
/// no pages. `agent` (`name` is the agent's id): their own leads, tasks and
/// toggles. What they send with the source `/board/…` names themselves: a page
/// says so who did it. Threads: any.
class rights {
public:
  static constexpr std::size_t sessions_max = 1'000;
  static constexpr std::chrono::hours session_kept{12};
  static constexpr const char* own_header = "x-fairlead-board";

  /// Whether the task, or its lead, is the agent's. Any thread.
  struct task {
    std::string team, agent, lead_id, task_id;
  };
  using task_holder = std::function<bool(const task&)>;

  /// Throws std::invalid_argument with what is wrong with the file. Without
  /// `holds` agents finish no tasks: whose they are is not known here.
  explicit rights(const std::string& token_file, task_holder holds = nullptr);

  /// One of the tokens: that the server knows that it asks for one.
  [[nodiscard]] const std::string& a_token() const {
    return tokens_.front().first;
  }

  /// By the token or, with the pages' own header, by the session's cookie;
  /// nothing: nobody.
  [[nodiscard]] std::optional<http::identity> identify(const http::request& q);

  /// Why somebody may not send that event; nothing: they may.
  [[nodiscard]] std::optional<std::string>
  refusal(const http::identity& who, const new_record& event) const;

  /// `POST /v1/session`: a token for a cookie.
  [[nodiscard]] std::vector<http::route> routes();

private:
  struct session {
    http::identity who;
    std::chrono::steady_clock::time_point until;
  };
  [[nodiscard]] std::optional<http::identity>
  holder_of(std::string_view token) const;
  http::response begin(const http::request& q);

  task_holder holds_;
  std::vector<std::pair<std::string, http::identity>> tokens_;
  std::mutex mutex_; // of sessions_
  std::map<std::string, session> sessions_;
};

/// `GET /v1/me`: who asks, and the source of what they do on a page.
[[nodiscard]] http::route who_asks();

/// Whose task it is, as the state has it. `of` outlives it.
[[nodiscard]] rights::task_holder holders_in(board::model& of);

/// As the HTTP server asks; `of` outlives it.
[[nodiscard]] inline std::function<
  std::optional<std::string>(const http::identity&, const new_record&)>
refuser(const rights& of) {
  return [&of](const http::identity& who, const new_record& event) {
    return of.refusal(who, event);
  };
}

/// The same.
[[nodiscard]] inline std::function<
  std::optional<http::identity>(const http::request&)>
identifier(rights& of) {
  return [&of](const http::request& q) { return of.identify(q); };
}

} // namespace fairlead
