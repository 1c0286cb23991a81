#include "commands/files/json_file.hpp"

#include "commands/exit_codes.hpp"
#include "messages/json/elements.hpp"
#include "messages/json/pointer.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>

namespace fairlead {
namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// Moves over JSON without a tree. Only what is valid, or bounded by the end of
/// the text, is looked at.
class walker {
public:
  explicit walker(std::string_view text) : text_{text} {}

  [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
  [[nodiscard]] std::size_t at() const { return at_; }
  void go_to(std::size_t at) { at_ = std::min(at, text_.size()); }
  [[nodiscard]] char here() const { return at_end() ? '\0' : text_[at_]; }

  void skip_space() {
    while (!at_end() && is_space(text_[at_]))
      ++at_;
  }
  bool eat(char c) {
    skip_space();
    if (here() != c)
      return false;
    ++at_;
    return true;
  }
  /// A text in quotes, as it is written.
  std::string_view skip_text() {
    auto from = ++at_;
    while (!at_end() && text_[at_] != '"')
      at_ += text_[at_] == '\\' ? 2 : 1;
    go_to(at_);
    auto out = text_.substr(from, at_ - from);
    if (!at_end())
      ++at_;
    return out;
  }
  /// Any value; brackets are counted, texts are passed over.
  void skip_value() {
    skip_space();
    int depth = 0;
    while (!at_end()) {
      char c = text_[at_];
      if (c == '"') {
        (void)skip_text();
      } else if (c == '{' || c == '[') {
        ++depth;
        ++at_;
      } else if (c == '}' || c == ']') {
        if (depth == 0)
          return;
        --depth;
        ++at_;
      } else if (depth == 0 && (c == ',' || is_space(c))) {
        return;
      } else if (depth > 0) {
        ++at_;
        continue;
      } else {
        while (!at_end() && !is_space(text_[at_]) && text_[at_] != ','
               && text_[at_] != '}' && text_[at_] != ']')
          ++at_;
      }
      if (depth == 0)
        return;
    }
  }

private:
  std::string_view text_;
  std::size_t at_ = 0;
};

/// A member's name, without its escapes.
std::string plain(std::string_view name) {
  if (name.find('\\') == std::string_view::npos)
    return std::string{name};
  auto text
    = nlohmann::json::parse('"' + std::string{name} + '"', nullptr, false);
  return text.is_string() ? text.get<std::string>() : std::string{name};
}

/// Moves the walker to the value of one step of a pointer.
bool enter(walker& w, const std::string& token) {
  if (w.eat('{')) {
    while (!w.eat('}') && !w.at_end()) {
      w.skip_space();
      if (w.here() != '"')
        return false;
      auto name = plain(w.skip_text());
      if (!w.eat(':'))
        return false;
      w.skip_space();
      if (name == token)
        return true;
      w.skip_value();
      (void)w.eat(',');
    }
    return false;
  }
  if (!w.eat('['))
    return false;
  for (std::size_t i = 0; !w.eat(']') && !w.at_end(); ++i) {
    w.skip_space();
    if (std::to_string(i) == token)
      return true;
    w.skip_value();
    (void)w.eat(',');
  }
  return false;
}

bool is_json(std::string_view text) {
  return nlohmann::json::accept(text);
}

std::size_t end_of_line(std::string_view text, std::size_t from) {
  return std::min(text.find('\n', from), text.size());
}

} // namespace

std::string read_all(const std::string& name) {
  if (name == "-")
    return {std::istreambuf_iterator<char>{std::cin}, {}};
  std::ifstream in{name, std::ios::binary};
  if (!in)
    throw wrong_use("Can't read " + name
                    + "; check the path and its permissions.");
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::vector<json_span> json_values(std::string_view text) {
  auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos)
    return {};
  std::vector<json_span> out;
  if (text[first] == '[' && is_json(text)) {
    auto elements = json::array_elements(text);
    for (auto e : *elements) {
      auto from = static_cast<std::size_t>(e.data() - text.data());
      out.push_back({from, from + e.size()});
    }
    return out;
  }
  walker w{text};
  for (;;) {
    w.skip_space();
    if (w.at_end())
      return out;
    auto from = w.at();
    auto line_end = end_of_line(text, from);
    if (text[from] == '#') {
      w.go_to(line_end);
      continue;
    }
    // A line by itself is the usual case, and keeps a broken one from taking
    // the rest of the file along.
    auto line = text.substr(from, line_end - from);
    if (!is_json(line)) {
      w.skip_value();
      auto to = w.at();
      if (to > line_end && is_json(text.substr(from, to - from))) {
        out.push_back({from, to});
        continue;
      }
    }
    out.push_back({from, line_end});
    w.go_to(line_end);
  }
}

json_file read_json_file(const std::string& name) {
  json_file f{name == "-" ? "standard input" : name, read_all(name), {}};
  f.values = json_values(f.text);
  return f;
}

void each_value(
  const json_file& f,
  const std::function<void(const std::string& text, std::size_t line)>& each) {
  std::size_t line = 1, counted = 0;
  for (const auto& v : f.values) {
    line += line_at(std::string_view{f.text}.substr(counted), v.from - counted)
            - 1;
    counted = v.from;
    each(f.text_of(v), line);
  }
}

std::size_t find_pointer(std::string_view json, std::string_view pointer) {
  walker w{json};
  w.skip_space();
  auto found = w.at();
  while (!pointer.empty() && pointer.front() == '/') {
    pointer.remove_prefix(1);
    auto end = std::min(pointer.find('/'), pointer.size());
    if (!enter(w, json::name_of_step(pointer.substr(0, end))))
      break;
    found = w.at();
    pointer.remove_prefix(end);
  }
  return found;
}

std::size_t line_at(std::string_view text, std::size_t at) {
  return 1
         + static_cast<std::size_t>(std::count(
           text.begin(),
           text.begin()
             + static_cast<std::ptrdiff_t>(std::min(at, text.size())),
           '\n'));
}

} // namespace fairlead
