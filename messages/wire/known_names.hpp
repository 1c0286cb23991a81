#pragma once

#include <span>
#include <string_view>

namespace fairlead {

/// The names that an object inside an input's `data` may have, where unknown
/// ones are ignored (R46). `place` is a JSON pointer into `data`, in which `*`
/// stands for each element of a list.
struct known_object {
  std::string_view place;
  std::span<const std::string_view> names; /// in the contract's order
};

/// The objects of one type of input; none for a type that is not known. Those
/// of documents in which an unknown name is a fault are not among them.
[[nodiscard]] std::span<const known_object>
known_objects_of(std::string_view type);

} // namespace fairlead
