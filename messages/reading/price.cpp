#include "messages/reading/price.hpp"

#include "messages/reading/folding.hpp"
#include "messages/reading/number.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string>

namespace fairlead {
namespace {

/// ISO 4217's codes of money that is in use, and of funds.
constexpr std::string_view currency_codes
  = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND "
    "BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU "
    "CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS "
    "GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD "
    "JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL "
    "MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR "
    "NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG "
    "SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY "
    "TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAF XAG "
    "XAU XBA XBB XBC XBD XCD XDR XOF XPD XPF XPT XSU XTS XUA XXX YER ZAR ZMW "
    "ZWL";

bool is_capital(char c) {
  return c >= 'A' && c <= 'Z';
}

/// True if a text begins with a code: three capitals and not more.
bool begins_with_code(std::string_view s) {
  if (s.size() < 3 || (s.size() > 3 && is_capital(s[3])))
    return false;
  for (std::size_t at = 0; at < currency_codes.size(); at += 4)
    if (currency_codes.substr(at, 3) == s.substr(0, 3))
      return true;
  return false;
}

/// Without white space, currency signs and codes; an en dash as `-`.
std::string bare(std::string_view text) {
  std::string out;
  bool after_capital = false;
  while (!text.empty()) {
    if (!after_capital && begins_with_code(text)) {
      text.remove_prefix(3);
      continue;
    }
    after_capital = is_capital(text.front());
    auto before = text;
    auto c = next_code_point(text);
    if (c == 0x2013)
      out += '-';
    else if (!is_white_space(c) && !is_currency_sign(c))
      out += before.substr(0, before.size() - text.size());
  }
  return out;
}

/// An amount without its unit: digits in front of the decimals, and those.
struct amount {
  std::string whole, decimals;
  int unit = 0; /// a power of ten: 0, 3 (`k`) or 6 (`m`)
};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

int unit_of(char c) {
  switch (c) {
    case 'k':
    case 'K':
      return 3;
    case 'm':
    case 'M':
      return 6;
    default:
      return 0;
  }
}

/// Takes a `k` or `m` off the end.
int take_unit(std::string_view& s) {
  auto unit = s.empty() ? 0 : unit_of(s.back());
  if (unit != 0)
    s.remove_suffix(1);
  return unit;
}

/// How many digits stand at the front.
std::size_t digits_at(std::string_view s) {
  auto it = std::find_if_not(s.begin(), s.end(), is_digit);
  return static_cast<std::size_t>(it - s.begin());
}

/// `unit`: the power of ten that counts for it.
std::optional<amount> read_amount(std::string_view s, int unit) {
  amount a{.whole = {}, .decimals = {}, .unit = unit};
  auto marks = std::count_if(s.begin(), s.end(),
                             [](char c) { return c == ',' || c == '.'; });
  auto n = digits_at(s);
  if (n == 0)
    return std::nullopt;
  a.whole = s.substr(0, n);
  s.remove_prefix(n);
  bool decimals = false;
  while (!s.empty()) {
    char mark = s.front();
    s.remove_prefix(1);
    n = digits_at(s);
    if ((mark != ',' && mark != '.' && mark != '\'') || decimals || n == 0)
      return std::nullopt;
    // Before a unit a single mark is always decimal: `1.125M`.
    bool single_before_unit = unit != 0 && marks == 1 && mark != '\'';
    if (n == 3 && !single_before_unit) {
      a.whole += s.substr(0, n);
    } else if (mark != '\'') {
      a.decimals = s.substr(0, n);
      decimals = true;
    } else {
      return std::nullopt;
    }
    s.remove_prefix(n);
  }
  return a;
}

/// The digits as a number; nothing beyond 64 bits.
std::optional<std::int64_t> number_of(std::string_view digits) {
  std::int64_t value = 0;
  constexpr auto max = std::numeric_limits<std::int64_t>::max();
  for (char c : digits) {
    auto d = static_cast<std::int64_t>(c - '0');
    if (value > (max - d) / 10)
      return std::nullopt;
    value = value * 10 + d;
  }
  return value;
}

/// What the amount is worth; the decimals are cut after multiplying.
std::optional<std::int64_t> value_of(const amount& a) {
  auto digits = a.whole;
  for (int i = 0; i < a.unit; ++i) {
    auto at = static_cast<std::size_t>(i);
    digits += at < a.decimals.size() ? a.decimals[at] : '0';
  }
  return number_of(digits);
}

/// Where a range's second amount begins and its first one ends.
struct split {
  std::string_view first, second;
};
std::optional<split> split_range(std::string_view s) {
  for (std::string_view between : {"-", "to", "To", "tO", "TO"})
    if (auto at = s.find(between); at != std::string_view::npos)
      return split{s.substr(0, at), s.substr(at + between.size())};
  return std::nullopt;
}

} // namespace

std::optional<std::int64_t> read_price(std::string_view text) {
  auto s = bare(text);
  std::string_view first = s;
  int unit = 0;
  if (auto range = split_range(s)) {
    auto second = range->second;
    unit = take_unit(second);
    if (!read_amount(second, unit))
      return std::nullopt;
    first = range->first;
  }
  if (auto own = take_unit(first); own != 0)
    unit = own;
  auto a = read_amount(first, unit);
  return a ? value_of(*a) : std::nullopt;
}

std::optional<std::int64_t> price_of_number(std::string_view json_number) {
  auto n = rounded_down(json_number);
  return n ? std::optional{n->value} : std::nullopt;
}

} // namespace fairlead
