#include "connectors/http/router.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

namespace fairlead::http {
namespace {

std::vector<std::string> steps_of(std::string_view path) {
  std::vector<std::string> out;
  path.remove_prefix(std::min<std::size_t>(path.size(), 1)); // the first slash
  for (;;) {
    auto end = std::min(path.find('/'), path.size());
    out.emplace_back(path.substr(0, end));
    if (end == path.size())
      return out;
    path.remove_prefix(end + 1);
  }
}

bool is_place(const std::string& step) {
  return step.size() > 2 && step.front() == '{' && step.back() == '}';
}

int digit_of(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::optional<std::string> decoded(std::string_view text, bool plus_is_space) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      out += ' ';
      continue;
    }
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size() || digit_of(text[i + 1]) < 0
        || digit_of(text[i + 2]) < 0)
      return std::nullopt;
    out
      += static_cast<char>(digit_of(text[i + 1]) * 16 + digit_of(text[i + 2]));
    i += 2;
  }
  return out;
}

// The names in the path, decoded; nothing if the pattern does not fit.
std::optional<text_pairs> fitted(const std::vector<std::string>& pattern,
                                 const std::vector<std::string>& path) {
  if (pattern.size() != path.size())
    return std::nullopt;
  text_pairs out;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (!is_place(pattern[i])) {
      if (pattern[i] != path[i])
        return std::nullopt;
      continue;
    }
    auto text = decoded(path[i], false);
    if (!text || text->empty())
      return std::nullopt;
    out.emplace_back(pattern[i].substr(1, pattern[i].size() - 2),
                     std::move(*text));
  }
  return out;
}

// The same paths fit, whatever the places are called.
bool same_paths(const std::vector<std::string>& a,
                const std::vector<std::string>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const std::string& x, const std::string& y) {
                      return x == y || (is_place(x) && is_place(y));
                    });
}

} // namespace

target target_of(std::string_view text) {
  target out;
  for (std::string_view scheme : {"http://", "https://"})
    if (text.starts_with(scheme)) {
      text.remove_prefix(scheme.size());
      auto end = std::min(text.find_first_of("/?"), text.size());
      out.authority = text.substr(0, end);
      text.remove_prefix(end);
    }
  auto mark = text.find('?');
  out.path = text.substr(0, mark);
  if (out.path.empty())
    out.path = "/";
  if (mark == std::string_view::npos)
    return out;
  auto query = text.substr(mark + 1);
  while (!query.empty()) {
    auto end = std::min(query.find('&'), query.size());
    auto one = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (one.empty())
      continue;
    auto equals = std::min(one.find('='), one.size());
    auto name = decoded(one.substr(0, equals), true);
    auto value = decoded(one.substr(std::min(equals + 1, one.size())), true);
    if (name && value)
      out.query.emplace_back(std::move(*name), std::move(*value));
    else
      out.valid = false;
  }
  return out;
}

router::router(std::vector<route> routes) {
  for (auto& r : routes) {
    auto steps = steps_of(r.pattern);
    for (const auto& e : entries_)
      if (e.r.method == r.method && same_paths(e.steps, steps))
        throw std::invalid_argument("Two routes answer " + r.method + " "
                                    + r.pattern + ".");
    entries_.push_back({std::move(r), std::move(steps)});
  }
  auto places = [](const entry& e) {
    return std::count_if(e.steps.begin(), e.steps.end(), is_place);
  };
  std::stable_sort(
    entries_.begin(), entries_.end(),
    [&](const entry& a, const entry& b) { return places(a) < places(b); });
}

router::match router::find(const std::string& method,
                           const std::string& path) const {
  match out;
  auto wanted = method == "HEAD" ? "GET" : method;
  auto steps = steps_of(path);
  const entry* first = nullptr;
  for (const auto& e : entries_) {
    // What fits best alone says which methods there are.
    if (first && !same_paths(first->steps, e.steps))
      continue;
    auto places = fitted(e.steps, steps);
    if (!places)
      continue;
    if (!first)
      out.of = e.r.of;
    first = first ? first : &e;
    out.of = std::min(out.of, e.r.of);
    out.allow += (out.allow.empty() ? "" : ", ") + e.r.method;
    if (e.r.method == "GET")
      out.allow += ", HEAD";
    if (e.r.method == wanted) {
      out.is = &e.r;
      out.of = e.r.of;
      out.places = std::move(*places);
    }
  }
  if (first)
    return out;
  auto other = path.size() > 1 && path.ends_with('/')
                 ? path.substr(0, path.size() - 1)
                 : "/v1" + path;
  auto other_steps = steps_of(other);
  for (const auto& e : entries_)
    if (fitted(e.steps, other_steps))
      out.nearby = other;
  return out;
}

std::string router::unknown(const route& r, const text_pairs& query) {
  std::string names;
  for (const auto& [name, value] : query)
    if (std::find(r.parameters.begin(), r.parameters.end(), name)
        == r.parameters.end())
      names += (names.empty() ? "`" : ", `") + name + "`";
  if (names.empty())
    return {};
  auto out = r.pattern + " does not know the parameter " + names;
  if (r.parameters.empty())
    return out + "; it takes none.";
  out += "; it takes ";
  for (std::size_t i = 0; i < r.parameters.size(); ++i)
    out += (i ? ", `" : "`") + r.parameters[i] + "`";
  return out + ".";
}

std::string router::listed() const {
  std::string out;
  for (const auto& e : entries_)
    if (!e.r.pattern.starts_with("/web/")) // the parts of pages
      out += (out.empty() ? "" : ", ") + e.r.method + " " + e.r.pattern;
  return out;
}

} // namespace fairlead::http
