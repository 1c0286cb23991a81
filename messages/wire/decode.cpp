#include "messages/wire/decode.hpp"

#include "messages/json/tree.hpp"
#include "messages/text/base64.hpp"
#include "messages/text/traceparent.hpp"
#include "messages/utf8.hpp"
#include "messages/wire/field_reader.hpp"
#include "messages/wire/read_events.hpp"

#include <algorithm>
#include <utility>

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

/// Readers in many languages stop at some depth; what we hand on must not stop
/// them (`context`, `payload`).
constexpr std::size_t depth_max = 64;
constexpr const char* too_deep = "is nested deeper than 64 levels";

/// The header of an attribute: `ce_` (the binding), or `ce-`, which some
/// frameworks write on Kafka, too.
const std::string* attribute_of(const raw_record& r, std::string_view name) {
  const auto* h = header_of(r, "ce_" + std::string{name});
  return h != nullptr ? h : header_of(r, "ce-" + std::string{name});
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
  return attribute_of(r, "specversion") != nullptr;
}

/// The attributes of an event, from wherever they stand.
struct envelope {
  const raw_record& record;
  const json_tree& tree;
  bool binary;

  /// A text attribute; `faults` hears of one of another type.
  [[nodiscard]] std::optional<std::string> text(std::string_view name,
                                                fault_list* faults) const {
    bool there = false;
    return text(name, faults, there);
  }
  [[nodiscard]] bool there(std::string_view name) const {
    bool is_there = false;
    (void)text(name, nullptr, is_there);
    return is_there;
  }
  /// A required one.
  [[nodiscard]] std::string need(std::string_view name,
                                 fault_list& faults) const {
    bool there = false;
    auto t = text(name, &faults, there);
    if (!there)
      faults.missing("/" + std::string{name});
    else if (t && t->empty())
      faults.invalid("/" + std::string{name}, "must not be empty");
    else if (t && binary && !is_utf8(*t)) // JSON has been checked by its parser
      faults.invalid("/" + std::string{name}, "must be UTF-8");
    return std::move(t).value_or("");
  }

private:
  std::optional<std::string> text(std::string_view name, fault_list* faults,
                                  bool& there) const {
    if (binary) {
      const auto* h = attribute_of(record, name);
      there = h != nullptr;
      return there ? std::optional{*h} : std::nullopt;
    }
    const auto* n = tree.find(tree.root(), name);
    there = n != nullptr && n->is != json_node::kind::null;
    if (!there)
      return std::nullopt;
    if (n->is == json_node::kind::text)
      return n->text;
    if (faults != nullptr)
      faults->wrong("/" + std::string{name}, "must be a text");
    return std::nullopt;
  }
};

/// From a header, else the extension attribute. What is no traceparent is
/// passed over: it would go out with every output.
std::string traceparent_of(const envelope& env) {
  for (const auto* h : {header_of(env.record, "traceparent"),
                        attribute_of(env.record, "traceparent")})
    if (h != nullptr && is_traceparent(*h))
      return *h;
  if (env.binary)
    return {};
  auto extension = env.text("traceparent", nullptr).value_or("");
  return is_traceparent(extension) ? extension : std::string{};
}

/// Why the bytes of a value are not JSON.
std::string not_json(std::string_view value) {
  if (!value.empty() && value.front() == '\0')
    return "the value is not JSON; it begins with a zero byte, as that of a "
           "schema registry's serializer does";
  if (value.starts_with("\xef\xbb\xbf"))
    return "the value is not JSON; it begins with a byte order mark";
  if (!is_utf8(value))
    return "the value is not JSON; it is not UTF-8";
  return "the value is not JSON";
}

dead_letter no_specversion(const envelope& env) {
  auto what = env.there("specversion")
                ? std::string{"is not \"1.0\""}
                : std::string{"is missing, in the value and as header "
                              "ce_specversion"};
  return {dead_letter_reason::not_a_cloud_event, {{"/specversion", what}}};
}

/// What some SDKs write for bytes, though they are JSON (CloudEvents JSON
/// format, 3.1): the text of `data_base64`; nothing if `data` is there or it is
/// not base64.
std::optional<std::string> packed_data(const json_tree& tree) {
  const auto* data = tree.find(tree.root(), "data");
  const auto* packed = tree.find(tree.root(), "data_base64");
  if ((data != nullptr && data->is != json_node::kind::null)
      || packed == nullptr || packed->is != json_node::kind::text)
    return std::nullopt;
  return from_base64(packed->text);
}

class tree_decoder final : public decoder {
public:
  [[nodiscard]] std::variant<input_event, dead_letter>
  decode(const raw_record& r) const override;
};

std::variant<input_event, dead_letter>
tree_decoder::decode(const raw_record& r) const {
  using reason = dead_letter_reason;
  if (is_too_large(r))
    return dead_letter{reason::too_large,
                       {{"", "the record has more than 262144 bytes"}}};
  if (!r.value)
    return dead_letter{reason::not_a_cloud_event,
                       {{"", "the record has no value"}}};
  auto tree = json_tree::parse(*r.value);
  if (!tree)
    return dead_letter{reason::malformed_json, {{"", not_json(*r.value)}}};
  envelope env{r, *tree, is_binary(r)};
  if (!env.binary && tree->root().is != json_node::kind::object)
    return dead_letter{reason::not_a_cloud_event,
                       {{"", "the value is no JSON object"}}};
  if (env.text("specversion", nullptr) != "1.0")
    return no_specversion(env);
  fault_list faults;
  input_event e;
  if (r.key) {
    e.team = *r.key;
    auto named = env.text("partitionkey", nullptr);
    e.key_differs = named && *named != e.team;
  } else {
    if (!env.there("partitionkey"))
      return dead_letter{
        reason::missing_team,
        {{"/partitionkey",
          "the record has no key and the event no /partitionkey"}}};
    e.team = env.text("partitionkey", &faults).value_or("?");
  }
  if (!is_id(e.team))
    faults.invalid(r.key ? "" : "/partitionkey",
                   std::string{r.key ? "the record's key " : ""} + rule_of_ids);
  e.id = env.need("id", faults);
  if (!e.id.empty() && is_utf8(e.id) && !is_id(e.id))
    faults.invalid("/id", rule_of_ids);
  e.source = env.need("source", faults);
  auto type = env.need("type", faults);
  e.traceparent = traceparent_of(env);
  if (tree->depth() > depth_max)
    faults.invalid("", too_deep);
  const auto* data
    = env.binary ? &tree->root() : tree->find(tree->root(), "data");
  const auto* within = &*tree;
  std::optional<std::string> packed;
  std::optional<json_tree> unpacked;
  if (!env.binary)
    packed = packed_data(*tree);
  if (packed) {
    unpacked = json_tree::parse(*packed);
    if (!unpacked)
      return dead_letter{reason::invalid_value,
                         {{"/data_base64", "does not hold JSON"}}};
    if (unpacked->depth() > depth_max)
      faults.invalid("/data_base64", too_deep);
    within = &*unpacked;
    data = &unpacked->root();
  }
  if (data == nullptr || data->is == json_node::kind::null)
    faults.missing("/data");
  else if (data->is != json_node::kind::object)
    faults.wrong("/data", "must be an object");
  auto* read_data = data_reader_of(type);
  auto own_id = document_id_of(type);
  if (data != nullptr && data->is == json_node::kind::object) {
    reading in{*within, *data, {*within, *data, "/data", faults}, e.team};
    if (read_data != nullptr) {
      e.body = read_data(in);
    } else if (!own_id.empty() && faults.empty()) {
      auto read = read_document(in, type);
      if (auto* bad = std::get_if<dead_letter>(&read))
        return std::move(*bad);
      e.body = std::move(std::get<input_body>(read));
    } else if (!own_id.empty()) {
      (void)in.fields.need(own_id);
    }
  }
  if (auto bad = faults.verdict())
    return std::move(*bad);
  if (read_data == nullptr && own_id.empty())
    return dead_letter{reason::unknown_type,
                       {{"/type", "is no type of this contract"}}};
  return e;
}

} // namespace

const decoder& json_decoder() {
  static const tree_decoder instance;
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
    const auto* h = attribute_of(r, "partitionkey");
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
