#pragma once

#include "tests/property/desk.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::test {

/// Ana and Ben share the pool `p`, and the rule `r` sends everybody there.
inline constexpr std::string_view one_pool
  = R"("pools":[{"id":"p","members":[{"agent_id":"ana"},{"agent_id":"ben"}]}],)"
    R"("routing_rules":[{"id":"r","assign":{"pool":"p"}}])";

/// One team, `acme`, at a desk of its own, from Monday 2026-03-02, 15:00 UTC
/// on: each call is one event at `now`. Olivia owns the account; she, Ana and
/// Ben are configured and can be rung. `fields` are the rest of an event's or
/// a document's JSON members, such as `"daily_cap":1`.
class office : public desk {
public:
  explicit office(std::string_view team_fields = one_pool);

  instant now = at_ms(1'772'463'600'000);

  desk_result send(topic on, std::string_view type, const std::string& data);
  /// Time goes by; the timers on the way fire, each at its due time.
  desk_result wait(std::chrono::milliseconds span);

  // -- roster -----------------------------------------------------------------

  desk_result configure(std::string_view team_fields);
  /// Has a phone (phone_of) unless `fields` tell another.
  desk_result agent(std::string_view id, std::string_view fields = "");
  desk_result toggle(std::string_view id, std::string_view fields);
  desk_result remove(std::string_view id, std::string_view fields = "");

  // -- leads ------------------------------------------------------------------

  desk_result lead(std::string_view id, std::string_view fields = "");
  desk_result assign(std::string_view lead, std::string_view fields = "");
  desk_result close(std::string_view lead);
  desk_result outreach(std::string_view id, std::string_view lead = "l");

  // -- calls ------------------------------------------------------------------

  /// The transfer of call `id`, about the lead `l` unless `fields` tell
  /// another.
  desk_result transfer(std::string_view id = "c", std::string_view fields = "");
  /// What became of the last leg of an agent or a number, such as `answered`.
  desk_result ring(std::string_view report, std::string_view who,
                   std::string_view call = "c");
  desk_result bridge_failed(std::string_view who, std::string_view call = "c");
  desk_result on_call(std::string_view type, std::string_view call = "c");
  desk_result tag(std::string_view outcome, std::string_view call = "c",
                  std::string_view fields = "");

  // -- how things stand -------------------------------------------------------

  [[nodiscard]] team_state& team() { return part().team("acme"); }
  [[nodiscard]] const lead_state& lead_now(const std::string& id = "l");
  [[nodiscard]] const call_state& call_now(const std::string& id = "c");
  /// Empty: nobody.
  [[nodiscard]] std::string owner(const std::string& lead = "l");

private:
  std::string last_leg(std::string_view who, std::string_view call);
};

/// `+15125550101` for Ana, …02 for Ben: by the first letter.
std::string phone_of(std::string_view agent);

/// What a result's outputs say, in order, a short line each; decisions are
/// left out. `assigned ana: rotation`, `ring owner: ana`, `tell ana:
/// new_lead`, `released o1`.
std::vector<std::string> told(const desk_result& r);

/// The first `lead.assigned` or `lead.reassigned` of a result.
lead_assigned assigned(const desk_result& r);

/// The candidates of a result's first decision: `ana`, or `ana paused`.
std::vector<std::string> weighed(const desk_result& r);

/// Names the rows of a table: each has a `name`.
struct by_name {
  template <class Row>
  std::string operator()(const testing::TestParamInfo<Row>& row) const {
    return row.param.name;
  }
};

} // namespace fairlead::test
