#pragma once

#include "messages/outputs.hpp"
#include "messages/time.hpp"
#include "messages/words.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fairlead::board {

/// An exact share: a sum of fractions, kept by their denominators.
class share {
public:
  share() = default;
  explicit share(std::map<std::int64_t, std::int64_t> parts)
    : parts_{std::move(parts)} {}

  void add(std::int64_t numerator, std::int64_t denominator) {
    parts_[denominator] += numerator;
  }
  void add(const share& other) {
    for (const auto& [denominator, numerator] : other.parts_)
      add(numerator, denominator);
  }
  [[nodiscard]] const std::map<std::int64_t, std::int64_t>& parts() const {
    return parts_;
  }
  /// Rounded to hundredths: each part is divided by itself, in integers, with
  /// the rest carried in 128 bits; the error is below one part in 10^9.
  [[nodiscard]] std::int64_t hundredths() const;

private:
  std::map<std::int64_t, std::int64_t> parts_; /// denominator -> numerator
};

/// What one member of a pool should have got, and did.
struct member_sums {
  std::int64_t weight = 0; /// at the last choice
  std::int64_t turns = 0;
  share should; /// at each choice its weight among those who were eligible
  std::map<exclusion, std::int64_t> left_out; /// choices, by the reason
};

struct pool_sums {
  std::int64_t choices = 0; /// that found somebody
  std::map<std::string, member_sums> members;
};

/// An agent's leads that did not come of a turn, and the calls.
struct agent_sums {
  std::map<assign_reason, std::int64_t> leads; /// all, by the reason
  std::int64_t answered = 0;
  std::int64_t rung = 0; /// legs
};

/// What happened in one hour, or in several.
struct sums {
  std::map<std::string, pool_sums> pools;
  std::map<std::string, agent_sums> agents;
  std::map<std::string, std::int64_t> rules;   /// leads that they assigned
  std::map<std::string, std::int64_t> sources; /// leads by their source
  std::map<miss_reason, std::int64_t> missed;
  std::int64_t assigned = 0, unassigned = 0, returning = 0, connected = 0;
  /// How long leads waited for their owner, and callers for an answer: how
  /// many up to each of the limits, and more.
  std::map<std::int64_t, std::int64_t> to_owner_s, to_answer_s;

  void add(const sums& other);
};

/// The limits of the two histograms, in seconds; the last has no end.
[[nodiscard]] std::int64_t to_owner_limit(std::int64_t ms);
[[nodiscard]] std::int64_t to_answer_limit(std::int64_t ms);
inline constexpr std::int64_t no_limit = -1;

/// The weights of a pool's members.
using weights = std::map<std::string, std::int64_t>;

/// A choice by rotation that found somebody (R5, R8): everybody eligible should
/// have got their weight's share of this turn.
void count_choice(pool_sums& pool, const decision_recorded& d,
                  const weights& of);

} // namespace fairlead::board
