#include "connectors/http/ingress.hpp"

#include "connectors/http/exchange.hpp"
#include "connectors/http/pages.hpp"
#include "messages/json/elements.hpp"
#include "messages/json/pointer.hpp"
#include "messages/text/traceparent.hpp"
#include "messages/utf8.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <string_view>

namespace fairlead::http {
namespace {

constexpr std::size_t complaints_max = 100;
constexpr const char* structured_type
  = "application/cloudevents+json; charset=utf-8";

struct media {
  std::string type;    // lower case, without parameters
  std::string charset; // lower case; empty: none
};

media media_of(const std::string& content_type) {
  auto all = lower(content_type);
  media m;
  m.type = all.substr(0, all.find(';'));
  while (!m.type.empty() && m.type.back() == ' ')
    m.type.pop_back();
  if (auto at = all.find("charset="); at != std::string::npos) {
    m.charset = all.substr(at + 8);
    m.charset = m.charset.substr(0, m.charset.find(';'));
    std::erase_if(m.charset, [](char c) { return c == '"' || c == ' '; });
  }
  return m;
}

bool is_json_type(const std::string& type) {
  return type == "application/json"
         || (type.size() > 5 && type.ends_with("+json"));
}

// One complaint for each fault.
void complain(ingested& out, std::optional<std::size_t> index,
              const dead_letter& why) {
  out.status = why.reason == dead_letter_reason::too_large
                   && (out.status == 202 || out.status == 413)
                 ? 413
                 : 400;
  for (const auto& f : why.faults)
    if (out.errors.size() < complaints_max)
      out.errors.push_back(
        {index, std::string{to_string(why.reason)}, f.pointer, sentence(f)});
}

void take(ingested& out, std::optional<std::size_t> index, std::string value,
          const std::string& traceparent, const decoder& events) {
  raw_record r;
  r.headers.emplace_back("content-type", structured_type);
  if (is_traceparent(traceparent))
    r.headers.emplace_back("traceparent", traceparent);
  r.value = std::move(value);
  auto read = events.decode(r);
  if (const auto* why = std::get_if<dead_letter>(&read))
    return complain(out, index, *why);
  const auto& event = std::get<input_event>(read);
  if (const auto* agent = std::get_if<agent_configured>(&event.body);
      agent && !agent->faults.empty())
    return complain(out, index,
                    {dead_letter_reason::invalid_document, agent->faults});
  new_record n;
  n.on = input_topic_of(type_of(event.body));
  n.key = event.team;
  n.value = std::move(r.value);
  n.headers = std::move(r.headers);
  out.records.push_back(std::move(n));
}

// HTTP binding, 3.1.3.2: a value may stand in quotes.
std::string unquoted(const std::string& s) {
  if (s.size() < 2 || s.front() != '"' || s.back() != '"')
    return s;
  std::string out;
  for (std::size_t i = 1; i + 1 < s.size(); ++i) {
    if (s[i] == '\\' && i + 2 < s.size())
      ++i;
    out.push_back(s[i]);
  }
  return out;
}

std::string percent_decoded(const std::string& s) {
  auto digit
    = [](char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; };
  std::string out;
  for (std::size_t i = 0; i < s.size(); ++i)
    if (s[i] == '%' && i + 2 < s.size() && digit(s[i + 1]) && digit(s[i + 2])) {
      out.push_back(
        static_cast<char>(std::stoi(s.substr(i + 1, 2), nullptr, 16)));
      i += 2;
    } else {
      out.push_back(s[i]);
    }
  return out;
}

ingested refuse(int status, dead_letter_reason reason, std::string detail,
                std::string pointer = {}) {
  ingested out;
  out.status = status;
  out.errors.push_back(
    {std::nullopt, std::string{to_string(reason)}, std::move(pointer), detail});
  out.detail = std::move(detail);
  return out;
}

ingested refuse_header(const std::string& name) {
  return refuse(400, dead_letter_reason::invalid_value,
                "The header ce-" + name + ", /" + name
                  + " of the event, is not UTF-8.",
                "/" + json::pointer_step(name));
}

// Binary mode: the attributes are headers, the body is `data`. The log keeps
// structured events only, so that every reader sees one form.
ingested take_binary(const incoming& in, const decoder& events) {
  if (in.body.size() > record_bytes_max)
    return refuse(413, dead_letter_reason::too_large,
                  "The event is larger than 256 KiB.");
  if (!nlohmann::json::accept(in.body))
    return refuse(400, dead_letter_reason::malformed_json,
                  "The body, /data of the event, is not JSON.", "/data");
  std::string text = "{";
  std::vector<std::string> seen{"data", "datacontenttype", "data_base64"};
  for (const auto& [name, value] : in.attributes) {
    if (std::find(seen.begin(), seen.end(), name) != seen.end())
      continue;
    seen.push_back(name);
    auto decoded = percent_decoded(unquoted(value));
    if (!is_utf8(name) || !is_utf8(decoded))
      return refuse_header(name);
    append_text(text, name);
    text += ':';
    append_text(text, decoded);
    text += ',';
  }
  text += R"("datacontenttype":"application/json","data":)" + in.body + "}";
  ingested out;
  take(out, std::nullopt, std::move(text), in.traceparent, events);
  return out;
}

ingested take_batch(const incoming& in, const decoder& events) {
  auto elements = json::array_elements(in.body);
  ingested out;
  std::size_t index = 0;
  for (auto e : elements.value_or(std::vector<std::string_view>{})) {
    // Nobody is told of more, and a body of `{}` has 350 000 of them.
    if (out.errors.size() >= complaints_max)
      break;
    take(out, index++, std::string{e}, in.traceparent, events);
  }
  // If every event is JSON, so is the body. Only one that is refused has to be
  // looked at as a whole.
  if ((!elements || out.status != 202)
      && (!nlohmann::json::accept(in.body)
          || in.body.find('\0') != std::string::npos))
    return refuse(400, dead_letter_reason::malformed_json,
                  "The body is not JSON.");
  if (!elements)
    return refuse(400, dead_letter_reason::not_a_cloud_event,
                  "A batch is a JSON array of CloudEvents.");
  return out;
}

ingested taken(const incoming& in, const decoder& events) {
  auto m = media_of(in.content_type);
  if (!m.charset.empty() && m.charset != "utf-8" && m.charset != "utf8"
      && m.charset != "us-ascii")
    return refuse(415, dead_letter_reason::not_a_cloud_event,
                  "Send UTF-8, not " + m.charset + ".");
  if (m.type == "application/cloudevents-batch+json")
    return take_batch(in, events);
  if (m.type == "application/cloudevents+json") {
    ingested out;
    take(out, std::nullopt, in.body, in.traceparent, events);
    return out;
  }
  bool binary
    = std::any_of(in.attributes.begin(), in.attributes.end(),
                  [](const auto& a) { return a.first == "specversion"; });
  // Some SDKs name no type where `datacontenttype` is not given: it is JSON.
  if (binary && (m.type.empty() || is_json_type(m.type)))
    return take_binary(in, events);
  if (is_json_type(m.type))
    return refuse(400, dead_letter_reason::not_a_cloud_event,
                  "The request has no ce-specversion header; send the whole "
                  "event as application/cloudevents+json, or its attributes "
                  "as ce- headers.",
                  "/specversion");
  std::string forms;
  if (m.type.starts_with("multipart/")
      || m.type == "application/x-www-form-urlencoded")
    forms = " A form, or a CRM's own webhook, needs a small translator.";
  return refuse(415, dead_letter_reason::not_a_cloud_event,
                "Send application/cloudevents+json, "
                "application/cloudevents-batch+json, or ce- headers with "
                "application/json."
                  + forms);
}

} // namespace

ingested ingest(const incoming& in, const decoder& events) {
  auto out = taken(in, events);
  if (out.status != 202)
    out.records.clear();
  if (out.detail.empty() && out.status != 202) {
    out.detail = out.errors.size() == 1 ? out.errors.front().detail
                                        : std::to_string(out.errors.size())
                                            + " faults; nothing was written.";
  }
  return out;
}

} // namespace fairlead::http
