#pragma once

#include "actors/core/state/entity.hpp"

#include <functional>
#include <optional>
#include <string_view>

namespace fairlead::test {

/// The store of a team that nothing was ever written of.
class nothing_stored final : public entity_source {
public:
  [[nodiscard]] std::optional<std::string_view>
  find(entity_kind, std::string_view) const override {
    return std::nullopt;
  }
  [[nodiscard]] bool any(entity_kind) const override { return false; }
  [[nodiscard]] std::optional<std::string_view>
  keeper_of(std::string_view) const override {
    return std::nullopt;
  }
  void scan(entity_kind, std::string_view,
            const std::function<bool(std::string_view, std::string_view)>&)
    const override {}
};

} // namespace fairlead::test
