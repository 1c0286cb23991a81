#include "messages/phone.hpp"

#include "messages/reading/quick_phone.hpp"
#include "messages/utf8.hpp"

#include <phonenumbers/phonenumbermatch.h>
#include <phonenumbers/phonenumbermatcher.h>
#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <mutex>
#include <set>
#include <unordered_map>

namespace fairlead {
namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberMatch;
using i18n::phonenumbers::PhoneNumberMatcher;
using i18n::phonenumbers::PhoneNumberUtil;

constexpr std::string_view extension_mark = ";ext=";

std::string written(const PhoneNumber& number) {
  std::string e164;
  PhoneNumberUtil::GetInstance()->Format(number, PhoneNumberUtil::E164, &e164);
  return joined_phone({e164, number.extension()});
}

std::optional<std::string> parsed(const std::string& text,
                                  const std::string& region) {
  const auto& util = *PhoneNumberUtil::GetInstance();
  PhoneNumber number;
  if (util.Parse(text, region, &number) != PhoneNumberUtil::NO_PARSING_ERROR
      || util.IsPossibleNumberWithReason(number)
           != PhoneNumberUtil::IS_POSSIBLE)
    return std::nullopt;
  return written(number);
}

/// Candidates that the matcher looks at before it gives up.
constexpr int tries_max = 1000;

std::optional<std::string> matched(const std::string& text,
                                   const std::string& region) {
  const auto& util = *PhoneNumberUtil::GetInstance();
  PhoneNumberMatcher matcher{util, text, region, PhoneNumberMatcher::POSSIBLE,
                             tries_max};
  PhoneNumberMatch match;
  while (matcher.HasNext() && matcher.Next(&match))
    if (util.IsPossibleNumberWithReason(match.number())
        == PhoneNumberUtil::IS_POSSIBLE)
      return written(match.number());
  return std::nullopt;
}

/// What libphonenumber reads at most in Java. The C++ one has no such limit,
/// and its time grows with more than the square of the length: a text of 200
/// 000 digits took minutes. It also bounds what the cache holds.
constexpr std::size_t text_bytes_max = 250;

/// Texts read before; half of them are forgotten when it is full.
class cache {
public:
  std::optional<std::optional<std::string>> find(const std::string& key) {
    std::lock_guard guard{mutex_};
    if (auto it = young_.find(key); it != young_.end())
      return it->second;
    auto it = old_.find(key);
    if (it == old_.end())
      return std::nullopt;
    return it->second;
  }
  void add(std::string key, std::optional<std::string> e164) {
    std::lock_guard guard{mutex_};
    if (young_.size() >= half) {
      old_ = std::move(young_);
      young_.clear();
    }
    young_.emplace(std::move(key), std::move(e164));
  }

private:
  static constexpr std::size_t half = 32 * 1024;
  std::mutex mutex_;
  std::unordered_map<std::string, std::optional<std::string>> young_, old_;
};

using reader = std::optional<std::string>(const std::string& text,
                                          const std::string& region);

/// Asks once; `name` tells the readers apart in the cache.
std::optional<std::string> ask(char name, reader* read, std::string_view text,
                               std::string_view region) {
  static cache known;
  std::string key{name};
  key += region;
  key += '\x1f';
  key += text;
  if (auto hit = known.find(key))
    return *hit;
  auto phone = read(std::string{text}, std::string{region});
  known.add(std::move(key), phone);
  return phone;
}

/// The characters of a text that the matcher is given.
constexpr std::size_t matched_characters_max = 250;

std::string_view front_of(std::string_view text) {
  std::size_t bytes = 0;
  for (std::size_t n = 0; n < matched_characters_max && bytes < text.size();
       ++n)
    bytes += std::max<std::size_t>(1, utf8_length(text.substr(bytes)));
  return text.substr(0, bytes);
}

} // namespace

phone_parts parts_of(std::string_view phone) {
  auto at = phone.find(extension_mark);
  if (at == std::string_view::npos)
    return {phone, {}};
  return {phone.substr(0, at), phone.substr(at + extension_mark.size())};
}

std::string joined_phone(const phone_parts& parts) {
  std::string phone{parts.number};
  if (!parts.extension.empty()) {
    phone += extension_mark;
    phone += parts.extension;
  }
  return phone;
}

std::optional<std::string> read_phone(std::string_view text,
                                      std::string_view region) {
  if (text.size() > text_bytes_max)
    return std::nullopt;
  if (auto phone = quick_phone(text, region))
    return phone;
  return ask('r', parsed, text, region);
}

std::optional<std::string> find_phone(std::string_view text,
                                      std::string_view region) {
  return ask('f', matched, front_of(text), region);
}

bool is_region(std::string_view region) {
  static const std::set<std::string> regions = [] {
    std::set<std::string> all;
    PhoneNumberUtil::GetInstance()->GetSupportedRegions(&all);
    return all;
  }();
  return regions.contains(std::string{region});
}

} // namespace fairlead
