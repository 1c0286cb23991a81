#include "commands/words/storyteller.hpp"

#include "actors/core/overload.hpp"
#include "commands/files/json_text.hpp"
#include "commands/words/terminal.hpp"
#include "messages/english/in_words.hpp"
#include "messages/text/visible.hpp"
#include "messages/wire/read_outputs.hpp"

#include <nlohmann/json.hpp>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <tuple>
#include <variant>

namespace fairlead {
namespace {

using nlohmann::json;

std::string dollars(std::int64_t n) {
  auto digits = std::to_string(n);
  for (auto i = static_cast<std::ptrdiff_t>(digits.size()) - 3; i > 0; i -= 3)
    digits.insert(static_cast<std::size_t>(i), ",");
  return "$" + digits;
}

constexpr overload is_small_talk{
  [](const decision_recorded&) { return true; },
  [](const lead_stage_changed&) { return true; },
  [](const ring_cancelled& b) {
    return std::any_of(b.legs.begin(), b.legs.end(), [](const rung_leg& l) {
      return l.reason == cancel_reason::answered_elsewhere;
    });
  },
  [](const notification_requested& b) {
    return b.kind != notification_kind::re_inquiry
           && b.kind != notification_kind::cover
           && b.kind != notification_kind::leads_left;
  },
  [](const auto&) { return false; }};

/// The event's own words: some of them, such as a reason, are for people only
/// and Fairlead itself does not read them.
json parsed(const raw_record& event) {
  return json::parse(event.value.value_or("{}"));
}

std::string name_in(const json& contact) {
  if (auto name = text_in(contact, "name"); !name.empty())
    return name;
  auto first = text_in(contact, "first_name");
  auto last = text_in(contact, "last_name");
  return first + (first.empty() || last.empty() ? "" : " ") + last;
}

/// Nothing for an event that is not worth a line.
std::string in_words(const json& event, const std::string& lead,
                     const std::string& team, const teller& words) {
  const auto& data = event.at("data");
  auto type = text_in(event, "type");
  auto name_at = [&](const char* key) {
    return words.name_of_agent(team, text_in(data, key));
  };
  if (type == "lead.received") {
    std::string out = lead + " asks";
    if (auto source = text_in(data, "source"); !source.empty())
      out += ", via " + source;
    for (auto key : {"lead_type", "city"})
      if (auto t = text_in(data, key); !t.empty())
        out += ", " + t;
    if (auto p = data.find("price"); p != data.end() && p->is_number_integer())
      out += ", " + dollars(p->get<std::int64_t>());
    else if (auto t = text_in(data, "price"); !t.empty())
      out += ", " + t;
    if (data.contains("assigned_agent"))
      out += ", for " + name_at("assigned_agent");
    return out;
  }
  if (type == "transfer.requested")
    return lead + " is on the phone with the bot and wants a human";
  if (type == "outreach.requested")
    return "a text for lead " + lead + " is ready to go out";
  if (type == "lead.closed")
    return lead + " is lost: " + text_in(data, "reason");
  if (type == "lead.assignment_requested")
    return name_at("by") + " wants " + name_at("agent_id") + " to have " + lead;
  if (type == "call.outcome")
    return "the call with " + lead + " is tagged " + text_in(data, "outcome");
  if (type == "agent.removed")
    return name_at("agent_id") + " leaves the company";
  if (type == "task.completed")
    return "somebody ticks off a task that does not exist";
  if (type != "agent.availability_changed")
    return {};
  auto out = name_at("agent_id");
  for (auto [key, on, off] :
       {std::tuple{"accepting_leads", " takes leads again",
                   " stops taking leads for a while"},
        std::tuple{"available_for_calls", " takes calls again",
                   " stops taking calls for a while"},
        std::tuple{"busy", " is on a call of their own",
                   " is off their own call"}})
    if (auto v = data.find(key); v != data.end() && v->is_boolean())
      out += v->get<bool>() ? on : off;
  if (auto until = text_in(data, "away_until"); !until.empty())
    out += " is away until " + until.substr(0, until.find('T'));
  if (auto why = text_in(data, "reason"); !why.empty())
    out += " (" + why + ")";
  return out;
}

} // namespace

storyteller::storyteller(std::ostream& out)
  : out_{out}, colour_{wants_colour(STDOUT_FILENO)} {
}

void storyteller::learn(const raw_record& event) {
  auto e = parsed(event);
  const auto& data = e.at("data");
  auto team = text_in(e, "partitionkey");
  auto type = text_in(e, "type");
  if (type == "team.configured") {
    auto& known = offices_[team];
    known = {text_in(data, "name"), find_zone(text_in(data, "time_zone"))};
    words_.know_zone(team, known.at);
  } else if (type == "agent.configured") {
    words_.know(team, text_in(data, "agent_id"), text_in(data, "name"));
  }
}

void storyteller::comes_in(const raw_record& event, instant at) {
  auto e = parsed(event);
  const auto& data = e.at("data");
  auto team = text_in(e, "partitionkey");
  // Of all that telephony reports, a machine is what surprises: somebody had
  // answered, or so it seemed.
  if (text_in(e, "type") == "ring.machine") {
    if (auto leg = legs_.find(text_in(data, "leg_id")); leg != legs_.end())
      line(team, at,
           toned("the phone of " + visible(leg->second)
                   + " is answered by a machine",
                 text_tone::strong, colour_));
    return;
  }
  auto lead = text_in(data, "lead_id");
  if (auto contact = data.find("contact"); contact != data.end())
    if (auto name = name_in(*contact); !name.empty())
      leads_[{team, lead}] = name;
  auto said = in_words(e, lead_name(team, lead), team, words_);
  if (!said.empty())
    line(team, at, toned(visible(said), text_tone::strong, colour_));
}

void storyteller::comes_out(const raw_record& output) {
  auto o = read_output(output);
  if (o && o->body) {
    if (const auto* rings = std::get_if<ring_requested>(&*o->body))
      for (const auto& l : rings->legs)
        legs_[l.leg_id] = l.name.value_or(in_words(l.number));
    if (std::visit(is_small_talk, *o->body))
      return;
  }
  auto told = o ? words_.tell(*o) : words_.tell(output);
  if (!told)
    return;
  auto about = o ? lead_name(o->team, o->lead_id) : told->subject;
  line(told->team, told->time,
       "  " + std::string{told->tone == text_tone::bad ? "!" : "→"} + " "
         + (about.empty() ? "" : visible(about) + ": ")
         + toned(told->text, told->tone, colour_));
}

std::string storyteller::lead_name(const std::string& team,
                                   const std::string& lead) const {
  auto it = leads_.find({team, lead});
  return it == leads_.end() ? lead : it->second;
}

void storyteller::line(const std::string& team, instant at,
                       const std::string& text) {
  std::string name = team;
  std::string time;
  if (auto o = offices_.find(team); o != offices_.end() && o->second.at) {
    name = o->second.name;
    auto minutes = to_local(*o->second.at, at).ms_of_day / 60'000;
    auto two = [](int n) { return (n < 10 ? "0" : "") + std::to_string(n); };
    time = two(minutes / 60) + ":" + two(minutes % 60);
  }
  out_ << toned(time, text_tone::quiet, colour_) << "  " << padded(name, 21)
       << text << std::endl;
}

} // namespace fairlead
