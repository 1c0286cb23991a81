#pragma once

#include "messages/documents.hpp"
#include "messages/inputs.hpp"
#include "messages/time.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead {

/// The texts that one condition of a rule lists, read as they are compared
/// (R4, R53).
class listed_texts {
public:
  listed_texts() = default;
  /// `read` says how a text without a `*` at its end is compared, `begin` what
  /// a text begins with that meets one with it.
  using reading = std::function<std::string(std::string_view)>;
  listed_texts(const std::vector<std::string>& listed, const reading& read,
               const reading& begin);

  /// True if it is absent from the rule: everything holds.
  [[nodiscard]] bool empty() const { return exact_.empty() && begins_.empty(); }
  [[nodiscard]] bool has(std::string_view text) const;
  /// True if one that ends in `*` is met.
  [[nodiscard]] bool has_beginning_of(std::string_view text) const;
  /// True if one of either kind is met.
  [[nodiscard]] bool met_by(std::string_view text) const {
    return has(text) || has_beginning_of(text);
  }

private:
  std::vector<std::string> exact_;  // sorted
  std::vector<std::string> begins_; // what stands before a `*`
};

/// A rule's conditions, read once for all leads.
struct read_conditions {
  listed_texts sources, lead_types, tags, cities, zips, states, timeframes,
    languages;
  std::optional<std::int64_t> min_price, max_price;
};

[[nodiscard]] read_conditions read(const rule_conditions& when,
                                   std::string_view region);

} // namespace fairlead
