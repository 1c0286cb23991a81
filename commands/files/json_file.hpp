#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead {

/// The text of a file; `-` is standard input. Throws wrong_use if it can't be
/// read.
[[nodiscard]] std::string read_all(const std::string& name);

/// Where a JSON value stands in its text.
struct json_span {
  std::size_t from = 0, to = 0;
};

/// The values of a JSON text: the elements if it is one array, else the values
/// one after another (JSON lines, or one document over many lines). What is no
/// JSON is one span to the end of its line.
[[nodiscard]] std::vector<json_span> json_values(std::string_view text);

/// A file of JSON values, read as a whole.
struct json_file {
  std::string name; /// as it is told to people
  std::string text;
  std::vector<json_span> values;

  [[nodiscard]] std::string text_of(const json_span& v) const {
    return text.substr(v.from, v.to - v.from);
  }
};

/// Reads a file; `-` is standard input. Throws like read_all().
[[nodiscard]] json_file read_json_file(const std::string& name);

/// Each value in its order, and the line on which it begins.
void each_value(
  const json_file& f,
  const std::function<void(const std::string& text, std::size_t line)>& each);

/// Where the value at a JSON pointer begins, in a valid JSON text; the nearest
/// value above it if it is not there.
[[nodiscard]] std::size_t find_pointer(std::string_view json,
                                       std::string_view pointer);

/// The line of a byte, from 1.
[[nodiscard]] std::size_t line_at(std::string_view text, std::size_t at);

} // namespace fairlead
