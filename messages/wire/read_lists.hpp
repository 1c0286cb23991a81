#pragma once

#include "messages/wire/field_reader.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fairlead {

/// The elements of a list that must be objects.
template <class Each>
void each_object(const field_reader& r, std::string_view key, Each each) {
  const auto* list = r.array(key);
  if (list == nullptr)
    return;
  r.elements(*list, r.at(key), [&](const json_node& n, std::string where) {
    if (n.is == json_node::kind::object)
      each(r.inside(n, std::move(where)));
    else
      r.faults().wrong(where, "must be an object");
  });
}

/// The elements of a list that may not have more than `max`.
template <class Each>
void each_of_at_most(const field_reader& r, std::string_view key,
                     std::size_t max, Each each) {
  const auto* list = r.array(key);
  if (list == nullptr)
    return;
  std::size_t size = 0;
  r.elements(*list, r.at(key), [&](const json_node& n, std::string where) {
    if (++size <= max)
      each(n, std::move(where));
  });
  if (size > max)
    r.faults().invalid(r.at(key), "are more than " + std::to_string(max));
}

template <class Value>
void sort_once(std::vector<Value>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

} // namespace fairlead
