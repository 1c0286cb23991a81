#pragma once

#include "messages/growing_text.hpp"

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

/// Appends JSON to a text: for the hot path, where a document tree would cost
/// more than everything else together. What goes in must be valid UTF-8.
namespace fairlead::json {

/// A text in quotes, escaped as RFC 8259 demands and no further.
void append_string(growing_text& out, std::string_view s);

/// An integer.
void append_integer(growing_text& out, std::int64_t n);

/// Writes one object, member by member, in the order of the calls. The object
/// is closed when the writer ends.
class object {
public:
  explicit object(growing_text& out) : out_{out} { out_.put('{'); }
  ~object() { out_.put('}'); }
  object(const object&) = delete;
  object& operator=(const object&) = delete;

  void text(std::string_view key, std::string_view value) {
    append_string(member(key), value);
  }
  void integer(std::string_view key, std::int64_t value) {
    append_integer(member(key), value);
  }
  void boolean(std::string_view key, bool value) {
    member(key).put(value ? "true" : "false");
  }
  void null(std::string_view key) { member(key).put("null"); }
  /// JSON text, as it is.
  void raw(std::string_view key, std::string_view json) {
    member(key).put(json);
  }
  /// Left out if there is nothing.
  template <std::same_as<std::optional<std::string>> Text>
  void text(std::string_view key, const Text& value) {
    if (value)
      text(key, std::string_view{*value});
  }
  template <class Integer>
  requires std::is_integral_v<Integer>
  void integer(std::string_view key, const std::optional<Integer>& value) {
    if (value)
      integer(key, static_cast<std::int64_t>(*value));
  }
  template <std::same_as<std::optional<std::string>> Text>
  void raw(std::string_view key, const Text& json) {
    if (json)
      raw(key, std::string_view{*json});
  }
  /// Null if there is nothing.
  void text_or_null(std::string_view key,
                    const std::optional<std::string>& value) {
    if (value)
      text(key, std::string_view{*value});
    else
      null(key);
  }
  /// Where the member's value is to be written.
  growing_text& member(std::string_view key) {
    auto* to = out_.room(key.size() + 4);
    if (!std::exchange(first_, false))
      *to++ = ',';
    *to++ = '"';
    key.copy(to, key.size());
    to += key.size();
    *to++ = '"';
    *to++ = ':';
    out_.wrote(to);
    return out_;
  }

private:
  growing_text& out_;
  bool first_ = true;
};

} // namespace fairlead::json
