#pragma once

#include "actors/core/state/entity.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace fairlead {

/// The key of an entity on `state`: team U+001F kind U+001F id.
[[nodiscard]] std::string state_key(std::string_view team, entity_kind kind,
                                    std::string_view id);

/// A key of `state` taken apart; the parts point into it.
struct state_name {
  std::string_view team;
  entity_kind kind = entity_kind::team;
  std::string_view id;
};
/// Nothing: the key is not an entity's.
[[nodiscard]] std::optional<state_name> split_state_key(std::string_view key);

} // namespace fairlead
