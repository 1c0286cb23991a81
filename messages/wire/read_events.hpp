#pragma once

#include "messages/inputs.hpp"
#include "messages/json/tree.hpp"
#include "messages/records.hpp"
#include "messages/wire/field_reader.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace fairlead {

/// What a reader of `data` has at hand.
struct reading {
  const json_tree& tree;
  const json_node& data;
  field_reader fields;
  const std::string& team;
};

/// Reads the `data` of one type. What is wrong with it goes to the faults of
/// `fields`; then the result must not be used.
using data_reader = input_body(const reading& r);

/// The reader of that type's `data`; null: the contract has no such type, or
/// its `data` is a document.
[[nodiscard]] data_reader* data_reader_of(std::string_view type);

/// The member with the id of a type's document; empty: the `data` of that type
/// is not a document.
[[nodiscard]] std::string_view document_id_of(std::string_view type);

/// A document's own id decides between a missing field and a document that is
/// at fault (contract, small print). The faults of `fields` must be empty.
[[nodiscard]] std::variant<input_body, dead_letter>
read_document(const reading& r, std::string_view type);

} // namespace fairlead
