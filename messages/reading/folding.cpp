#include "messages/reading/folding.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iterator>
#include <utility>

namespace fairlead {
namespace {

constexpr std::int32_t replacement = 0xfffd;

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x80;
  });
}

/// White space of ASCII: U+0009 to U+000D, U+0020.
constexpr bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

void append(std::string& out, std::int32_t code_point) {
  std::array<utf8proc_uint8_t, 4> bytes{};
  auto n = utf8proc_encode_char(code_point, bytes.data());
  for (utf8proc_ssize_t i = 0; i < n; ++i)
    out += static_cast<char>(bytes[static_cast<std::size_t>(i)]);
}

bool is_format_character(std::int32_t code_point) {
  return utf8proc_category(code_point) == UTF8PROC_CATEGORY_CF;
}

/// Appends characters with runs of white space as one blank, none in front.
class one_blank {
public:
  explicit one_blank(std::size_t bytes) { out_.reserve(bytes); }
  void blank() { pending_ = !out_.empty(); }
  void put(char c) {
    flush();
    out_ += c;
  }
  void put(std::int32_t code_point) {
    flush();
    append(out_, code_point);
  }
  [[nodiscard]] std::string take() { return std::move(out_); }

private:
  void flush() {
    if (pending_)
      out_ += ' ';
    pending_ = false;
  }
  std::string out_;
  bool pending_ = false;
};

std::string folded_ascii(std::string_view text) {
  one_blank out{text.size()};
  for (char c : text)
    if (is_blank(c))
      out.blank();
    else
      out.put(lower(c));
  return out.take();
}

/// NFKD, which has to see the whole text to order its marks.
std::string decomposed(std::string_view text) {
  utf8proc_uint8_t* bytes = nullptr;
  auto n = utf8proc_map(
    // utf8proc takes bytes as unsigned.
    reinterpret_cast<const utf8proc_uint8_t*>(text.data()), // NOLINT
    static_cast<utf8proc_ssize_t>(text.size()), &bytes,
    static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPAT
                                   | UTF8PROC_DECOMPOSE));
  if (n < 0)
    return std::string{text}; // not UTF-8: nothing is equal to it but itself
  std::string out{reinterpret_cast<const char*>(bytes), // NOLINT
                  static_cast<std::size_t>(n)};
  std::free(bytes); // NOLINT(cppcoreguidelines-no-malloc): utf8proc's
  return out;
}

} // namespace

std::int32_t next_code_point(std::string_view& text) {
  utf8proc_int32_t c = 0;
  auto n = utf8proc_iterate(
    reinterpret_cast<const utf8proc_uint8_t*>(text.data()), // NOLINT
    static_cast<utf8proc_ssize_t>(text.size()), &c);
  if (n <= 0) {
    text.remove_prefix(std::min<std::size_t>(1, text.size()));
    return replacement;
  }
  text.remove_prefix(static_cast<std::size_t>(n));
  return c;
}

bool is_white_space(std::int32_t c) {
  return (c >= 0x09 && c <= 0x0d) || c == 0x20 || c == 0x85 || c == 0xa0
         || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028
         || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

bool is_currency_sign(std::int32_t c) {
  return utf8proc_category(c) == UTF8PROC_CATEGORY_SC;
}

std::string folded(std::string_view text) {
  if (is_ascii(text))
    return folded_ascii(text);
  auto plain = decomposed(text);
  one_blank out{plain.size()};
  std::string_view rest = plain;
  while (!rest.empty()) {
    auto c = next_code_point(rest);
    // A character folds into at most three, none of which folds any more.
    std::array<utf8proc_int32_t, 4> fold{};
    int last_class = UTF8PROC_BOUNDCLASS_START;
    auto n = utf8proc_decompose_char(c, fold.data(), fold.size(),
                                     UTF8PROC_CASEFOLD, &last_class);
    for (utf8proc_ssize_t i = 0; i < n; ++i) {
      auto f = fold[static_cast<std::size_t>(i)];
      if (is_white_space(f))
        out.blank();
      else if ((f < 0x300 || f > 0x36f) && !is_format_character(f))
        out.put(f);
    }
  }
  return out.take();
}

std::string without_format_characters(std::string_view text) {
  if (is_ascii(text))
    return std::string{text};
  std::string out;
  while (!text.empty())
    if (auto c = next_code_point(text); !is_format_character(c))
      append(out, c);
  return out;
}

std::string_view trimmed(std::string_view text) {
  auto is_graph = [](char c) { return c > 0x20 && c < 0x7f; };
  if (text.empty() || (is_graph(text.front()) && is_graph(text.back())))
    return text; // the usual one
  auto rest = text;
  std::size_t from = 0;
  while (!rest.empty() && is_white_space(next_code_point(rest)))
    from = text.size() - rest.size();
  text.remove_prefix(from);
  std::size_t end = 0;
  rest = text;
  while (!rest.empty())
    if (!is_white_space(next_code_point(rest)))
      end = text.size() - rest.size();
  return text.substr(0, end);
}

std::string lower_case(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  if (is_ascii(text)) {
    std::transform(text.begin(), text.end(), std::back_inserter(out), lower);
    return out;
  }
  constexpr std::int32_t dotted_capital_i = 0x130;
  while (!text.empty()) {
    auto c = next_code_point(text);
    if (c == dotted_capital_i) // the only one that becomes two
      out += "i\u0307";
    else
      append(out, utf8proc_tolower(c));
  }
  return out;
}

std::string unicode_version() {
  return utf8proc_unicode_version();
}

bool has_white_space(std::string_view text) {
  if (is_ascii(text))
    return std::any_of(text.begin(), text.end(), is_blank);
  while (!text.empty())
    if (is_white_space(next_code_point(text)))
      return true;
  return false;
}

} // namespace fairlead
