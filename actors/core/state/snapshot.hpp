#pragma once

#include "actors/core/limits.hpp"
#include "actors/core/state/agent.hpp"
#include "actors/core/state/call.hpp"
#include "actors/core/state/entity.hpp"
#include "actors/core/state/lead.hpp"
#include "actors/core/state/person.hpp"
#include "actors/core/state/rotation.hpp"
#include "actors/core/state/team_counters.hpp"
#include "messages/documents.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace fairlead {

/// The format in which snapshots are stored, and the oldest one that is read. A
/// newer one is refused at restore: it is of a newer program.
inline constexpr unsigned char snapshot_format = 3;
inline constexpr unsigned char oldest_snapshot_format = 2;

// The stored form of each entity: format, next due timer, for leads the head,
// then the body. Reading throws invariant_error on bytes that no writer of
// these formats wrote.

[[nodiscard]] std::string snapshot(const lead_state& s);
[[nodiscard]] std::string snapshot(const agent_state& s);
[[nodiscard]] std::string snapshot(const call_state& s);
[[nodiscard]] std::string snapshot(const rotation& s);
[[nodiscard]] std::string snapshot(const team_counters& s);
[[nodiscard]] std::string snapshot(const team_document& s);
[[nodiscard]] std::string snapshot(const person_state& s);

void restore(std::string_view bytes, lead_state& s);
void restore(std::string_view bytes, agent_state& s);
void restore(std::string_view bytes, call_state& s);
void restore(std::string_view bytes, rotation& s);
void restore(std::string_view bytes, team_counters& s);
void restore(std::string_view bytes, team_document& s);
void restore(std::string_view bytes, person_state& s);

/// The format that stored bytes begin with. Throws invariant_error for one that
/// this program does not read.
[[nodiscard]] int read_format(std::string_view bytes);

/// What a stored snapshot says without being decoded: its next timer, and of
/// a lead its head.
[[nodiscard]] std::optional<instant> stored_due(entity_kind kind,
                                                std::string_view bytes);
[[nodiscard]] lead_head stored_head(std::string_view bytes);

/// A phone or an e-mail as a person_key has it, in two parts.
struct stored_reach {
  char kind = phone_kind;
  std::string_view text;
  friend bool operator==(const stored_reach&, const stored_reach&) = default;
};
/// What a stored lead keeps (R53), phones first; views into its bytes.
struct stored_reaches {
  std::array<stored_reach, 2 * limits::reaches_per_lead> all;
  std::size_t count = 0;
  friend bool operator==(const stored_reaches&, const stored_reaches&)
    = default;
};
[[nodiscard]] stored_reaches reaches_of(std::string_view bytes);

} // namespace fairlead
