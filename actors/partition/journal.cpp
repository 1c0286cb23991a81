#include "actors/partition/journal.hpp"

#include "messages/json/writer.hpp"

#include <cstddef>
#include <type_traits>
#include <utility>

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
  growing_text t{96};
  if (!out.empty())
    t.put(',');
  auto put = [&t, separator = '['](const auto& item) mutable {
    t.put(std::exchange(separator, ','));
    if constexpr (std::is_convertible_v<decltype(item), std::string_view>)
      json::append_string(t, item);
    else
      json::append_integer(t, item);
  };
  if (s.record) {
    put(name_of(s.record->on));
    put(s.record->partition);
    put(s.record->offset);
  } else {
    put(name_of(s.way));
    put(s.team);
    put(std::string(1, static_cast<char>(s.timer.kind)));
    put(s.timer.id);
    put(ms_of(s.due));
  }
  put(ms_of(s.now));
  put(ms_of(s.wall));
  t.put(']');
  out += t.view();
}

std::string journal_record(std::string_view steps) {
  std::string out = R"([{"edition":)" + std::to_string(rules_edition) + "},";
  out += steps;
  return out + "]";
}

std::string journal_of_takeover(const input_positions& at) {
  std::string out
    = R"([{"edition":)" + std::to_string(rules_edition) + R"(,"state":[)";
  for (std::size_t i = 0; i < at.size(); ++i)
    out += (i > 0 ? "," : "") + std::to_string(at[i]);
  return out + "]}]";
}

} // namespace fairlead
