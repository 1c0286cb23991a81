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

/// Elements of one list that are named: a record has room for more bad ones
/// than an output has for their names. The others are left out without a word.
inline constexpr std::size_t named_elements_max = 100;

/// Phones and e-mails that one record may ask to forget: each may take a search
/// (messages/phone.hpp). The next one is named, and the rest is left out.
inline constexpr std::size_t forget_max = 100;

/// Reads the members of one object, whatever is wrong with them: what cannot
/// be used is left out, and what is to be said of it goes to the notes (R46,
/// R53). A member that is null counts as absent, and so does a text that is
/// empty after trimming.
class lenient_reader {
public:
  lenient_reader(const json_tree& tree, const json_node& object,
                 std::string_view pointer, reading_notes& notes)
    : tree_{tree}, object_{object}, pointer_{pointer}, notes_{notes} {}

  [[nodiscard]] std::optional<std::string> text(std::string_view key) const;
  [[nodiscard]] std::optional<std::string> id(std::string_view key) const;
  [[nodiscard]] std::optional<bool> boolean(std::string_view key) const;
  [[nodiscard]] const json_node* object(std::string_view key) const;
  // As R53 reads them.
  [[nodiscard]] std::optional<std::int64_t> price(std::string_view key) const;
  [[nodiscard]] std::optional<std::string>
  lead_type(std::string_view key) const;
  [[nodiscard]] std::optional<std::vector<std::string>>
  tags(std::string_view key) const;
  [[nodiscard]] std::optional<std::string> zip(std::string_view key) const;
  /// `first_name` and `last_name` where there is no `name`.
  [[nodiscard]] std::optional<std::string> name() const;
  /// A phone or an e-mail, for the team's region to read.
  [[nodiscard]] std::optional<typed_text> typed(std::string_view key) const;
  /// A list of them; empty texts stay in their places.
  [[nodiscard]] std::vector<std::optional<typed_text>>
  typed_list(std::string_view key) const;

private:
  [[nodiscard]] const json_node* find(std::string_view key) const;
  [[nodiscard]] const json_node* usable(std::string_view key,
                                        json_node::kind k) const;
  [[nodiscard]] std::vector<std::string> split_tags(const json_node& n) const;
  void say(reading_note::what kind, std::string_view key,
           const json_node& n) const;

  const json_tree& tree_;
  const json_node& object_;
  std::string_view pointer_;
  reading_notes& notes_;
};

} // namespace fairlead
