#include "actors/journal.hpp"

#include "messages/json_writer.hpp"

namespace fairlead {

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
    out += "\"timer\",";
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

std::string encode_journal(const std::vector<journal_step>& steps) {
  std::string body;
  for (const auto& s : steps)
    append_journal(body, s);
  return "[" + body + "]";
}

} // namespace fairlead
