#include "commands/check.hpp"

#include "commands/advice/in_vain.hpp"
#include "commands/advice/office.hpp"
#include "commands/advice/rules.hpp"
#include "commands/exit_codes.hpp"
#include "commands/files/json_file.hpp"
#include "commands/files/json_text.hpp"
#include "messages/phone.hpp"
#include "messages/reading/contact.hpp"
#include "messages/reading/fallback.hpp"
#include "messages/reading/folding.hpp"
#include "messages/text/visible.hpp"
#include "messages/wire/decode.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <optional>
#include <ostream>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

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

/// An id in a document, as R53 reads it; empty if it is not one.
std::string id_in(const json& document, const char* key) {
  auto it = document.find(key);
  if (it == document.end())
    return {};
  if (it->is_number_unsigned())
    return it->dump();
  return it->is_string() ? std::string{trimmed(it->get<std::string>())}
                         : std::string{};
}

/// A bare document as the event that would carry it.
std::string wrapped(const std::string& document, shape is, const json& parsed) {
  auto team = is == shape::team ? id_in(parsed, "team_id") : std::string{};
  if (team.empty())
    team = "check";
  return R"({"specversion":"1.0","id":"check","source":"/check","type":")"
         + std::string{is == shape::team ? "team.configured"
                                         : "agent.configured"}
         + R"(","partitionkey":)" + as_json(team) + R"(,"data":)" + document
         + "}";
}

/// What is to be said of one type of event.
struct faults_in {
  const json& data;
  const std::string& region;
  std::vector<found_fault> out{};

  void operator()(const team_configured& e) {
    for (auto& f : advice_on_rules(e.document))
      out.push_back({std::move(f), true});
  }
  void operator()(const agent_configured& e) {
    for (const auto& f : e.faults)
      out.push_back({f});
    if (const auto& phone = e.document.phone;
        phone && !read_phone(*phone, region))
      out.push_back(
        {{"/data/phone", "is not a phone number in region " + region}});
  }
  void operator()(const lead_received& e) {
    of_contact(e.contact);
    lost(e.notes);
  }
  void operator()(const transfer_requested& e) {
    lost(read_fallback_numbers(e, region).notes);
    of_contact(e.contact);
  }
  void operator()(const call_outcome& e) {
    auto until = data.find("until");
    if (until != data.end() && !until->is_null() && !e.until)
      lost({{reading_note::what::ignored, "/until", {}}});
  }
  template <class Other>
  void operator()(const Other&) {}

private:
  void of_contact(const contact& c) { lost(read_contact(c, region, {}).notes); }
  /// What was read in spite of its form is not lost.
  void lost(const reading_notes& notes) {
    using what = reading_note::what;
    for (const auto& n : notes)
      if (n.kind != what::read)
        out.push_back(
          {{"/data" + n.pointer, n.kind == what::ignored
                                   ? "is unusable and will be left out"
                                   : "leads to nobody: no person has it"},
           true});
  }
};

/// Nothing is decided by it, but others will want to read it.
bool has_time(const json& event) {
  auto t = event.find("time");
  return t == event.end() || t->is_null()
         || (t->is_string() && from_rfc3339(t->get<std::string>()));
}

/// One JSON value of a file, and what it is.
struct checked {
  std::vector<found_fault> found;
  std::optional<input_event> event;
  bool bare = false; /// a document without an envelope
};

checked read_value(const std::string& text, const json& value,
                   const std::string& region) {
  auto is = value.is_discarded() ? shape::event : shape_of(value);
  checked c;
  if (is == shape::clock) {
    if (!value["clock"].is_string()
        || !from_rfc3339(value["clock"].get<std::string>()))
      c.found.push_back(
        {{"/clock", "must be a time such as 2026-03-02T15:00:00Z"}});
    return c;
  }
  if (value.is_object() && is == shape::event && !value.contains("specversion")
      && !value.contains("type")) {
    c.found.push_back(
      {{"", "is neither an event (it has no specversion) nor a document "
            "(it has no team_id or agent_id)"}});
    return c;
  }
  c.bare = is == shape::team || is == shape::agent;
  raw_record r;
  r.value = c.bare ? wrapped(text, is, value) : text;
  auto read = json_decoder().decode(r);
  if (const auto* why = std::get_if<dead_letter>(&read)) {
    for (const auto& f : why->faults)
      c.found.push_back({f});
    return c;
  }
  c.event = std::move(std::get<input_event>(read));
  const auto& data = c.bare ? value : value["data"];
  faults_in at{data, region};
  std::visit(at, c.event->body);
  c.found = std::move(at.out);
  if (!c.bare && !has_time(value))
    c.found.push_back(
      {{"/time", "is not a time such as 2026-03-02T15:00:00Z"}, true});
  for (auto& f : said_in_vain(data, type_of(c.event->body)))
    c.found.push_back({std::move(f), true});
  return c;
}

/// In a document without an envelope, pointers begin in it.
void without_envelope(std::vector<found_fault>& found) {
  constexpr std::string_view outer = "/data";
  for (auto& f : found)
    if (f.is.pointer.starts_with(outer))
      f.is.pointer.erase(0, outer.size());
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
  auto team = id_in(*document, "team_id");
  if (!team.empty())
    all[team] = region != document->end() && region->is_string()
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
  auto c = read_value(text, json::parse(text, nullptr, false), region);
  if (c.bare)
    without_envelope(c.found);
  return std::move(c.found);
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
  // Everything is read before anything is told: documents speak of each other.
  struct told_value {
    const json_file* file;
    std::string text;
    std::size_t line;
    bool is_json;
    checked is;
  };
  std::vector<told_value> values;
  office offices;
  std::size_t faults = 0, warnings = 0;
  for (const auto& f : files) {
    if (f.values.empty()) {
      err << f.name << ": nothing to check\n";
      ++faults;
    }
    each_value(f, [&](const std::string& text, std::size_t line) {
      auto value = json::parse(text, nullptr, false);
      auto is = read_value(text, value, region_for(value, all));
      if (is.event) {
        bool any_team
          = is.bare && std::holds_alternative<agent_configured>(is.event->body);
        for (auto& n : offices.note(*is.event, any_team ? "" : is.event->team,
                                    values.size()))
          is.found.push_back({std::move(n), true});
      }
      values.push_back({&f, text, line, !value.is_discarded(), std::move(is)});
    });
  }
  for (auto& [value, advice] : offices.advice())
    for (auto& a : advice)
      values[value].is.found.push_back({std::move(a), true});
  for (auto& v : values) {
    if (v.is.bare)
      without_envelope(v.is.found);
    for (const auto& found : v.is.found) {
      auto at = v.is_json
                  ? v.line
                      + line_at(v.text, find_pointer(v.text, found.is.pointer))
                      - 1
                  : v.line;
      err << v.file->name << ':' << at << ": "
          << (found.warning ? "warning: " : "") << visible(sentence(found.is))
          << '\n';
      ++(found.warning ? warnings : faults);
    }
  }
  out << values.size() << " events and documents checked, " << faults
      << " faults, " << warnings << " warnings\n";
  return faults == 0 ? exit_code::fine : exit_code::failed;
}

} // namespace fairlead
