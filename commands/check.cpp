#include "commands/check.hpp"

#include "commands/exit_codes.hpp"
#include "commands/files/json_file.hpp"
#include "commands/files/json_text.hpp"
#include "messages/phone.hpp"
#include "messages/wire/decode.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <optional>
#include <ostream>

namespace fairlead {
namespace {

using nlohmann::json;

constexpr const char* default_region = "US";

/// What a JSON text is, as far as checking goes.
enum class shape { event, team, agent, clock };

shape shape_of(const json& value) {
  if (!value.is_object() || value.contains("specversion"))
    return shape::event;
  if (value.size() == 1 && value.contains("clock"))
    return shape::clock;
  if (value.contains("team_id"))
    return shape::team;
  if (value.contains("agent_id"))
    return shape::agent;
  return shape::event;
}

/// A bare document as the event that would carry it.
std::string wrapped(const std::string& document, shape is, const json& parsed) {
  std::string team = "check";
  if (is == shape::team && parsed["team_id"].is_string())
    team = parsed["team_id"].get<std::string>();
  return R"({"specversion":"1.0","id":"check","source":"/check","type":")"
         + std::string{is == shape::team ? "team.configured"
                                         : "agent.configured"}
         + R"(","partitionkey":)" + as_json(team) + R"(,"data":)" + document
         + "}";
}

std::vector<found_fault> faults_in(const input_event& e,
                                   const std::string& region) {
  std::vector<found_fault> out;
  auto unreadable = [&](const std::optional<std::string>& phone,
                        const char* pointer, bool warning) {
    if (phone && !read_phone(*phone, region))
      out.push_back(
        {{pointer, "is not a phone number in region " + region}, warning});
  };
  auto ignored = [&](const ignored_fields& pointers) {
    for (const auto& p : pointers)
      out.push_back({{"/data" + p, "is unusable and will be left out"}, true});
  };
  if (const auto* a = std::get_if<agent_configured>(&e.body)) {
    for (const auto& f : a->faults)
      out.push_back({f});
    unreadable(a->document.phone, "/data/phone", false);
  } else if (const auto* l = std::get_if<lead_received>(&e.body)) {
    ignored(l->ignored);
    unreadable(l->contact.phone, "/data/contact/phone", true);
  } else if (const auto* t = std::get_if<transfer_requested>(&e.body)) {
    ignored(t->ignored);
    unreadable(t->contact.phone, "/data/contact/phone", true);
  }
  return out;
}

/// What the files say about the regions of teams, for the phones of agents.
using regions = std::map<std::string, std::string>;

void note_region(const json& value, regions& all) {
  const auto is = shape_of(value);
  const json* document = nullptr;
  if (is == shape::team)
    document = &value;
  else if (is == shape::event && value.is_object()
           && text_in(value, "type") == "team.configured"
           && value.contains("data") && value["data"].is_object())
    document = &value["data"];
  if (document == nullptr)
    return;
  auto region = document->find("region");
  auto team = document->find("team_id");
  if (team != document->end() && team->is_string())
    all[team->get<std::string>()] = region != document->end()
                                        && region->is_string()
                                        && is_region(region->get<std::string>())
                                      ? region->get<std::string>()
                                      : default_region;
}

std::string region_for(const json& value, const regions& all) {
  auto it = all.find(text_in(value, "partitionkey"));
  // A bare agent document doesn't name its team: the only one there is.
  if (it == all.end() && all.size() == 1)
    it = all.begin();
  return it == all.end() ? default_region : it->second;
}

} // namespace

std::vector<found_fault> faults_of(const std::string& text,
                                   const std::string& region) {
  auto value = json::parse(text, nullptr, false);
  auto is = value.is_discarded() ? shape::event : shape_of(value);
  if (is == shape::clock) {
    if (value["clock"].is_string()
        && from_rfc3339(value["clock"].get<std::string>()))
      return {};
    return {{{"/clock", "must be a time such as 2026-03-02T15:00:00Z"}}};
  }
  if (value.is_object() && is == shape::event && !value.contains("specversion")
      && !value.contains("type"))
    return {{{"", "is neither an event (it has no specversion) nor a document "
                  "(it has no team_id or agent_id)"}}};
  bool bare = is == shape::team || is == shape::agent;
  raw_record r;
  r.value = bare ? wrapped(text, is, value) : text;
  auto read = json_decoder().decode(r);
  std::vector<found_fault> out;
  if (const auto* why = std::get_if<dead_letter>(&read)) {
    for (const auto& f : why->faults)
      out.push_back({f});
  } else {
    out = faults_in(std::get<input_event>(read), region);
  }
  constexpr std::string_view outer = "/data";
  if (bare)
    for (auto& f : out)
      if (f.is.pointer.starts_with(outer))
        f.is.pointer.erase(0, outer.size());
  return out;
}

int check(const check_options& o, std::ostream& out, std::ostream& err) {
  std::vector<json_file> files;
  regions all;
  for (const auto& name : o.files) {
    auto f = read_json_file(name);
    for (const auto& v : f.values)
      if (auto value = json::parse(f.text_of(v), nullptr, false);
          value.is_object())
        note_region(value, all);
    files.push_back(std::move(f));
  }
  std::size_t faults = 0, warnings = 0, values = 0;
  for (const auto& f : files) {
    if (f.values.empty()) {
      err << f.name << ": nothing to check\n";
      ++faults;
    }
    each_value(f, [&](const std::string& text, std::size_t line) {
      ++values;
      auto value = json::parse(text, nullptr, false);
      for (const auto& found : faults_of(text, region_for(value, all))) {
        auto at
          = value.is_discarded()
              ? line
              : line + line_at(text, find_pointer(text, found.is.pointer)) - 1;
        err << f.name << ':' << at << ": " << (found.warning ? "warning: " : "")
            << sentence(found.is) << '\n';
        ++(found.warning ? warnings : faults);
      }
    });
  }
  out << values << " events and documents checked, " << faults << " faults, "
      << warnings << " warnings\n";
  return faults == 0 ? exit_code::fine : exit_code::failed;
}

} // namespace fairlead
