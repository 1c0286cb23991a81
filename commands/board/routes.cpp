#include "commands/board/routes.hpp"

#include "board/queries.hpp"
#include "commands/board/live_views.hpp"
#include "commands/board/rights.hpp"
#include "connectors/http/problem.hpp"
#include "connectors/http/router.hpp"
#include "web/files.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace fairlead {
namespace {

using board::json;
using board::model;
using namespace std::chrono_literals;

constexpr const char* teams_prefix = "/v1/teams/";
/// What is wrong with a request.
struct refusal {
  int status;
  std::string detail;
};

http::response refused(const refusal& r) {
  return {.status = r.status,
          .type = http::problem_type,
          .body = http::problem_text(r.status, r.detail),
          .headers = {},
          .stream = nullptr};
}

std::string text(const json& j) {
  return j.dump(-1, ' ', false, json::error_handler_t::replace);
}

http::response found(std::string body, std::string type = "application/json") {
  return {.status = 200,
          .type = std::move(type),
          .body = std::move(body),
          .headers = {{"Cache-Control", "no-store"}},
          .stream = nullptr};
}

// -- parameters ---------------------------------------------------------------

std::string param(const http::request& q, const char* name) {
  return q.param(name).value_or("");
}

std::uint64_t number(const http::request& q, const char* name,
                     std::uint64_t otherwise, std::uint64_t max) {
  auto given = q.param(name);
  if (!given)
    return otherwise;
  std::uint64_t n = 0;
  auto [end, ec]
    = std::from_chars(given->data(), given->data() + given->size(), n);
  if (ec != std::errc{} || end != given->data() + given->size() || n > max)
    throw refusal{400, std::string{"`"} + name + "` must be a number from 0 to "
                         + std::to_string(max) + "."};
  return n;
}

std::string one_of(const http::request& q, const char* name,
                   std::initializer_list<const char*> words) {
  auto given = param(q, name);
  if (given.empty()
      || std::find(words.begin(), words.end(), given) != words.end())
    return given;
  std::string all;
  for (const auto* w : words)
    all += (all.empty() ? "" : ", ") + std::string{w};
  throw refusal{400, std::string{"`"} + name + "` must be one of " + all + "."};
}

board::span span_of(const http::request& q) {
  auto time = [&q](const char* name) -> std::optional<instant> {
    auto given = q.param(name);
    if (!given)
      return std::nullopt;
    auto t = from_rfc3339(*given);
    if (!t)
      t = from_rfc3339(*given + "T00:00:00Z");
    if (!t)
      throw refusal{400, std::string{"`"} + name
                           + "` must be a date or a time, as "
                             "2026-03-02T15:00:00Z."};
    return t;
  };
  return {.from = time("from"), .to = time("to")};
}

// -- questions to a team ------------------------------------------------------

/// One question: the path behind the team, its parameters, and the answer;
/// null: there is no such thing.
struct question {
  const char* path;
  std::vector<std::string> parameters;
  std::function<json(const model::view&, const http::request&)> ask;
};

std::vector<question> questions() {
  using q = http::request;
  using v = model::view;
  return {
    {"now", {}, [](const v& t, const q&) { return board::now(t); }},
    {"owner",
     {"phone", "email", "lead"},
     [](const v& t, const q& r) {
       auto given = r.query.size();
       if (given != 1)
         throw refusal{400, "Give one of `phone`, `email` and `lead`."};
       return board::owner(t, {.phone = param(r, "phone"),
                               .email = param(r, "email"),
                               .lead = param(r, "lead")});
     }},
    {"leads",
     {"state", "owner", "q", "after", "limit"},
     [](const v& t, const q& r) {
       return board::leads(
         t, {.state = one_of(r, "state", {"waiting", "open", "closed"}),
             .owner = param(r, "owner"),
             .q = param(r, "q"),
             .after = param(r, "after"),
             .limit = number(r, "limit", 50, board::page_max)});
     }},
    {"leads/{id}",
     {},
     [](const v& t, const q& r) { return board::lead(t, r.place("id")); }},
    {"leads/{id}/all",
     {},
     [](const v& t, const q& r) { return board::lead_page(t, r.place("id")); }},
    {"needs", {}, [](const v& t, const q&) { return board::needs(t); }},
    {"leads/{id}/timeline",
     {"before"},
     [](const v& t, const q& r) {
       return board::timeline(t, board::recent::about::lead, r.place("id"),
                              number(r, "before", 0, 1ULL << 53));
     }},
    {"calls/{id}/timeline",
     {"before"},
     [](const v& t, const q& r) {
       return board::timeline(t, board::recent::about::call, r.place("id"),
                              number(r, "before", 0, 1ULL << 53));
     }},
    {"why/{id}",
     {"agent"},
     [](const v& t, const q& r) {
       return board::why(t, r.place("id"), param(r, "agent"));
     }},
    {"agents", {}, [](const v& t, const q&) { return board::agents(t); }},
    {"agents/{id}",
     {},
     [](const v& t, const q& r) { return board::agent(t, r.place("id")); }},
    {"agents/{id}/day",
     {},
     [](const v& t, const q& r) { return board::my_day(t, r.place("id")); }},
    {"pools", {}, [](const v& t, const q&) { return board::pools(t); }},
    {"pools/{id}",
     {},
     [](const v& t, const q& r) { return board::pool(t, r.place("id")); }},
    {"calls",
     {"live"},
     [](const v& t, const q& r) {
       one_of(r, "live", {"true"});
       return board::live_calls(t);
     }},
    {"transfers",
     {"result", "from", "to"},
     [](const v& t, const q& r) {
       return board::transfers(
         t, one_of(r, "result", {"missed", "connected", "open"}), span_of(r));
     }},
    {"tasks",
     {"state", "assignee"},
     [](const v& t, const q& r) {
       return board::tasks(t, {.state = one_of(r, "state", {"open", "overdue"}),
                               .assignee = param(r, "assignee")});
     }},
    {"report",
     {"from", "to", "by"},
     [](const v& t, const q& r) {
       one_of(r, "by", {"agent", "pool", "rule", "source", "hour", "weekday"});
       return board::report(t, span_of(r));
     }},
    {"rules", {}, [](const v& t, const q&) { return board::rules(t); }},
    {"effect", {"source", "id"}, [](const v& t, const q& r) {
       return board::effect(t, param(r, "source"), param(r, "id"));
     }}};
}

void check_team(const http::request& q, const std::string& team) {
  if (!q.who.team.empty() && q.who.team != team)
    throw refusal{404, "There is no team " + team + "."};
}

/// An agent sees what is their own: their page, leads and tasks, and decisions
/// that they were looked at for. Changes the question where it is wider.
http::request as_asked_by(const question& what, const http::request& q) {
  auto mine = q;
  if (q.who.role != "agent")
    return mine;
  std::string_view path{what.path};
  auto only = [&](const char* name) {
    std::erase_if(mine.query, [&](const auto& p) { return p.first == name; });
    mine.query.emplace_back(name, q.who.name);
  };
  if (path == "leads")
    only("owner");
  else if (path == "tasks")
    only("assignee");
  else if (path.starts_with("agents/{id}")
             ? q.place("id") != q.who.name
             : path != "needs" && !path.starts_with("leads/")
                 && path != "why/{id}" && path != "effect")
    throw refusal{403, "An agent sees what is their own."};
  return mine;
}

/// The same of what was found; phones of others stand in events.
void check_answer(const question& what, const http::request& q,
                  const model::view& v, json& found) {
  if (q.who.role != "agent")
    return;
  std::string_view path{what.path};
  if (path.starts_with("leads/") || path == "why/{id}") {
    auto l = v.team.here.lead(q.place("id"));
    auto own = l && l->owner == q.who.name;
    if (path == "why/{id}")
      for (const auto& d : found["decisions"])
        for (const auto& c : d["candidates"])
          own = own || c["agent_id"] == q.who.name;
    if (!own)
      throw refusal{403, "An agent sees what is their own."};
  }
  auto strip = [](json& rows) {
    for (auto& e : rows)
      e.erase("event");
  };
  if (found.contains("timeline"))
    strip(found["timeline"]["events"]);
  if (found.contains("events"))
    strip(found["events"]);
}

/// Asks, and says as of when the answer holds.
json answer(model& of, const std::string& team, const question& what,
            const http::request& q) {
  check_team(q, team);
  json out;
  auto there = of.with(team, [&](const model::view& v) {
    out = what.ask(v, as_asked_by(what, q));
    if (out.is_null())
      throw refusal{404, "There is nothing at " + q.path + "."};
    check_answer(what, q, v, out);
    out["as_of"] = to_rfc3339(v.team.here.view().counters().now);
    out["now"] = to_rfc3339(v.now);
    out["lag_s"] = static_cast<double>(v.all.behind().count()) / 1000;
  });
  if (!there)
    throw refusal{404, "There is no team " + team + "."};
  return out;
}

template <class F>
http::response guarded(F f) {
  try {
    return f();
  } catch (const refusal& r) {
    return refused(r);
  }
}

// -- live views ---------------------------------------------------------------

/// What is watched, by whom: agents see what is their own.
std::string name_of_view(const std::string& team, const http::request& inner) {
  auto name = team + '\x1f' + inner.path;
  for (const auto& [key, value] : inner.query)
    name += '\x1f' + key + '=' + value;
  return name + '\x1e' + inner.who.role
         + (inner.who.role == "agent" ? '\x1f' + inner.who.name : "");
}

/// The question behind `stream?view=leads/h-01`.
std::pair<question, http::request> viewed(const http::request& q,
                                          const std::vector<question>& all) {
  auto to = http::target_of("/" + param(q, "view"));
  std::vector<http::route> routes;
  routes.reserve(all.size());
  for (const auto& x : all)
    routes.push_back({.method = "GET",
                      .pattern = std::string{"/"} + x.path,
                      .parameters = x.parameters,
                      .answer = {}});
  http::router paths{std::move(routes)};
  auto m = paths.find("GET", to.path);
  if (m.is == nullptr || !to.valid)
    throw refusal{400, "`view` must be a path behind the team, as "
                       "`now` or `leads/l-1`."};
  auto what = std::find_if(all.begin(), all.end(), [&m](const question& x) {
    return m.is->pattern.substr(1) == x.path;
  });
  if (auto why = http::router::unknown(*m.is, to.query); !why.empty())
    throw refusal{400, why};
  http::request inner;
  inner.method = "GET";
  inner.path = to.path;
  inner.places = m.places;
  inner.query = to.query;
  inner.who = q.who;
  return {*what, std::move(inner)};
}

// -- pages --------------------------------------------------------------------

http::response page(const web::file& f) {
  return {.status = 200,
          .type = std::string{f.type},
          .body = std::string{f.text},
          .headers
          = {{"Content-Security-Policy",
              "default-src 'none'; script-src 'self'; style-src 'self'; "
              "connect-src 'self'; img-src 'self' data:; base-uri 'none'; "
              "form-action 'none'; frame-ancestors 'none'"},
             {"X-Content-Type-Options", "nosniff"},
             {"Referrer-Policy", "no-referrer"},
             {"Cache-Control", "no-cache"}},
          .stream = nullptr};
}

http::route page_at(std::string pattern, const web::file& f) {
  return {.method = "GET",
          .pattern = std::move(pattern),
          .parameters = {},
          .answer = [&f](const http::request&) { return page(f); },
          .of = http::guard::page};
}

} // namespace

std::vector<http::route> board_routes(model& of) {
  std::vector<http::route> out;
  auto get = [&out](std::string pattern, std::vector<std::string> parameters,
                    http::handler h) {
    out.push_back({.method = "GET",
                   .pattern = std::move(pattern),
                   .parameters = std::move(parameters),
                   .answer = std::move(h)});
  };
  auto all = questions();
  for (const auto& x : all)
    get(std::string{teams_prefix} + "{team}/" + x.path, x.parameters,
        [&of, x](const http::request& q) {
          return guarded([&]() -> http::response {
            if (std::string_view{x.path} == "report"
                && q.header("accept").starts_with("text/csv")) {
              check_team(q, q.place("team"));
              if (q.who.role == "agent")
                throw refusal{403, "An agent sees what is their own."};
              std::string csv;
              (void)of.with(q.place("team"), [&](const model::view& v) {
                csv = board::report_csv(v, span_of(q), param(q, "by"));
              });
              return found(csv, "text/csv; charset=utf-8");
            }
            return found(text(answer(of, q.place("team"), x, q)));
          });
        });
  get(
    std::string{teams_prefix} + "{team}/stream", {"view"},
    [&of, all, views = std::make_shared<live_views>()](const http::request& q) {
      return guarded([&]() -> http::response {
        check_team(q, q.place("team"));
        auto [what, inner] = viewed(q, all);
        http::response r;
        r.type = "text/event-stream";
        r.headers = {{"Cache-Control", "no-store"}};
        r.stream = views->open(
          name_of_view(q.place("team"), inner),
          [&of, team = q.place("team")] {
            return of.wait_changed(team, 0, 0ms);
          },
          [&of, team = q.place("team"), what = what, inner = inner] {
            try {
              return answer(of, team, what, inner);
            } catch (const refusal& no) {
              return json{{"gone", no.detail}};
            }
          });
        return r;
      });
    });
  out.push_back(who_asks());
  get("/v1/teams", {}, [&of](const http::request& q) {
    auto teams = board::teams(of);
    if (!q.who.team.empty()) {
      auto& list = teams["teams"];
      list.erase(std::remove_if(
                   list.begin(), list.end(),
                   [&q](const json& t) { return t["team_id"] != q.who.team; }),
                 list.end());
    }
    return found(text(teams));
  });
  get("/v1/system", {}, [&of](const http::request& q) {
    return guarded([&]() -> http::response {
      if (!q.who.team.empty())
        throw refusal{404, "There is nothing at /v1/system."};
      json all_of_it;
      of.locked([&] { all_of_it = board::system(of); });
      return found(text(all_of_it));
    });
  });
  for (const auto& f : web::files()) {
    if (f.name == "index.html")
      out.push_back(page_at("/", f));
    else if (f.name == "openapi.json")
      out.push_back(page_at("/v1/openapi.json", f));
    else
      out.push_back(page_at("/web/" + std::string{f.name}, f));
  }
  return out;
}

} // namespace fairlead
