#include "actors/journal.hpp"

#include "messages/json_writer.hpp"

namespace fairlead {

std::string_view name_of(timer_way w) {
  switch (w) {
    case timer_way::fired:
      return "timer";
    case timer_way::given_up:
      return "given-up";
    case timer_way::dropped:
      return "dropped";
  }
  return {};
}

std::optional<timer_way> timer_way_named(std::string_view name) {
  for (auto w : {timer_way::fired, timer_way::given_up, timer_way::dropped})
    if (name_of(w) == name)
      return w;
  return std::nullopt;
}

void append_journal(std::string& out, const journal_step& s) {
  if (!out.empty())
    out += ',';
  out += '[';
  if (s.record) {
    json::append_string(out, name_of(s.record->on));
    out += ',';
    out += std::to_string(s.record->partition);
    out += ',';
    out += std::to_string(s.record->offset);
  } else {
    json::append_string(out, name_of(s.way));
    out += ',';
    json::append_string(out, s.team);
    out += ",\"";
    out += static_cast<char>(s.timer.kind);
    out += "\",";
    json::append_string(out, s.timer.id);
    out += ',';
    out += std::to_string(ms_of(s.due));
  }
  out += ',';
  out += std::to_string(ms_of(s.now));
  out += ',';
  out += std::to_string(ms_of(s.wall));
  out += ']';
}

} // namespace fairlead
