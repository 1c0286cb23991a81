#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Appends JSON to a text: for the hot path, where a document tree would cost
/// more than everything else together. What goes in must be valid UTF-8.
namespace fairlead::json {

/// A text in quotes, escaped as RFC 8259 demands and no further.
void append_string(std::string& out, std::string_view s);

/// An integer.
void append_integer(std::string& out, std::int64_t n);

/// Writes one object, member by member, in the order of the calls. The object
/// is closed when the writer ends.
class object {
public:
  explicit object(std::string& out) : out_{out} { out_ += '{'; }
  ~object() { out_ += '}'; }
  object(const object&) = delete;
  object& operator=(const object&) = delete;

  void text(std::string_view key, std::string_view value) {
    name(key);
    append_string(out_, value);
  }
  void integer(std::string_view key, std::int64_t value) {
    name(key);
    append_integer(out_, value);
  }
  void boolean(std::string_view key, bool value) {
    name(key);
    out_ += value ? "true" : "false";
  }
  void null(std::string_view key) {
    name(key);
    out_ += "null";
  }
  /// JSON text, as it is.
  void raw(std::string_view key, std::string_view json) {
    name(key);
    out_ += json;
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
  /// The text to append a member's value to.
  std::string& member(std::string_view key) {
    name(key);
    return out_;
  }

private:
  void name(std::string_view key) {
    if (!first_)
      out_ += ',';
    first_ = false;
    out_ += '"';
    out_ += key;
    out_ += "\":";
  }

  std::string& out_;
  bool first_ = true;
};

} // namespace fairlead::json
