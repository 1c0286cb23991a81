#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead {

/// One value of a JSON text.
struct json_node {
  enum class kind : std::uint8_t {
    null,
    boolean,
    integer, /// a JSON integer that fits into 64 bits
    number,  /// any other number
    text,
    array,
    object
  };
  kind is = kind::null;
  bool truth = false;
  std::int64_t whole = 0;
  std::string text;     /// of a text, unescaped
  std::string key;      /// if it is a member
  std::string_view raw; /// as it stands in the JSON text
  std::uint32_t parent = 0;
  std::uint32_t first_child = 0, next_sibling = 0; /// 0: none
};

/// A JSON text, read once into a flat list of values. Made by simdjson, and
/// where that hesitates by nlohmann_json's SAX parser: what is JSON and what
/// is not is nlohmann_json's answer, but for two: numbers too large for a
/// double are numbers, and neither does a byte of zero end a text nor a byte
/// order mark begin one. A text may be as deep as it likes.
class json_tree {
public:
  /// Nothing if the text is not JSON. The tree looks into the text: keep it.
  [[nodiscard]] static std::optional<json_tree> parse(std::string_view text);

  [[nodiscard]] const json_node& root() const { return nodes_.front(); }
  /// How many arrays and objects stand inside of each other, at most; exact
  /// beyond what the quick reader reads (32).
  [[nodiscard]] std::size_t depth() const { return depth_; }
  /// The member of that name, the last of several; null if there is none.
  [[nodiscard]] const json_node* find(const json_node& object,
                                      std::string_view key) const;
  /// First value inside an array or object, and the one after; null at the
  /// end.
  [[nodiscard]] const json_node* first(const json_node& container) const {
    return at(container.first_child);
  }
  [[nodiscard]] const json_node* next(const json_node& value) const {
    return at(value.next_sibling);
  }

private:
  friend class json_tree_builder;
  [[nodiscard]] const json_node* at(std::uint32_t i) const {
    return i == 0 ? nullptr : &nodes_[i];
  }
  std::vector<json_node> nodes_;
  std::size_t depth_ = 0;
};

} // namespace fairlead
