#include "actors/partition/state_key.hpp"

namespace fairlead {
namespace {

constexpr char separator = '\x1f';

} // namespace

std::string state_key(std::string_view team, entity_kind kind,
                      std::string_view id) {
  std::string key;
  key.reserve(team.size() + 3 + id.size());
  key += team;
  key += separator;
  key += static_cast<char>(kind);
  key += separator;
  key += id;
  return key;
}

std::optional<state_name> split_state_key(std::string_view key) {
  auto first = key.find(separator);
  if (first == std::string_view::npos || first + 3 > key.size()
      || key[first + 2] != separator)
    return std::nullopt;
  return state_name{key.substr(0, first),
                    static_cast<entity_kind>(key[first + 1]),
                    key.substr(first + 3)};
}

} // namespace fairlead
