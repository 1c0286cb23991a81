#include "messages/wire/read_events.hpp"

#include "messages/time.hpp"
#include "messages/wire/lenient_reader.hpp"
#include "messages/wire/read_documents.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace fairlead {
namespace {

contact read_contact(const json_tree& tree, const json_node& data,
                     ignored_fields& ignored) {
  contact c;
  lenient_reader outer{tree, data, "", ignored};
  if (const auto* n = outer.object("contact")) {
    lenient_reader r{tree, *n, "/contact", ignored};
    c.name = r.text("name");
    c.phone = r.text("phone");
    c.email = r.text("email");
  }
  return c;
}

input_body read_availability(const reading& r) {
  agent_availability_changed e;
  e.agent_id = r.fields.need_id("agent_id");
  e.available_for_calls = r.fields.boolean("available_for_calls");
  e.accepting_leads = r.fields.boolean("accepting_leads");
  if (r.fields.find("available_for_calls") == nullptr
      && r.fields.find("accepting_leads") == nullptr)
    r.fields.faults().missing(r.fields.at("available_for_calls"));
  return e;
}

input_body read_removed(const reading& r) {
  agent_removed e;
  e.agent_id = r.fields.need_id("agent_id");
  e.reassign = r.fields.boolean("reassign").value_or(false);
  return e;
}

input_body read_lead(const reading& r) {
  lead_received e;
  e.lead_id = r.fields.need_id("lead_id");
  e.contact = read_contact(r.tree, r.data, e.ignored);
  lenient_reader f{r.tree, r.data, "", e.ignored};
  e.details.source = f.text("source");
  e.details.lead_type = f.text("lead_type");
  e.details.tags = f.texts("tags");
  e.details.city = f.text("city");
  e.details.zip = f.text("zip");
  e.details.state = f.text("state");
  e.details.price = f.integer("price");
  e.details.timeframe = f.text("timeframe");
  e.assigned_agent = f.id("assigned_agent");
  e.opt_in = f.boolean("opt_in").value_or(false);
  return e;
}

input_body read_assignment(const reading& r) {
  lead_assignment_requested e;
  e.lead_id = r.fields.need_id("lead_id");
  e.agent_id = r.fields.id("agent_id");
  e.pool_id = r.fields.id("pool_id");
  if (e.agent_id && e.pool_id)
    r.fields.faults().invalid(r.fields.at("pool_id"),
                              "must not stand beside agent_id");
  return e;
}

input_body read_closed(const reading& r) {
  return lead_closed{r.fields.need_id("lead_id")};
}

input_body read_outreach(const reading& r) {
  outreach_requested e;
  e.lead_id = r.fields.need_id("lead_id");
  e.outreach_id = r.fields.need_id("outreach_id");
  e.channel = r.fields.need_text("channel");
  e.payload = r.fields.raw("payload");
  return e;
}

input_body read_task(const reading& r) {
  task_completed e;
  e.lead_id = r.fields.need_id("lead_id");
  e.task_id = r.fields.need_id("task_id");
  return e;
}

input_body read_transfer(const reading& r) {
  transfer_requested e;
  e.call_id = r.fields.need_id("call_id");
  e.lead_id = r.fields.need_id("lead_id");
  if (auto pattern = r.fields.text("pattern")) {
    e.pattern = read<ring_pattern>(*pattern);
    if (!e.pattern)
      r.fields.faults().invalid(r.fields.at("pattern"),
                                "is not a transfer pattern");
  }
  e.ring_timeout_s = r.fields.integer("ring_timeout_s", 1, INT64_MAX);
  e.fallback_numbers = r.fields.texts("fallback_numbers");
  e.contact = read_contact(r.tree, r.data, e.ignored);
  e.context = r.fields.raw("context");
  return e;
}

template <leg_report Report>
input_body read_ring(const reading& r) {
  ring_reported e;
  e.call_id = r.fields.need_id("call_id");
  e.leg_id = r.fields.need_id("leg_id");
  e.report = Report;
  return e;
}

input_body read_bridge(const reading& r) {
  call_bridge_failed e;
  e.call_id = r.fields.need_id("call_id");
  e.leg_id = r.fields.need_id("leg_id");
  return e;
}

input_body read_hung_up(const reading& r) {
  return caller_hung_up{r.fields.need_id("call_id")};
}

input_body read_ended(const reading& r) {
  return call_ended{r.fields.need_id("call_id")};
}

input_body read_outcome(const reading& r) {
  call_outcome e;
  e.call_id = r.fields.need_id("call_id");
  e.lead_id = r.fields.need_id("lead_id");
  auto tag = r.fields.need_text("outcome");
  if (tag.empty()) // what other tags there are, the team says
    r.fields.faults().invalid(r.fields.at("outcome"), "is not an outcome");
  e.outcome = outcome_tag{std::move(tag)};
  if (auto until = r.fields.text("until")) {
    e.until = from_rfc3339(*until);
    if (!e.until)
      r.fields.faults().invalid(r.fields.at("until"),
                                "must be a time of RFC 3339");
  }
  return e;
}

struct typed_reader {
  std::string_view type;
  data_reader* read;
};

constexpr std::array<typed_reader, 19> readers{{
  {"lead.received", read_lead},
  {"outreach.requested", read_outreach},
  {"transfer.requested", read_transfer},
  {"ring.answered", read_ring<leg_report::answered>},
  {"ring.accepted", read_ring<leg_report::accepted>},
  {"ring.declined", read_ring<leg_report::declined>},
  {"ring.busy", read_ring<leg_report::busy>},
  {"ring.failed", read_ring<leg_report::failed>},
  {"ring.machine", read_ring<leg_report::machine>},
  {"ring.no_answer", read_ring<leg_report::no_answer>},
  {"call.ended", read_ended},
  {"call.outcome", read_outcome},
  {"call.bridge_failed", read_bridge},
  {"caller.hung_up", read_hung_up},
  {"lead.closed", read_closed},
  {"lead.assignment_requested", read_assignment},
  {"task.completed", read_task},
  {"agent.availability_changed", read_availability},
  {"agent.removed", read_removed},
}};

constexpr std::string_view team_document_type = "team.configured";
constexpr std::string_view agent_document_type = "agent.configured";

} // namespace

data_reader* data_reader_of(std::string_view type) {
  const auto* known
    = std::find_if(readers.begin(), readers.end(),
                   [&type](const typed_reader& x) { return x.type == type; });
  return known == readers.end() ? nullptr : known->read;
}

std::string_view document_id_of(std::string_view type) {
  if (type == team_document_type)
    return "team_id";
  return type == agent_document_type ? "agent_id" : "";
}

std::variant<input_body, dead_letter> read_document(const reading& r,
                                                    std::string_view type) {
  if (r.fields.need(document_id_of(type)) == nullptr)
    return *r.fields.faults().verdict();
  fault_list faults;
  field_reader document{r.tree, r.data, "/data", faults};
  if (type == team_document_type) {
    team_configured e{read_team_document(document, r.team)};
    if (!faults.empty())
      return dead_letter{dead_letter_reason::invalid_document, faults.all()};
    return input_body{std::move(e)};
  }
  agent_configured e{read_agent_document(document), {}};
  e.faults = faults.all();
  if (e.document.agent_id.empty())
    return dead_letter{dead_letter_reason::invalid_document,
                       std::move(e.faults)};
  return input_body{std::move(e)};
}

} // namespace fairlead
