#pragma once

#include "messages/inputs.hpp"
#include "messages/time.hpp"
#include "messages/wire/read_outputs.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace fairlead::what_if {

/// One phone that rang. Who that is in another run: an agent, or a number.
struct past_leg {
  std::string leg_id;
  std::string target;
  std::optional<std::string> agent;
  std::optional<instant> until; /// when it rang no longer, if that is known
};

struct past_attempt {
  instant at;
  std::vector<past_leg> legs;
};

/// How a routing ended: somebody had answered, or nobody.
struct past_end {
  instant at;
  std::optional<std::string> winner; /// a leg's id
};

struct past_call {
  std::string lead_id;
  std::map<std::int64_t, past_attempt> attempts;
  std::vector<past_end> ends;     /// more than one: taken back, or routed again
  std::optional<instant> hung_up; /// by call.ended or caller.hung_up, the last
};

/// An agent who was busy with a call.
struct busy_time {
  std::string agent;
  instant from, until;
  bool talked = false; /// wrap-up follows
};

/// Who rings, as runs can be compared by it.
[[nodiscard]] std::string target_of(const rung_leg& l);

/// What was published about a team's calls, and reported.
class past_calls {
public:
  void output(const published_output& o);
  /// A report or an end, at its step's `now`.
  void input(const input_body& e, instant now);

  /// Null: it never rang, and was not missed either.
  [[nodiscard]] const past_call* find(const std::string& call) const;
  /// The call and the attempt in which a leg rang; nothing: it is unknown.
  struct rung {
    const past_leg* leg = nullptr;
    std::int64_t attempt = 0;
  };
  [[nodiscard]] std::optional<rung> find_leg(const std::string& call,
                                             const std::string& leg) const;
  /// Who was busy with the call after `at`, and until when.
  [[nodiscard]] std::vector<busy_time> busy_after(const std::string& call,
                                                  instant at) const;
  /// When its last routing was won; nothing: it was not, or was taken back.
  [[nodiscard]] std::optional<instant> won_at(const std::string& call) const;

private:
  past_leg* leg_of(past_call& c, const std::string& leg);

  std::map<std::string, past_call> calls_;
};

} // namespace fairlead::what_if
