#pragma once

#include "messages/dead_letters.hpp"
#include "messages/json/tree.hpp"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead {

/// Bytes of faults of one category that are told apart. A value of 256 KiB has
/// room for more faults than a dead letter has: the rest is counted.
inline constexpr std::size_t fault_bytes_max = 32 * 1024;

/// What is wrong with a text that is not an id.
inline constexpr const char* rule_of_ids
  = "must have 1 to 128 characters, none of them a control character";

/// The faults of one event, by the category that the contract's order of
/// checks reports first.
class fault_list {
public:
  void missing(std::string pointer) {
    missing_.add({std::move(pointer), "is missing"});
  }
  void wrong(std::string pointer, std::string what) {
    wrong_.add({std::move(pointer), std::move(what)});
  }
  void invalid(std::string pointer, std::string what) {
    invalid_.add({std::move(pointer), std::move(what)});
  }
  [[nodiscard]] bool empty() const {
    return missing_.named.empty() && wrong_.named.empty()
           && invalid_.named.empty();
  }
  /// The first category that has any; nothing: no fault.
  [[nodiscard]] std::optional<dead_letter> verdict() const;
  /// All of them, for a document (R46).
  [[nodiscard]] std::vector<fault> all() const;

private:
  struct category {
    std::vector<fault> named;
    std::size_t bytes = 0;
    std::size_t more = 0; /// faults that had no room
    void add(fault f);
    /// Those that are named, and how many more there are.
    [[nodiscard]] std::vector<fault> told() const;
  };
  category missing_, wrong_, invalid_;
};

/// An id as it stands in `data` (R53): trimmed, a number that is written as
/// digits alone as these digits. Not checked yet. Nothing: of another type.
[[nodiscard]] std::optional<std::string> id_text(const json_node& n);

/// A whole number, also written `1.0` or `1e3` (contract). Nothing: it is not
/// one of 64 bits.
[[nodiscard]] std::optional<std::int64_t> whole_number(const json_node& n);

/// Whether members of a name that is not known are faults: they are in parts of
/// documents (R46).
enum class unknown_names : std::uint8_t { ignored, faults };

/// Reads the members of one object and notes what is wrong with them. An
/// optional member that is null counts as absent.
class field_reader {
public:
  field_reader(const json_tree& tree, const json_node& object,
               std::string pointer, fault_list& faults,
               unknown_names strangers = unknown_names::ignored)
    : tree_{tree},
      object_{object},
      pointer_{std::move(pointer)},
      faults_{faults},
      strangers_{strangers} {}

  /// The member unless it is absent or null.
  [[nodiscard]] const json_node* find(std::string_view key) const;
  /// The same for one that must be there.
  [[nodiscard]] const json_node* need(std::string_view key) const;
  [[nodiscard]] const std::string& pointer() const { return pointer_; }
  [[nodiscard]] std::string at(std::string_view key) const {
    return pointer_ + "/" + std::string{key};
  }

  // Required: a default value if there is a fault.
  [[nodiscard]] std::string need_id(std::string_view key) const;
  [[nodiscard]] std::string need_text(std::string_view key) const;
  // Optional.
  [[nodiscard]] std::optional<std::string> id(std::string_view key) const;
  [[nodiscard]] std::optional<std::string> text(std::string_view key) const;
  [[nodiscard]] std::optional<bool> boolean(std::string_view key) const;
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view key) const;
  [[nodiscard]] std::optional<std::int64_t>
  integer(std::string_view key, std::int64_t min, std::int64_t max) const;
  [[nodiscard]] std::optional<std::vector<std::string>>
  texts(std::string_view key) const;
  /// A member that must be an object, if it is there.
  [[nodiscard]] const json_node* object(std::string_view key) const;
  /// A member that must be an array, if it is there.
  [[nodiscard]] const json_node* array(std::string_view key) const;
  /// A free member, as the JSON text that went in.
  [[nodiscard]] std::optional<std::string> raw(std::string_view key) const;
  /// A reader for an object inside.
  [[nodiscard]] field_reader inside(const json_node& object,
                                    std::string pointer) const {
    return {tree_, object, std::move(pointer), faults_, strangers_};
  }
  /// Where unknown names are faults: each member that is not one of these and
  /// does not begin with `x_`, with the nearest of them.
  void only(std::initializer_list<std::string_view> known) const;
  /// Calls `each(value, its pointer)` for the elements of an array.
  template <class Each>
  void elements(const json_node& array, const std::string& pointer,
                Each each) const {
    std::size_t i = 0;
    for (const auto* n = tree_.first(array); n != nullptr; n = tree_.next(*n))
      each(*n, pointer + "/" + std::to_string(i++));
  }
  [[nodiscard]] fault_list& faults() const { return faults_; }
  [[nodiscard]] const json_tree& tree() const { return tree_; }

private:
  [[nodiscard]] std::optional<std::string>
  checked_id(const json_node& n, std::string_view key) const;

  const json_tree& tree_;
  const json_node& object_;
  std::string pointer_;
  fault_list& faults_;
  unknown_names strangers_;
};

} // namespace fairlead
