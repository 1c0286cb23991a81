#include "commands/board/rules_trial.hpp"

#include "commands/check.hpp"
#include "commands/what_if/comparison.hpp"
#include "connectors/http/problem.hpp"
#include "messages/dead_letters.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <stdexcept>
#include <utility>

namespace fairlead {
namespace {

using json = nlohmann::ordered_json;
using clock = std::chrono::steady_clock;

struct refused {
  int status;
  std::string detail;
  std::vector<http::complaint> errors{};
};

std::string text_of(const json& j) {
  return j.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// The documents of the body, each checked; pointers begin in the body.
class reading {
public:
  explicit reading(const std::string& team) { q_.team = team; }

  what_if::question read(const std::string& body) {
    auto j = json::parse(body, nullptr, false);
    if (!j.is_object())
      throw refused{400, "The body must be a JSON object with a `document`, "
                         "`agents`, or both."};
    for (const auto& [name, unused] : j.items())
      if (name != "document" && name != "agents" && name != "from"
          && name != "to")
        fault("/" + name, "is not known; there are document, agents, from and "
                          "to");
    if (j.contains("document") && !j["document"].is_null())
      document(j["document"]);
    if (j.contains("agents"))
      agents(j["agents"]);
    q_.from = text(j, "from");
    q_.to = text(j, "to");
    if (errors_.empty() && !q_.document && q_.agents.empty())
      throw refused{400, "Neither a document nor an agent is there to be "
                         "tried."};
    if (!errors_.empty())
      throw refused{400,
                    errors_.size() == 1 ? errors_.front().detail
                                        : std::to_string(errors_.size())
                                            + " faults; nothing was tried.",
                    std::move(errors_)};
    return std::move(q_);
  }

private:
  void fault(const std::string& pointer, const std::string& what) {
    errors_.push_back(
      {std::nullopt, "invalid_document", pointer, sentence({pointer, what})});
  }

  void check(const json& d, const std::string& at) {
    for (const auto& f : faults_of(text_of(d), region_))
      if (!f.warning)
        fault(at + f.is.pointer, f.is.what);
  }

  void document(const json& d) {
    if (!d.is_object() || !d.contains("team_id"))
      return fault("/document", "must be a team document with a team_id");
    check(d, "/document");
    if (d.contains("region") && d["region"].is_string())
      region_ = d["region"].get<std::string>();
    if (d["team_id"] != q_.team)
      fault("/document/team_id", "must be " + q_.team);
    q_.document = text_of(d);
  }

  void agents(const json& all) {
    if (!all.is_array())
      return fault("/agents", "must be a list of agent documents");
    std::size_t n = 0;
    for (const auto& d : all) {
      auto at = "/agents/" + std::to_string(n++);
      if (!d.is_object() || !d.contains("agent_id")
          || !d["agent_id"].is_string()) {
        fault(at, "must be an agent document with an agent_id");
        continue;
      }
      check(d, at);
      q_.agents[d["agent_id"].get<std::string>()] = text_of(d);
    }
  }

  std::string text(const json& j, const char* name) {
    if (!j.contains(name) || j[name].is_null())
      return {};
    if (j[name].is_string())
      return j[name].get<std::string>();
    fault(std::string{"/"} + name, "must be a date or a time");
    return {};
  }

  what_if::question q_;
  std::string region_ = "US";
  std::vector<http::complaint> errors_;
};

} // namespace

http::route rules_trial::route() {
  return {.method = "POST",
          .pattern = "/v1/teams/{team}/what-if",
          .parameters = {},
          .answer = [this](const http::request& q) {
            try {
              return answer(q);
            } catch (const refused& r) {
              return http::answer(
                r.status, http::problem_text(r.status, r.detail, r.errors),
                http::problem_type);
            }
          }};
}

http::response rules_trial::answer(const http::request& q) {
  auto team = q.place("team");
  if (!q.who.team.empty() && q.who.team != team)
    throw refused{404, "There is no team " + team + "."};
  if (!q.who.role.empty() && q.who.role != "operator"
      && q.who.role != "manager")
    throw refused{403, "Rules are tried by managers and operators."};
  auto asked = reading{team}.read(q.body);
  std::unique_lock one{trying_, std::try_to_lock};
  if (!one)
    throw refused{503, "Other rules are being tried at the moment; try again "
                       "in a few seconds."};
  auto until = clock::now() + limits_.within;
  what_if::bounds bounds{.records_max = limits_.records_max,
                         .bytes_max = limits_.bytes_max,
                         .go_on = [&] {
                           return clock::now() < until
                                  && (!q.awaited || q.awaited());
                         }};
  constexpr const char* further = " The command `fairlead what-if` looks at "
                                  "more.";
  try {
    auto r = http::answer(200, text_of(what_if::ask(asked, source_, bounds)));
    r.headers.emplace_back("Cache-Control", "no-store");
    return r;
  } catch (const what_if::broken_off&) {
    throw refused{503, "It was not done in "
                         + std::to_string(limits_.within.count()) + " s."
                         + further};
  } catch (const what_if::too_much& e) {
    throw refused{503, e.what() + std::string{further}};
  } catch (const std::invalid_argument& e) {
    throw refused{400, e.what()};
  }
}

} // namespace fairlead
