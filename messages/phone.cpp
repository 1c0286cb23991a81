#include "messages/phone.hpp"

#include <phonenumbers/phonenumberutil.h>

#include <mutex>
#include <set>
#include <unordered_map>

namespace fairlead {
namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

std::optional<std::string> ask_library(const std::string& text,
                                       const std::string& region) {
  const auto& util = *PhoneNumberUtil::GetInstance();
  PhoneNumber number;
  if (util.Parse(text, region, &number) != PhoneNumberUtil::NO_PARSING_ERROR
      || util.IsPossibleNumberWithReason(number)
           != PhoneNumberUtil::IS_POSSIBLE)
    return std::nullopt;
  std::string e164;
  util.Format(number, PhoneNumberUtil::E164, &e164);
  return e164;
}

/// What libphonenumber reads at most in Java. The C++ one has no such limit,
/// and its time grows with more than the square of the length: a text of 200
/// 000 digits took minutes. It also bounds what the cache holds.
constexpr std::size_t text_bytes_max = 250;

/// Ten digits of a North American number that start with 2 to 9, after `+1`
/// or, read in the two regions that dial no other way, alone: the library only
/// measures them.
std::optional<std::string> fast_path(std::string_view s,
                                     std::string_view region) {
  auto digits = s;
  if (s.size() == 12 && s.starts_with("+1"))
    digits.remove_prefix(2);
  else if (region != "US" && region != "CA")
    return std::nullopt;
  if (digits.size() != 10 || digits.front() < '2')
    return std::nullopt;
  for (char c : digits)
    if (c < '0' || c > '9')
      return std::nullopt;
  return "+1" + std::string{digits};
}

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

} // namespace

std::optional<std::string> to_e164(std::string_view text,
                                   std::string_view region) {
  if (auto e164 = fast_path(text, region))
    return e164;
  if (text.size() > text_bytes_max)
    return std::nullopt;
  static cache known;
  std::string key{region};
  key += '\x1f';
  key += text;
  if (auto hit = known.find(key))
    return *hit;
  auto e164 = ask_library(std::string{text}, std::string{region});
  known.add(std::move(key), e164);
  return e164;
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
