#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead {

/// A lead's type (R53), and whether the text said just that.
struct lead_type_reading {
  std::string type;
  bool as_typed = true;
  friend bool operator==(const lead_type_reading&, const lead_type_reading&)
    = default;
};

/// `buyers` is `buyer`; `buyer and seller` in any way of joining them is
/// `both`; any other text stays as it is.
[[nodiscard]] lead_type_reading read_lead_type(std::string_view text);

/// A list: of one it is that one, of buyer and seller it is `both`. Nothing:
/// it says too many things.
[[nodiscard]] std::optional<std::string>
read_lead_type(const std::vector<std::string>& texts);

} // namespace fairlead
