#pragma once

#include "board/model.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

/// What the board answers, as JSON: each a question to one team. README.md
/// shows them. Called inside model::with().
namespace fairlead::board {

using json = nlohmann::ordered_json;

/// Entries of a list, and how many leads one look goes through.
inline constexpr std::size_t page_max = 200;
inline constexpr std::size_t scan_max = 20'000;

// -- who owns somebody --------------------------------------------------------

/// By what a lead is looked up: one of them.
struct sought {
  std::string phone, email, lead;
};
[[nodiscard]] json owner(const model::view& v, const sought& s);

// -- leads --------------------------------------------------------------------

struct lead_filter {
  std::string state; /// waiting, open, closed; empty: all
  std::string owner;
  std::string q;     /// a piece of an id, a name, a phone or an e-mail
  std::string after; /// the `next` of another page
  std::size_t limit = 50;
};
[[nodiscard]] json leads(const model::view& v, const lead_filter& f);
/// Null: there is no such lead.
[[nodiscard]] json lead(const model::view& v, const std::string& id);
/// The lead, its timeline, and to whom it could be given.
[[nodiscard]] json lead_page(const model::view& v, const std::string& id);
[[nodiscard]] json timeline(const model::view& v, recent::about what,
                            const std::string& id, std::uint64_t before);
/// The calls of a lead that are still known, the latest first: each leg that
/// rang, from when until when, and how that ended.
[[nodiscard]] json cascades(const model::view& v, const std::string& lead);
/// One record in words; null: nothing can be said of it.
[[nodiscard]] json event_row(const model::view& v, const recent::numbered& n);
/// The latest first.
void sort_by_time(json& rows);
/// The decisions about a lead or a call; with an agent: why not them?
[[nodiscard]] json why(const model::view& v, const std::string& id,
                       const std::string& agent);
/// A few words of a lead: as lists have it.
[[nodiscard]] json lead_row(const model::view& v, const std::string& id,
                            const lead_state& l);

// -- now ----------------------------------------------------------------------

/// Everything that the page Now shows.
[[nodiscard]] json now(const model::view& v);
[[nodiscard]] json agents(const model::view& v);
/// Null: there is no such agent, or pool.
[[nodiscard]] json agent(const model::view& v, const std::string& id);
[[nodiscard]] json pools(const model::view& v);
[[nodiscard]] json pool(const model::view& v, const std::string& id);
[[nodiscard]] json live_calls(const model::view& v);
struct task_filter {
  std::string state; /// open, overdue
  std::string assignee;
};
[[nodiscard]] json tasks(const model::view& v, const task_filter& f);
/// What an agent is to do next.
[[nodiscard]] json my_day(const model::view& v, const std::string& agent);
/// How many need somebody: what stands beside every page.
[[nodiscard]] json needs(const model::view& v);
/// An agent's id and name; null: nobody.
[[nodiscard]] json named(const model::view& v,
                         const std::optional<std::string>& agent);

// -- what happened ------------------------------------------------------------

struct span {
  std::optional<instant> from, to;
};
[[nodiscard]] json transfers(const model::view& v, const std::string& result,
                             const span& s);
[[nodiscard]] json report(const model::view& v, const span& s);
/// `by`: agent, pool, rule, source, hour or weekday.
[[nodiscard]] std::string report_csv(const model::view& v, const span& s,
                                     const std::string& by);
/// The documents that the team has had, the newest first.
[[nodiscard]] json rules(const model::view& v);
/// What became of an event that was sent.
[[nodiscard]] json effect(const model::view& v, const std::string& source,
                          const std::string& id);

// -- the service, inside model::locked() --------------------------------------

[[nodiscard]] json system(const model& m);
[[nodiscard]] json teams(model& m);

} // namespace fairlead::board
