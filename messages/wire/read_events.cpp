#include "messages/wire/read_events.hpp"

#include "messages/reading/note.hpp"
#include "messages/reading/outcome.hpp"
#include "messages/time.hpp"
#include "messages/wire/lenient_reader.hpp"
#include "messages/wire/read_documents.hpp"
#include "messages/wire/read_fallback.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace fairlead {
namespace {

std::optional<instant> read_time(const json_node& n) {
  return n.is == json_node::kind::text ? from_rfc3339(n.text) : std::nullopt;
}

/// A time that may be absent.
std::optional<instant> optional_time(const field_reader& r,
                                     std::string_view key) {
  auto written = r.text(key);
  if (!written)
    return std::nullopt;
  auto t = from_rfc3339(*written);
  if (!t)
    r.faults().invalid(r.at(key), "must be a time of RFC 3339");
  return t;
}

/// In `lead.received` a blank text in its place is nothing at all (R53); in a
/// transfer it is of a wrong type.
enum class blank_contact : std::uint8_t { absent, ignored };

contact read_contact(const reading& r, blank_contact blank) {
  contact c;
  const auto* n = lenient_reader{r.tree, r.data, "", c.notes}.object("contact");
  if (n == nullptr && c.notes.empty() && blank == blank_contact::ignored)
    if (const auto* given = r.fields.find("contact"))
      c.notes.push_back(
        {reading_note::what::ignored, "/contact", shown(given->raw)});
  if (n != nullptr) {
    lenient_reader in{r.tree, *n, "/contact", c.notes};
    c.name = in.name();
    c.phone = in.typed("phone");
    c.email = in.typed("email");
    c.forget = in.typed_list("forget");
  }
  return c;
}

input_body read_availability(const reading& r) {
  agent_availability_changed e;
  e.agent_id = r.fields.need_id("agent_id");
  e.available_for_calls = r.fields.boolean("available_for_calls");
  e.accepting_leads = r.fields.boolean("accepting_leads");
  e.busy = r.fields.boolean("busy");
  e.away_until = optional_time(r.fields, "away_until");
  auto is_there
    = [&r](const char* key) { return r.fields.find(key) != nullptr; };
  if (!is_there("available_for_calls") && !is_there("accepting_leads")
      && !is_there("busy") && !is_there("away_until"))
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
  e.contact = read_contact(r, blank_contact::absent);
  lenient_reader f{r.tree, r.data, "", e.notes};
  e.details.source = f.text("source");
  e.details.lead_type = f.lead_type("lead_type");
  e.details.tags = f.tags("tags");
  e.details.city = f.text("city");
  e.details.zip = f.zip("zip");
  e.details.state = f.text("state");
  e.details.price = f.price("price");
  e.details.timeframe = f.text("timeframe");
  e.details.language = f.text("language");
  e.assigned_agent = f.id("assigned_agent");
  e.opt_in = f.boolean("opt_in").value_or(false);
  e.quiet = f.boolean("quiet").value_or(false);
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
  e.if_owner_epoch = r.fields.integer("if_owner_epoch");
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

/// The fallback numbers of a request. It is no document: unknown names in an
/// entry are ignored, and one with a fault is left out (R46).
std::vector<std::optional<fallback_entry>>
read_requested_numbers(const reading& r, const json_node& list) {
  std::vector<std::optional<fallback_entry>> all;
  for (const auto* n = r.tree.first(list); n != nullptr; n = r.tree.next(*n)) {
    fault_list faults;
    field_reader entry{r.tree, *n, "", faults};
    auto read = read_fallback_entry(entry, *n, as_it_came);
    all.push_back(faults.empty() ? std::optional{std::move(read)}
                                 : std::nullopt);
  }
  return all;
}

input_body read_transfer(const reading& r) {
  transfer_requested e;
  e.call_id = r.fields.need_id("call_id");
  e.lead_id = r.fields.need_id("lead_id");
  auto ignore = [&e](const char* pointer, const json_node& n) {
    e.notes.push_back({reading_note::what::ignored, pointer, shown(n.raw)});
  };
  if (const auto* n = r.fields.find("pattern")) {
    if (n->is == json_node::kind::text)
      e.pattern = read<ring_pattern>(n->text);
    if (!e.pattern)
      ignore("/pattern", *n);
  }
  if (const auto* n = r.fields.find("ring_timeout_s")) {
    auto s = whole_number(*n);
    if (s && *s >= 1 && *s <= ring_timeout_max_s)
      e.ring_timeout_s = s;
    else
      ignore("/ring_timeout_s", *n);
  }
  if (const auto* n = r.fields.find("fallback_numbers")) {
    if (n->is == json_node::kind::array)
      e.fallback_numbers = read_requested_numbers(r, *n);
    else
      ignore("/fallback_numbers", *n);
  }
  e.contact = read_contact(r, blank_contact::ignored);
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
  auto tag = read_outcome_tag(r.fields.need_text("outcome"));
  if (tag.text().empty()) // what other tags there are, the team says
    r.fields.faults().invalid(r.fields.at("outcome"), "is not an outcome");
  e.outcome = std::move(tag);
  if (const auto* n = r.fields.find("until")) // a slip loses no opt-out (R46)
    e.until = read_time(*n);
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
  field_reader document{r.tree, r.data, "/data", faults, unknown_names::faults};
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
