#include "messages/reading/quick_phone.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>

namespace fairlead {
namespace {

/// How the numbers of a country look that need no second thought: of one
/// length, and with first digits that are no prefix of anything.
struct simple_plan {
  std::string_view region;
  std::string_view calling_code;
  std::string_view trunk_prefix; ///< dialled before a number at home; or none
  std::size_t length;            ///< without codes and prefixes
  std::string_view first;        ///< digits that a number may start with
};

/// The first plan of a calling code also reads the numbers of other countries
/// that share it.
constexpr std::array plans{
  simple_plan{"US", "1", "1", 10, "23456789"},
  simple_plan{"CA", "1", "1", 10, "23456789"},
  simple_plan{"GB", "44", "0", 10, "123578"},
  simple_plan{"IE", "353", "0", 9, "8"},
  simple_plan{"FR", "33", "0", 9, "1234567"},
  simple_plan{"DE", "49", "0", 10, "23456789"},
  simple_plan{"DE", "49", "0", 11, "1"},
  simple_plan{"NL", "31", "0", 9, "1234567"},
  simple_plan{"CH", "41", "0", 9, "2347"},
  simple_plan{"ES", "34", "", 9, "6789"},
  simple_plan{"PT", "351", "", 9, "29"},
  simple_plan{"PL", "48", "", 9, "5678"},
  simple_plan{"DK", "45", "", 8, "23567"},
  simple_plan{"NO", "47", "", 8, "2359"},
  simple_plan{"SE", "46", "0", 9, "7"},
  simple_plan{"AU", "61", "0", 9, "23478"},
  simple_plan{"NZ", "64", "0", 9, "2"},
  simple_plan{"ZA", "27", "0", 9, "123678"},
  simple_plan{"IN", "91", "0", 10, "678"},
  simple_plan{"SG", "65", "", 8, "689"},
  simple_plan{"AE", "971", "0", 9, "5"},
};

constexpr std::size_t digits_max = 15; // of E.164

/// What was typed, without what stands between the digits.
struct typed_digits {
  bool plus = false;
  std::array<char, digits_max> digits{};
  std::size_t size = 0;

  [[nodiscard]] std::string_view view() const { return {digits.data(), size}; }
};

std::optional<typed_digits> digits_of(std::string_view text) {
  typed_digits typed;
  for (char c : text) {
    if (c >= '0' && c <= '9') {
      if (typed.size == digits_max)
        return std::nullopt;
      typed.digits[typed.size++] = c;
    } else if (c == '+') {
      if (typed.plus || typed.size > 0)
        return std::nullopt;
      typed.plus = true;
    } else if (c != ' ' && c != '-' && c != '.' && c != '(' && c != ')') {
      return std::nullopt;
    }
  }
  return typed;
}

bool is_number(const simple_plan& p, std::string_view national) {
  return national.size() == p.length
         && p.first.find(national.front()) != std::string_view::npos;
}

std::string e164(const simple_plan& p, std::string_view national) {
  std::string phone;
  phone.reserve(1 + p.calling_code.size() + national.size());
  phone += '+';
  phone += p.calling_code;
  phone += national;
  return phone;
}

} // namespace

std::optional<std::string> quick_phone(std::string_view text,
                                       std::string_view region) {
  auto typed = digits_of(text);
  if (!typed)
    return std::nullopt;
  for (const auto& p : plans) {
    if (!typed->plus && p.region != region)
      continue;
    auto digits = typed->view();
    auto prefix = typed->plus ? p.calling_code : p.trunk_prefix;
    if (digits.starts_with(prefix))
      if (auto national = digits.substr(prefix.size()); is_number(p, national))
        return e164(p, national);
    // At home, without the prefix, unless it may be the code that it starts
    // with.
    if (!typed->plus && is_number(p, digits)
        && !digits.starts_with(p.calling_code))
      return e164(p, digits);
  }
  return std::nullopt;
}

} // namespace fairlead
