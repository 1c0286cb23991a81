#include "messages/wire/known_names.hpp"

#include <array>

namespace fairlead {
namespace {

template <class... Names>
constexpr std::array<std::string_view, sizeof...(Names)> names(Names... n) {
  return {n...};
}

constexpr auto team = names(
  "team_id", "version", "name", "time_zone", "region", "account_owner",
  "default_owner", "stages", "holidays", "reassign_inactive", "never_match",
  "pools", "routing_rules", "transfer", "calls", "outcomes");
constexpr auto stages = names("assigned");
constexpr auto transfer = names(
  "pattern", "ring_timeout_s", "total_timeout_s", "max_age_s", "answer_grace_s",
  "wait_s", "group_size", "fallback_numbers", "confirm", "confirm_s");
constexpr auto confirm = names("agents", "fallback");
constexpr auto calls = names("wrap_up_s", "max_call_s", "min_talk_s",
                             "auto_unavailable_after", "cover_after_s");
constexpr std::array team_objects{
  known_object{"", team}, known_object{"/stages", stages},
  known_object{"/transfer", transfer},
  known_object{"/transfer/confirm", confirm}, known_object{"/calls", calls}};

constexpr auto agent
  = names("agent_id", "version", "name", "phone", "endpoint", "email", "active",
          "accepting_leads", "available_for_calls", "daily_cap", "time_zone",
          "schedule", "absences");
constexpr auto absence = names("from", "to");
constexpr std::array agent_objects{known_object{"", agent},
                                   known_object{"/absences/*", absence}};

constexpr auto availability
  = names("agent_id", "available_for_calls", "accepting_leads", "busy",
          "away_until", "reason");
constexpr std::array availability_objects{known_object{"", availability}};

constexpr auto removed = names("agent_id", "reassign");
constexpr std::array removed_objects{known_object{"", removed}};

constexpr auto contact
  = names("name", "first_name", "last_name", "phone", "email", "forget");
constexpr auto lead = names("lead_id", "contact", "source", "lead_type", "tags",
                            "city", "zip", "state", "price", "timeframe",
                            "language", "assigned_agent", "opt_in", "quiet");
constexpr std::array lead_objects{known_object{"", lead},
                                  known_object{"/contact", contact}};

constexpr auto assignment
  = names("lead_id", "agent_id", "pool_id", "if_owner_epoch", "by");
constexpr std::array assignment_objects{known_object{"", assignment}};

constexpr auto closed = names("lead_id", "reason");
constexpr std::array closed_objects{known_object{"", closed}};

constexpr auto outreach = names("lead_id", "outreach_id", "channel", "payload");
constexpr std::array outreach_objects{known_object{"", outreach}};

constexpr auto task = names("lead_id", "task_id");
constexpr std::array task_objects{known_object{"", task}};

constexpr auto request
  = names("call_id", "lead_id", "pattern", "ring_timeout_s", "fallback_numbers",
          "contact", "context");
constexpr auto fallback
  = names("phone", "endpoint", "lines", "schedule", "time_zone");
constexpr auto schedule = names("weekly", "overrides");
constexpr auto window = names("days", "from", "to");
constexpr auto schedule_override = names("date", "closed", "from", "to");
constexpr std::array request_objects{
  known_object{"", request},
  known_object{"/contact", contact},
  known_object{"/fallback_numbers/*", fallback},
  known_object{"/fallback_numbers/*/schedule", schedule},
  known_object{"/fallback_numbers/*/schedule/weekly/*", window},
  known_object{"/fallback_numbers/*/schedule/overrides/*", schedule_override}};

constexpr auto leg = names("call_id", "leg_id", "detail");
constexpr std::array leg_objects{known_object{"", leg}};

constexpr auto bridge = names("call_id", "leg_id");
constexpr std::array bridge_objects{known_object{"", bridge}};

constexpr auto call = names("call_id");
constexpr std::array call_objects{known_object{"", call}};

constexpr auto outcome
  = names("call_id", "lead_id", "outcome", "until", "note");
constexpr std::array outcome_objects{known_object{"", outcome}};

struct row {
  std::string_view type;
  std::span<const known_object> objects;
};

constexpr std::array rows{
  row{"team.configured", team_objects},
  row{"agent.configured", agent_objects},
  row{"agent.availability_changed", availability_objects},
  row{"agent.removed", removed_objects},
  row{"lead.received", lead_objects},
  row{"lead.assignment_requested", assignment_objects},
  row{"lead.closed", closed_objects},
  row{"outreach.requested", outreach_objects},
  row{"task.completed", task_objects},
  row{"transfer.requested", request_objects},
  row{"ring.answered", leg_objects},
  row{"ring.accepted", leg_objects},
  row{"ring.declined", leg_objects},
  row{"ring.busy", leg_objects},
  row{"ring.failed", leg_objects},
  row{"ring.machine", leg_objects},
  row{"ring.no_answer", leg_objects},
  row{"call.bridge_failed", bridge_objects},
  row{"caller.hung_up", call_objects},
  row{"call.ended", call_objects},
  row{"call.outcome", outcome_objects}};

} // namespace

std::span<const known_object> known_objects_of(std::string_view type) {
  for (const auto& r : rows)
    if (r.type == type)
      return r.objects;
  return {};
}

} // namespace fairlead
