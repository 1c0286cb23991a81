#pragma once

#include "messages/documents.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead {

/// The texts that one condition of a rule lists, as they are compared (R4).
struct listed_texts {
  std::vector<std::string> exact;  /// sorted
  std::vector<std::string> begins; /// what stands before a `*` at the end

  /// True if the rule does not ask for it: everything holds.
  [[nodiscard]] bool empty() const { return exact.empty() && begins.empty(); }
  [[nodiscard]] bool lists(std::string_view text) const;
  [[nodiscard]] bool has_beginning_of(std::string_view text) const;
  [[nodiscard]] bool met_by(std::string_view text) const {
    return lists(text) || has_beginning_of(text);
  }
};

/// A rule's conditions, read once for all leads (R53).
struct read_conditions {
  listed_texts sources, lead_types, tags, cities, zips, states, timeframes,
    languages;
  std::optional<std::int64_t> min_price, max_price;
};

[[nodiscard]] read_conditions conditions_of(const rule_conditions& when,
                                            std::string_view region);

/// A language as it is compared: folded, `es_MX` as `es-mx`.
[[nodiscard]] std::string language_for_comparison(std::string_view text);

} // namespace fairlead
