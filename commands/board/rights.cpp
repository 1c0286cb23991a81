#include "commands/board/rights.hpp"

#include "commands/board/sent_event.hpp"
#include "config/settings.hpp"
#include "connectors/http/problem.hpp"

#include <nlohmann/json.hpp>
#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>
#include <variant>

namespace fairlead {
namespace {

using clock = std::chrono::steady_clock;
using json = nlohmann::json;

constexpr std::string_view cookie_name = "fairlead_session";

bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size()
         && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string random_name() {
  std::array<unsigned char, 24> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
    throw std::runtime_error("There is no randomness for a session.");
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (auto b : bytes) {
    out += digits[b >> 4U];
    out += digits[b & 15U];
  }
  return out;
}

std::string cookie_in(const std::string& header) {
  std::string_view rest{header};
  while (!rest.empty()) {
    auto one = rest.substr(0, rest.find(';'));
    rest.remove_prefix(std::min(one.size() + 1, rest.size()));
    one.remove_prefix(std::min(one.find_first_not_of(' '), one.size()));
    if (one.starts_with(cookie_name) && one.size() > cookie_name.size()
        && one[cookie_name.size()] == '=')
      return std::string{one.substr(cookie_name.size() + 1)};
  }
  return {};
}

http::response answer(int status, const json& body) {
  return {.status = status,
          .type = "application/json",
          .body = body.dump(-1, ' ', false, json::error_handler_t::replace),
          .headers = {{"Cache-Control", "no-store"}},
          .stream = nullptr};
}

/// The source of what somebody does on a page: `/board/Olivia%20Marsh`.
std::string source_of(const std::string& name) {
  constexpr std::string_view plain = "-._~";
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out = "/board/";
  for (char c : name) {
    auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80
        && (std::isalnum(byte) != 0
            || plain.find(c) != std::string_view::npos)) {
      out += c;
      continue;
    }
    out += '%';
    out += digits[byte >> 4U];
    out += digits[byte & 15U];
  }
  return out;
}

json as_json(const http::identity& who) {
  return {{"name", who.name},
          {"role", who.role.empty() ? "operator" : who.role},
          {"team", who.team.empty() ? json{} : json(who.team)},
          {"source", who.name.empty() ? "/board" : source_of(who.name)}};
}

} // namespace

http::route who_asks() {
  return {.method = "GET",
          .pattern = "/v1/me",
          .parameters = {},
          .answer
          = [](const http::request& q) { return answer(200, as_json(q.who)); }};
}

rights::rights(const std::string& token_file, task_holder holds)
  : holds_{std::move(holds)} {
  std::ifstream in{token_file};
  if (in.peek() != '{') {
    tokens_.emplace_back(read_token(token_file), http::identity{});
    return;
  }
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  std::size_t from = 0;
  while (from < text.size()) {
    auto end = std::min(text.find('\n', from), text.size());
    auto line = text.substr(from, end - from);
    from = end + 1;
    if (line.find_first_not_of(" \t\r") == std::string::npos)
      continue;
    auto j = json::parse(line, nullptr, false);
    auto member = [&j](const char* name) {
      return j.is_object() && j.contains(name) && j[name].is_string()
               ? j[name].get<std::string>()
               : std::string{};
    };
    http::identity who{
      .name = member("name"), .role = member("role"), .team = member("team")};
    auto token = member("token");
    constexpr std::array<std::string_view, 4> roles{"operator", "manager",
                                                    "integrator", "agent"};
    if (token.size() < 8 || who.name.empty()
        || std::find(roles.begin(), roles.end(), who.role) == roles.end()
        || (who.role == "operator") != who.team.empty())
      throw std::invalid_argument(
        "Each line of the token file must be JSON with a token of 8 characters "
        "or more, a name, a role (operator, manager, integrator, agent) and, "
        "but for an operator, a team.");
    tokens_.emplace_back(std::move(token), std::move(who));
  }
}

std::optional<http::identity> rights::holder_of(std::string_view token) const {
  std::optional<http::identity> found;
  for (const auto& [known, who] : tokens_)
    if (same(known, token)) // all are looked at, so that time tells nothing
      found = who;
  return found;
}

std::optional<http::identity> rights::identify(const http::request& q) {
  constexpr std::string_view bearer = "Bearer ";
  std::optional<http::identity> found;
  const auto& authorization = q.header("authorization");
  if (authorization.starts_with(bearer)) {
    found = holder_of(std::string_view{authorization}.substr(bearer.size()));
  } else if (auto name = cookie_in(q.header("cookie"));
             !name.empty() && !q.header(own_header).empty()) {
    // A form of another site can send the cookie, but not the header.
    std::lock_guard guard{mutex_};
    auto it = sessions_.find(name);
    if (it != sessions_.end() && it->second.until > clock::now())
      found = it->second.who;
  }
  // Topics are of all teams.
  if (found && !found->team.empty()
      && (q.path.starts_with("/v1/topics/") || q.path == "/v1/stream"))
    return std::nullopt;
  return found;
}

std::optional<std::string> rights::refusal(const http::identity& who,
                                           const new_record& event) const {
  if (who.name.empty()) // the only token
    return std::nullopt;
  auto e = event_in(event);
  if (e && e->source.starts_with("/board") && e->source != source_of(who.name))
    return "What is done on the board names who did it: the source of this "
           "token is "
           + source_of(who.name) + ".";
  if (who.team.empty())
    return std::nullopt;
  if (!e || e->team != who.team)
    return "This token is of the team " + who.team + ".";
  if (who.role != "agent")
    return std::nullopt;
  if (const auto* b = std::get_if<agent_availability_changed>(&e->body))
    if (b->agent_id == who.name)
      return std::nullopt;
  if (const auto* b = std::get_if<task_completed>(&e->body)) {
    if (holds_ && holds_({e->team, who.name, b->lead_id, b->task_id}))
      return std::nullopt;
    return holds_ ? "This task is somebody else's, and so is its lead."
                  : "Whose task it is, the board knows: send it there.";
  }
  return "An agent may change what is their own: toggles, absence, tasks.";
}

std::vector<http::route> rights::routes() {
  std::vector<http::route> out;
  out.push_back({.method = "POST",
                 .pattern = "/v1/session",
                 .parameters = {},
                 .answer = [this](const http::request& q) { return begin(q); },
                 .of = http::guard::page});
  return out;
}

http::response rights::begin(const http::request& q) {
  auto j = json::parse(q.body, nullptr, false);
  auto token = j.is_object() && j.contains("token") && j["token"].is_string()
                 ? j["token"].get<std::string>()
                 : std::string{};
  auto who = holder_of(token);
  if (!who || who->role == "integrator" || q.header(own_header).empty())
    return {.status = 401,
            .type = http::problem_type,
            .body = http::problem_text(401, "This token opens no page."),
            .headers = {},
            .stream = nullptr};
  auto name = random_name();
  {
    std::lock_guard guard{mutex_};
    std::erase_if(sessions_,
                  [](const auto& s) { return s.second.until <= clock::now(); });
    if (sessions_.size() >= sessions_max)
      sessions_.erase(std::min_element(sessions_.begin(), sessions_.end(),
                                       [](const auto& a, const auto& b) {
                                         return a.second.until < b.second.until;
                                       }));
    sessions_[name] = {*who, clock::now() + session_kept};
  }
  auto a = answer(200, as_json(*who));
  a.headers.emplace_back("Set-Cookie",
                         std::string{cookie_name} + "=" + name
                           + "; HttpOnly; SameSite=Strict; Path=/");
  return a;
}

rights::task_holder holders_in(board::model& of) {
  return [&of](const rights::task& t) {
    bool holds = false;
    (void)of.with(t.team, [&](const board::model::view& v) {
      auto l = v.team.here.lead(t.lead_id);
      if (!l)
        return;
      holds = l->owner == t.agent
              || std::any_of(
                l->tasks.begin(), l->tasks.end(), [&t](const open_task& o) {
                  return o.task_id == t.task_id && o.assignee == t.agent;
                });
    });
    return holds;
  };
}

} // namespace fairlead
