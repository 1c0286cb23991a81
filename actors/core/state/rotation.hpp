#pragma once

#include "messages/documents.hpp"
#include "messages/time.hpp"
#include "messages/words.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fairlead {

/// One member's place in a rotation.
struct rotation_member {
  std::string agent_id;
  std::int64_t weight = 1;
  std::int64_t pass = 0;
  std::uint64_t assigned_no = 0; /// the rotation's clock then; 0: never
  bool was_eligible = false;     /// at the rotation's previous choice (R8)
  friend bool operator==(const rotation_member&, const rotation_member&)
    = default;
};

/// A member that was taken out of the pool, as it was then (R9).
struct gone_member {
  std::string agent_id;
  std::int64_t weight = 1;
  std::int64_t pass = 0;
  std::uint64_t assigned_no = 0;
  instant left;
  friend bool operator==(const gone_member&, const gone_member&) = default;
};

/// A pool's rotation (R5): least virtual time. Members are in the order of the
/// pool's document. All numbers are integers; U <= 10^9 keeps every pass below
/// 2^62 for more than 4 * 10^9 turns.
struct rotation {
  std::int64_t v = 0;      /// V (R8), never falls but when U does (R9)
  std::int64_t u = 1;      /// least common multiple of the weights, <= 10^9
  std::uint64_t turns = 0; /// R6
  std::uint64_t clock = 0; /// orders assignments and joins
  std::int64_t catch_up_turns = 0;
  std::vector<rotation_member> members;
  std::vector<gone_member> gone;  /// who may come back, oldest first (R9)
  std::optional<instant> removed; /// with its pool (R10)
  friend bool operator==(const rotation&, const rotation&) = default;
};

/// What a turn costs a member of that weight (R5): U / weight, rounded up where
/// U is not a multiple of it.
[[nodiscard]] constexpr std::int64_t turn_cost(std::int64_t u,
                                               std::int64_t weight) {
  return (u + weight - 1) / weight;
}

/// What a choice of the rotation found: passes and V as R8's third step finds
/// them, and who comes out.
struct rotation_choice {
  std::int64_t v = 0;                /// after R8 (1)
  std::vector<std::int64_t> passes;  /// after R8 (2), in the members' order
  std::vector<bool> eligible;        /// the choice's own set
  std::optional<std::size_t> chosen; /// index into the members
  std::optional<tie_break> tie;      /// none: nobody had the same pass
  std::int64_t pass_after = 0;
  bool fair = true; /// P5 held for everyone eligible now and before
};

/// Chooses among the members marked eligible (R5, R8). Changes nothing. If
/// nobody is eligible, V and the passes are those of now.
[[nodiscard]] rotation_choice choose(const rotation& now,
                                     std::vector<bool> eligible);

/// The choice's turn is used (R6): the only way that a rotation moves on. A
/// choice that found nobody changes nothing.
void apply(rotation& r, const rotation_choice& c);

/// The rotation under a new document of its pool, applied at `at` (R9); `now`
/// is empty for a new pool.
[[nodiscard]] rotation reconfigured(const std::optional<rotation>& now,
                                    const pool_document& pool, instant at);

/// The rotation of a pool that a document applied at `at` does not have any
/// more (R10): all its members are gone, and nothing changes until it is back.
[[nodiscard]] rotation taken_out(rotation r, instant at);

/// True if a rotation whose pool was removed is forgotten (R10).
[[nodiscard]] bool forgotten(const rotation& r, instant now);

} // namespace fairlead
