#pragma once

#include "commands/words/terminal.hpp"
#include "messages/records.hpp"
#include "messages/wire/read_outputs.hpp"
#include "messages/zones.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>

namespace fairlead {

/// An output in words: whom and what it is about, and what happened. Visible
/// text, whatever strangers have written.
struct telling {
  instant time;
  std::string team;
  std::string subject; /// a lead, or else an agent or a call
  std::string text;
  text_tone tone = text_tone::plain;
};

/// Turns outputs into words that a sales manager understands, for every command
/// that shows them. Learns people's names on the way.
class teller {
public:
  /// A name that is known before any output tells it.
  void know(const std::string& team, const std::string& agent_id,
            const std::string& name);
  /// The zone in which a team's times are told; UTC if it is not known.
  void know_zone(const std::string& team, const zone* at) { zones_[team] = at; }
  /// Learns the names in an output.
  void learn(const published_output& o);
  /// Learns the name in an agent's document; any other input tells none.
  void learn(const raw_record& input);

  /// Learns from the output, and tells it.
  [[nodiscard]] telling tell(const published_output& o);
  /// The same for a record; nothing if it is neither an output nor a dead
  /// letter.
  [[nodiscard]] std::optional<telling> tell(const raw_record& r);
  [[nodiscard]] std::optional<telling> tell(const new_record& r);

  /// Visible text, too.
  [[nodiscard]] std::string name_of_agent(const std::string& team,
                                          const std::string& id) const;
  /// The time of day in the team's zone.
  [[nodiscard]] std::string time_of_day(const std::string& team,
                                        instant t) const;

private:
  std::map<std::string, const zone*> zones_;
  std::map<std::pair<std::string, std::string>, std::string> names_;
};

/// `2026-03-02 15:00:07Z  acme  l-1001  Ana Diaz gets the lead: …`
[[nodiscard]] std::string line_of(const telling& t, bool colour);

} // namespace fairlead
