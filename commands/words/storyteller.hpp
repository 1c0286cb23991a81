#pragma once

#include "commands/words/tell.hpp"
#include "messages/records.hpp"
#include "messages/zones.hpp"

#include <iosfwd>
#include <map>
#include <string>
#include <utility>

namespace fairlead {

/// Tells a morning to a broker: what comes in and what becomes of it, a line
/// each, with the names of people and the time of their office.
class storyteller {
public:
  explicit storyteller(std::ostream& out);

  /// Learns the names in a team or agent document; tells nothing.
  void learn(const raw_record& event);
  /// Tells an event that is sent in at that moment.
  void comes_in(const raw_record& event, instant at);
  /// Tells an output of the service, unless a broker would not want to hear it
  /// about every lead.
  void comes_out(const raw_record& output);

private:
  struct office {
    std::string name;
    const zone* at = nullptr;
  };

  [[nodiscard]] std::string lead_name(const std::string& team,
                                      const std::string& lead) const;
  void line(const std::string& team, instant at, const std::string& text);

  std::ostream& out_;
  bool colour_;
  teller words_;
  std::map<std::string, office> offices_;
  std::map<std::pair<std::string, std::string>, std::string> leads_;
  std::map<std::string, std::string> legs_; /// leg -> whom it rings
};

} // namespace fairlead
