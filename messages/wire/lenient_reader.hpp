#pragma once

#include "messages/inputs.hpp"
#include "messages/json/tree.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fairlead {

/// Bytes that one text about a lead may have, and all its tags together: what
/// is kept of a lead must fit into a snapshot (R15), whatever fields one record
/// after the other fills. A longer one counts as unusable (R46).
inline constexpr std::size_t lead_text_bytes_max = 16 * 1024;
inline constexpr std::size_t lead_tags_bytes_max = 64 * 1024;

/// Reads the members of one object of which an unusable one is left out and
/// named (R46). One that is null counts
/// as absent.
class lenient_reader {
public:
  lenient_reader(const json_tree& tree, const json_node& object,
                 std::string pointer, ignored_fields& ignored)
    : tree_{tree},
      object_{object},
      pointer_{std::move(pointer)},
      ignored_{ignored} {}

  [[nodiscard]] std::optional<std::string> text(std::string_view key) const;
  [[nodiscard]] std::optional<std::string> id(std::string_view key) const;
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view key) const;
  [[nodiscard]] std::optional<bool> boolean(std::string_view key) const;
  [[nodiscard]] const json_node* object(std::string_view key) const;
  /// One bad element, or too much of them, makes the list count as absent.
  [[nodiscard]] std::optional<std::vector<std::string>>
  texts(std::string_view key) const;

private:
  [[nodiscard]] const json_node* usable(std::string_view key,
                                        json_node::kind k) const;
  void ignore(std::string_view key) const;

  const json_tree& tree_;
  const json_node& object_;
  std::string pointer_;
  ignored_fields& ignored_;
};

} // namespace fairlead
