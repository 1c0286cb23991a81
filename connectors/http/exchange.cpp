#include "connectors/http/exchange.hpp"

#include <algorithm>

namespace fairlead::http {
namespace {

const std::string nothing;

const std::string* find(const text_pairs& in, std::string_view name) {
  auto at = std::find_if(in.begin(), in.end(),
                         [name](const auto& p) { return p.first == name; });
  return at == in.end() ? nullptr : &at->second;
}

} // namespace

const std::string& request::place(std::string_view name) const {
  const auto* p = find(places, name);
  return p ? *p : nothing;
}

const std::string& request::header(std::string_view lower_case) const {
  const auto* h = find(headers, lower_case);
  return h ? *h : nothing;
}

std::optional<std::string> request::param(std::string_view name) const {
  const auto* p = find(query, name);
  return p ? std::optional{*p} : std::nullopt;
}

std::string lower(std::string_view s) {
  std::string out{s};
  for (auto& c : out)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  return out;
}

} // namespace fairlead::http
