#include "messages/json/tree.hpp"

#include "messages/json/quick_reader.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace fairlead {
namespace {

/// An iterator that tells how far the parser has come: that is how a value
/// knows its place in the text.
class counting_iterator {
public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  counting_iterator(const char* at, std::size_t* read) : at_{at}, read_{read} {}
  reference operator*() const { return *at_; }
  counting_iterator& operator++() {
    ++at_;
    ++*read_;
    return *this;
  }
  counting_iterator operator++(int) {
    auto before = *this;
    ++*this;
    return before;
  }
  bool operator==(const counting_iterator& o) const { return at_ == o.at_; }
  bool operator!=(const counting_iterator& o) const { return at_ != o.at_; }

private:
  const char* at_;
  std::size_t* read_;
};

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// True if all of it is one number of RFC 8259.
bool is_number(std::string_view s) {
  auto eat = [&s](std::string_view any) {
    bool there = !s.empty() && any.find(s.front()) != std::string_view::npos;
    if (there)
      s.remove_prefix(1);
    return there;
  };
  auto digits = [&s] {
    auto n = std::min(s.size(), s.find_first_not_of("0123456789"));
    s.remove_prefix(n);
    return n > 0;
  };
  eat("-");
  if (!eat("0") && !digits())
    return false;
  if (eat(".") && !digits())
    return false;
  if (eat("eE")) {
    eat("+-");
    if (!digits())
      return false;
  }
  return s.empty();
}

/// The same text with numbers in the place of those that a double may be too
/// small for: the library refuses to read them, but JSON they are.
std::string with_small_numbers(std::string_view text) {
  constexpr std::size_t digits_of_a_double = 308;
  std::string copy{text};
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '"') {
      for (++i; i < text.size() && text[i] != '"'; ++i)
        if (text[i] == '\\')
          ++i;
      ++i;
    } else if (text[i] == '-' || is_digit(text[i])) {
      auto end
        = std::min(text.size(), text.find_first_not_of("+-.0123456789eE", i));
      auto number = text.substr(i, end - i);
      bool may_be_large
        = number.size() > digits_of_a_double
          || number.find_first_of("eE") != std::string_view::npos;
      if (may_be_large && is_number(number)) {
        std::fill(copy.begin() + static_cast<std::ptrdiff_t>(i),
                  copy.begin() + static_cast<std::ptrdiff_t>(end), '0');
        copy[i + 1] = '.'; // not an integer; the shortest is `1e9`
      }
      i = end;
    } else {
      ++i;
    }
  }
  return copy;
}

} // namespace

/// Hears of each value as the library parses it.
class json_tree_builder : public nlohmann::json_sax<nlohmann::json> {
public:
  json_tree_builder(std::string_view text, const std::size_t& read,
                    std::vector<json_node>& nodes)
    : text_{text}, read_{read}, nodes_{nodes} {}

  bool null() override { return leaf(add(json_node::kind::null)); }
  bool boolean(bool b) override {
    auto& n = add(json_node::kind::boolean);
    n.truth = b;
    return leaf(n);
  }
  bool number_integer(std::int64_t i) override {
    auto& n = add(json_node::kind::integer);
    n.whole = i;
    return number_end(n);
  }
  bool number_unsigned(std::uint64_t u) override {
    bool fits = u <= static_cast<std::uint64_t>(INT64_MAX);
    auto& n = add(fits ? json_node::kind::integer : json_node::kind::number);
    n.whole = fits ? static_cast<std::int64_t>(u) : 0;
    return number_end(n);
  }
  bool number_float(double, const std::string&) override {
    return number_end(add(json_node::kind::number));
  }
  bool string(std::string& s) override {
    auto& n = add(json_node::kind::text);
    n.text = std::move(s);
    return leaf(n);
  }
  bool binary(nlohmann::json::binary_t&) override { return false; }
  bool start_object(std::size_t) override {
    return open(json_node::kind::object);
  }
  bool start_array(std::size_t) override {
    return open(json_node::kind::array);
  }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(std::string& k) override {
    key_ = std::move(k);
    end_of_last_ = read_;
    return true;
  }
  bool parse_error(std::size_t, const std::string&,
                   const nlohmann::json::exception& e) override {
    constexpr int number_overflow = 406;
    met_large_number_ = e.id == number_overflow;
    return false;
  }
  [[nodiscard]] bool met_large_number() const { return met_large_number_; }
  [[nodiscard]] std::size_t depth() const { return depth_max_; }

private:
  /// A new value inside the container that is open.
  json_node& add(json_node::kind k) {
    auto index = static_cast<std::uint32_t>(nodes_.size());
    auto& n = nodes_.emplace_back();
    n.is = k;
    n.key = std::exchange(key_, {});
    n.parent = container_;
    n.raw = text_.substr(start());
    if (index != 0) {
      if (last_child_ == 0)
        nodes_[container_].first_child = index;
      else
        nodes_[last_child_].next_sibling = index;
      last_child_ = index;
    }
    return n;
  }
  /// Where the value starts: behind the last token and what separates them.
  [[nodiscard]] std::size_t start() const {
    auto at = text_.find_first_not_of(" \t\r\n:,", end_of_last_);
    return at == std::string_view::npos ? text_.size() : at;
  }
  void end_at(json_node& n, std::size_t end) {
    n.raw = n.raw.substr(
      0, end - static_cast<std::size_t>(n.raw.data() - text_.data()));
    end_of_last_ = end;
  }
  bool leaf(json_node& n) {
    end_at(n, read_);
    return true;
  }
  /// The parser has read one character past a number, if there was one.
  bool number_end(json_node& n) {
    auto from = static_cast<std::size_t>(n.raw.data() - text_.data());
    auto end = text_.find_first_not_of("+-.0123456789eE", from);
    end_at(n, end == std::string_view::npos ? text_.size() : end);
    return true;
  }
  bool open(json_node::kind k) {
    add(k);
    depth_max_ = std::max(depth_max_, ++depth_);
    container_ = static_cast<std::uint32_t>(nodes_.size() - 1);
    last_child_ = 0;
    end_of_last_ = read_;
    return true;
  }
  bool close() {
    auto closed = container_;
    --depth_;
    end_at(nodes_[closed], read_);
    container_ = nodes_[closed].parent;
    last_child_ = closed;
    return true;
  }

  std::string_view text_;
  const std::size_t& read_;
  std::vector<json_node>& nodes_;
  std::string key_;
  std::size_t end_of_last_ = 0;
  std::uint32_t container_ = 0;
  std::uint32_t last_child_ = 0;
  std::size_t depth_ = 0, depth_max_ = 0;
  bool met_large_number_ = false;
};

std::optional<json_tree> json_tree::parse(std::string_view text) {
  // The library takes this byte for the text's end, whatever follows it.
  if (text.find('\0') != std::string_view::npos)
    return std::nullopt;
  // And it passes over this mark, which readers of what we hand on do not.
  if (text.starts_with("\xef\xbb\xbf"))
    return std::nullopt;
  json_tree tree;
  tree.nodes_.reserve(32);
  if (read_quickly(text, tree.nodes_))
    return tree;
  auto read_from = [&](std::string_view input) {
    tree.nodes_.clear();
    std::size_t read = 0;
    json_tree_builder builder{text, read, tree.nodes_};
    counting_iterator begin{input.data(), &read};
    counting_iterator end{input.data() + input.size(), &read};
    bool good
      = nlohmann::json::sax_parse(begin, end, &builder) && !tree.nodes_.empty();
    tree.depth_ = builder.depth();
    return std::pair{good, builder.met_large_number()};
  };
  auto [good, met_large_number] = read_from(text);
  if (met_large_number)
    good = read_from(with_small_numbers(text)).first;
  return good ? std::optional{std::move(tree)} : std::nullopt;
}

const json_node* json_tree::find(const json_node& object,
                                 std::string_view key) const {
  const json_node* found = nullptr;
  if (object.is != json_node::kind::object)
    return found;
  // Most names differ in length or at once: a call to compare them costs more.
  auto front = key.empty() ? '\0' : key.front();
  for (auto i = object.first_child; i != 0; i = nodes_[i].next_sibling) {
    const auto& n = nodes_[i];
    if (n.key.size() == key.size() && *n.key.c_str() == front && n.key == key)
      found = &n;
  }
  return found;
}

} // namespace fairlead
