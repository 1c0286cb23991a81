#include "messages/decode.hpp"

#include "messages/field_reader.hpp"
#include "messages/lenient_reader.hpp"
#include "messages/read_documents.hpp"
#include "messages/utf8.hpp"

#include <algorithm>
#include <array>
#include <functional>

namespace fairlead {
namespace {

constexpr std::string_view structured_type = "application/cloudevents+json";

bool equal_without_case(std::string_view a, std::string_view b) {
  auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return a.size() == b.size()
         && std::equal(a.begin(), a.end(), b.begin(),
                       [&](char x, char y) { return lower(x) == lower(y); });
}

const std::string* header_of(const raw_record& r, std::string_view name) {
  for (const auto& [key, value] : r.headers)
    if (value && equal_without_case(key, name))
      return &*value;
  return nullptr;
}

/// Binary mode (CloudEvents Kafka binding): the attributes are headers. A
/// content type of the structured mode beats them.
bool is_binary(const raw_record& r) {
  const auto* type = header_of(r, "content-type");
  if (type != nullptr && type->size() >= structured_type.size()
      && equal_without_case(
        std::string_view{*type}.substr(0, structured_type.size()),
        structured_type))
    return false;
  return header_of(r, "ce_specversion") != nullptr;
}

dead_letter verdict(dead_letter_reason reason, std::string message) {
  return {reason, std::move(message)};
}

contact read_contact(const json_tree& tree, const json_node& data,
                     std::vector<ignored_field>& ignored) {
  contact c;
  lenient_reader outer{tree, data, "", ignored};
  if (const auto* n = outer.object(1, "contact")) {
    lenient_reader r{tree, *n, "/contact", ignored};
    c.name = r.text(2, "name");
    c.phone = r.text(phone_place, "phone");
    c.email = r.text(4, "email");
  }
  return c;
}

// -- one reader for each type -------------------------------------------------

/// What a reader of `data` has at hand.
struct reading {
  const json_tree& tree;
  const json_node& data;
  field_reader fields;
  const std::string& team;
};

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
  e.details.source = f.text(5, "source");
  e.details.lead_type = f.text(6, "lead_type");
  e.details.tags = f.texts(7, "tags");
  e.details.city = f.text(8, "city");
  e.details.zip = f.text(9, "zip");
  e.details.state = f.text(10, "state");
  e.details.price = f.integer(11, "price");
  e.details.timeframe = f.text(12, "timeframe");
  e.assigned_agent = f.id(13, "assigned_agent");
  e.opt_in = f.boolean(14, "opt_in").value_or(false);
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
    e.pattern = read_pattern(*pattern);
    if (!e.pattern)
      r.fields.faults().invalid(r.fields.at("pattern"),
                                "is no pattern of a transfer");
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
  e.outcome = r.fields.need_text("outcome");
  if (e.outcome.empty()) // what other tags there are, the team says
    r.fields.faults().invalid(r.fields.at("outcome"), "is no outcome");
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
  input_body (*read)(const reading&);
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

/// A document's own id decides between a missing field and a document that is
/// at fault (contract, small print).
std::variant<input_body, dead_letter> read_document(const reading& r,
                                                    std::string_view type) {
  bool is_team = type == "team.configured";
  if (r.fields.need(is_team ? "team_id" : "agent_id") == nullptr)
    return *r.fields.faults().verdict();
  fault_list faults;
  field_reader document{r.tree, r.data, "/data", faults};
  if (is_team) {
    team_configured e{read_team_document(document, r.team)};
    if (!faults.empty())
      return verdict(dead_letter_reason::invalid_document,
                     sentence(faults.all()));
    return input_body{std::move(e)};
  }
  agent_configured e{read_agent_document(document), {}};
  e.faults = faults.all();
  if (e.document.agent_id.empty())
    return verdict(dead_letter_reason::invalid_document, sentence(e.faults));
  return input_body{std::move(e)};
}

// -- the envelope -------------------------------------------------------------

/// The attributes, from wherever they stand.
struct envelope {
  const raw_record& record;
  const json_tree& tree;
  bool binary;

  /// A text attribute; `fault` hears of one of another type.
  [[nodiscard]] std::optional<std::string> text(std::string_view name,
                                                fault_list* faults) const {
    if (binary) {
      const auto* h = header_of(record, "ce_" + std::string{name});
      return h == nullptr ? std::nullopt : std::optional{*h};
    }
    const auto* n = tree.find(tree.root(), name);
    if (n == nullptr || n->is == json_node::kind::null)
      return std::nullopt;
    if (n->is == json_node::kind::text)
      return n->text;
    if (faults != nullptr)
      faults->wrong("/" + std::string{name}, "must be a text");
    return std::nullopt;
  }
  [[nodiscard]] bool there(std::string_view name) const {
    if (binary)
      return header_of(record, "ce_" + std::string{name}) != nullptr;
    const auto* n = tree.find(tree.root(), name);
    return n != nullptr && n->is != json_node::kind::null;
  }
  /// A required one.
  [[nodiscard]] std::string need(std::string_view name,
                                 fault_list& faults) const {
    if (!there(name)) {
      faults.missing("/" + std::string{name});
      return {};
    }
    auto t = text(name, &faults);
    if (t && t->empty())
      faults.invalid("/" + std::string{name}, "must not be empty");
    else if (t && binary && !is_utf8(*t)) // JSON has been checked by its parser
      faults.invalid("/" + std::string{name}, "must be UTF-8");
    return t.value_or("");
  }
};

/// From a header, else the extension attribute. It goes out inside of JSON, so
/// bytes that are no text are passed over.
std::string traceparent_of(const envelope& env) {
  for (auto name : {"traceparent", "ce_traceparent"}) {
    const auto* h = header_of(env.record, name);
    if (h != nullptr && is_utf8(*h))
      return *h;
  }
  if (env.binary)
    return {};
  return env.text("traceparent", nullptr).value_or("");
}

class nlohmann_decoder final : public decoder {
public:
  [[nodiscard]] std::variant<input_event, dead_letter>
  decode(const raw_record& r) const override;
};

std::variant<input_event, dead_letter>
nlohmann_decoder::decode(const raw_record& r) const {
  using reason = dead_letter_reason;
  if (is_too_large(r))
    return verdict(reason::too_large, "the record has more than 262144 bytes");
  if (!r.value)
    return verdict(reason::not_a_cloud_event, "the record has no value");
  auto tree = json_tree::parse(*r.value);
  if (!tree)
    return verdict(reason::malformed_json, "the value is not JSON");
  envelope env{r, *tree, is_binary(r)};
  if (!env.binary && tree->root().is != json_node::kind::object)
    return verdict(reason::not_a_cloud_event, "the value is no JSON object");
  if (env.text("specversion", nullptr) != "1.0")
    return verdict(reason::not_a_cloud_event, "/specversion is not \"1.0\"");
  fault_list faults;
  input_event e;
  if (r.key) {
    e.team = *r.key;
  } else {
    if (!env.there("partitionkey"))
      return verdict(reason::missing_team,
                     "the record has no key and the event no /partitionkey");
    e.team = env.text("partitionkey", &faults).value_or("?");
  }
  if (!is_id(e.team))
    faults.invalid(r.key ? "the record's key" : "/partitionkey",
                   "must have 1 to 128 characters, none of them a control "
                   "character");
  e.id = env.need("id", faults);
  if (!e.id.empty() && is_utf8(e.id) && !is_id(e.id))
    faults.invalid("/id", "must have 1 to 128 characters, none of them a "
                          "control character");
  e.source = env.need("source", faults);
  auto type = env.need("type", faults);
  e.traceparent = traceparent_of(env);
  const auto* data
    = env.binary ? &tree->root() : tree->find(tree->root(), "data");
  if (data == nullptr || data->is == json_node::kind::null)
    faults.missing("/data");
  else if (data->is != json_node::kind::object)
    faults.wrong("/data", "must be an object");
  bool readable = data != nullptr && data->is == json_node::kind::object;
  bool is_document = type == "team.configured" || type == "agent.configured";
  const auto* known
    = std::find_if(readers.begin(), readers.end(),
                   [&type](const typed_reader& x) { return x.type == type; });
  if (readable && known != readers.end()) {
    reading in{*tree, *data, {*tree, *data, "/data", faults}, e.team};
    e.body = known->read(in);
  }
  if (readable && is_document && faults.empty()) {
    reading in{*tree, *data, {*tree, *data, "/data", faults}, e.team};
    auto read = read_document(in, type);
    if (auto* bad = std::get_if<dead_letter>(&read))
      return std::move(*bad);
    e.body = std::move(std::get<input_body>(read));
  } else if (readable && is_document) {
    auto own_id = type == "team.configured" ? "team_id" : "agent_id";
    (void)field_reader{*tree, *data, "/data", faults}.need(own_id);
  }
  if (auto bad = faults.verdict())
    return std::move(*bad);
  if (known == readers.end() && !is_document)
    return verdict(reason::unknown_type, "/type is no type of this contract");
  return e;
}

} // namespace

const decoder& json_decoder() {
  static const nlohmann_decoder instance;
  return instance;
}

bool is_too_large(const raw_record& r) {
  auto value = r.value ? r.value->size() : 0;
  return value > record_bytes_max || bytes_of(r) - value > record_bytes_max;
}

std::optional<std::string> team_of(const raw_record& r) {
  if (r.key)
    return r.key;
  if (is_binary(r)) {
    const auto* h = header_of(r, "ce_partitionkey");
    return h == nullptr ? std::nullopt : std::optional{*h};
  }
  if (!r.value || r.value->size() > record_bytes_max)
    return std::nullopt;
  auto tree = json_tree::parse(*r.value);
  if (!tree || tree->root().is != json_node::kind::object)
    return std::nullopt;
  const auto* n = tree->find(tree->root(), "partitionkey");
  if (n == nullptr || n->is != json_node::kind::text)
    return std::nullopt;
  return n->text;
}

} // namespace fairlead
