#pragma once

#include "messages/outputs.hpp"
#include "messages/records.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fairlead {

/// How a phone reacts when it rings.
struct phone_habit {
  /// The type of a ring report without `ring.`, or `mailbox`: it is answered,
  /// and some seconds later the carrier says that it was a machine (R33).
  std::string does = "answered";
  double after_s = 5;
  double talk_s = 60; /// until call.ended
};

/// Numbers that behave as written down; all others roll dice.
struct phone_habits {
  std::map<std::string, phone_habit>
    of; /// by number as messages/phone.hpp keeps it, or by endpoint
  int answered_percent = 65, declined_percent = 10, busy_percent = 5;
  double after_min_s = 2, after_max_s = 12;
  double talk_min_s = 20, talk_max_s = 90;
  std::uint64_t seed = 1; /// the same seed gives the same answers
};

/// Reads habits: JSON lines `{"phone":…,"does":…,"after_s":…,"talk_s":…}`; an
/// `extension` may stand beside the phone, or an `endpoint` instead of it.
/// Throws wrong_use that names the line.
[[nodiscard]] std::map<std::string, phone_habit>
read_habits(const std::string& json_lines, const std::string& name);

/// Everybody's phones: they hear rings and report later what became of each
/// leg. Time is an argument.
class phones {
public:
  explicit phones(phone_habits habits) : habits_{std::move(habits)} {}

  /// A record of `rings`.
  void hear(const raw_record& r, instant now);
  /// The events that are due by now, in order, as JSON texts.
  [[nodiscard]] std::vector<std::string> due(instant now);
  [[nodiscard]] std::optional<instant> next() const;

private:
  struct planned {
    std::string team, call, leg, type;
  };
  void ring(const std::string& team, const ring_requested& rings, instant now);
  void stop_ringing(const ring_cancelled& cancelled);
  void talk(const std::string& team, const transfer_connected& connected,
            instant now);
  void hangs_up_on_a_machine(const std::string& call);
  [[nodiscard]] phone_habit habit_for(const dialled& number,
                                      const std::string& leg) const;

  phone_habits habits_;
  std::multimap<instant, planned> plans_;
  std::map<std::string, double> talks_; /// leg -> seconds
};

} // namespace fairlead
