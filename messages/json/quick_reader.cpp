#include "messages/json/quick_reader.hpp"

#include <simdjson.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

namespace fairlead {
namespace {

namespace od = simdjson::ondemand;

constexpr int depth_max = 32;
constexpr std::string_view white = " \t\r\n";

/// simdjson reads on behind the end of a text, so it gets a copy with room for
/// that. One for each thread; an event's size bounds it.
class padded_copy {
public:
  simdjson::padded_string_view of(std::string_view text) {
    bytes_.resize(text.size() + simdjson::SIMDJSON_PADDING);
    text.copy(bytes_.data(), text.size());
    std::memset(bytes_.data() + text.size(), ' ', simdjson::SIMDJSON_PADDING);
    return simdjson::padded_string_view{bytes_.data(), text.size(),
                                        bytes_.size()};
  }

private:
  std::string bytes_;
};

/// Walks through a document once, from its beginning to its end. Whatever is
/// unusual ends the walk.
class walk {
public:
  walk(std::string_view text, const char* copy, od::document& doc,
       std::vector<json_node>& nodes)
    : text_{text}, copy_{copy}, doc_{doc}, nodes_{nodes} {}

  bool all() {
    od::value root;
    return doc_.get_value().get(root) == simdjson::SUCCESS
           && take(root, {}, 0, nullptr, 0) && at_end();
  }

private:
  [[nodiscard]] bool at_end() {
    const char* at = nullptr;
    return doc_.current_location().get(at) == simdjson::OUT_OF_BOUNDS;
  }

  /// A value inside of `parent`, behind its last child if it has one.
  bool take(od::value& v, std::string_view key, std::uint32_t parent,
            std::uint32_t* last_child, int depth) {
    od::json_type type{};
    if (depth > depth_max || v.type().get(type) != simdjson::SUCCESS)
      return false;
    auto index = static_cast<std::uint32_t>(nodes_.size());
    auto token = v.raw_json_token();
    {
      auto& n = nodes_.emplace_back();
      n.key = key;
      n.parent = parent;
      n.raw = text_.substr(place_of(token.data()),
                           token.find_last_not_of(white) + 1);
    }
    if (last_child != nullptr) {
      if (*last_child == 0)
        nodes_[parent].first_child = index;
      else
        nodes_[*last_child].next_sibling = index;
      *last_child = index;
    }
    switch (type) {
      case od::json_type::object:
        return take_object(v, index, depth);
      case od::json_type::array:
        return take_array(v, index, depth);
      case od::json_type::string:
        return take_text(v, nodes_[index]);
      case od::json_type::number:
        return take_number(v, nodes_[index]);
      case od::json_type::boolean:
        nodes_[index].is = json_node::kind::boolean;
        return v.get_bool().get(nodes_[index].truth) == simdjson::SUCCESS;
      case od::json_type::null: {
        bool is_null = false;
        nodes_[index].is = json_node::kind::null;
        return v.is_null().get(is_null) == simdjson::SUCCESS && is_null;
      }
    }
    return false;
  }

  bool take_object(od::value& v, std::uint32_t index, int depth) {
    nodes_[index].is = json_node::kind::object;
    od::object members;
    if (v.get_object().get(members) != simdjson::SUCCESS)
      return false;
    std::uint32_t last = 0;
    for (auto member : members) {
      od::field f;
      std::string_view key;
      if (std::move(member).get(f) != simdjson::SUCCESS
          || f.unescaped_key().get(key) != simdjson::SUCCESS
          || !take(f.value(), key, index, &last, depth + 1))
        return false;
    }
    close(nodes_[index]);
    return true;
  }

  bool take_array(od::value& v, std::uint32_t index, int depth) {
    nodes_[index].is = json_node::kind::array;
    od::array items;
    if (v.get_array().get(items) != simdjson::SUCCESS)
      return false;
    std::uint32_t last = 0;
    for (auto item : items) {
      od::value x;
      if (std::move(item).get(x) != simdjson::SUCCESS
          || !take(x, {}, index, &last, depth + 1))
        return false;
    }
    close(nodes_[index]);
    return true;
  }

  static bool take_text(od::value& v, json_node& n) {
    std::string_view text;
    if (v.get_string().get(text) != simdjson::SUCCESS)
      return false;
    n.is = json_node::kind::text;
    n.text = text;
    return true;
  }

  static bool take_number(od::value& v, json_node& n) {
    od::number x;
    if (v.get_number().get(x) != simdjson::SUCCESS)
      return false;
    bool whole = x.is_int64();
    n.is = whole ? json_node::kind::integer : json_node::kind::number;
    n.whole = whole ? x.get_int64() : 0;
    return true;
  }

  /// A container ends before the next token, and what separates them is white.
  void close(json_node& n) {
    const char* next = nullptr;
    auto end = doc_.current_location().get(next) == simdjson::SUCCESS
                 ? place_of(next)
                 : text_.size();
    auto start = static_cast<std::size_t>(n.raw.data() - text_.data());
    auto whole = text_.substr(start, end - start);
    n.raw = whole.substr(0, whole.find_last_not_of(white) + 1);
  }

  [[nodiscard]] std::size_t place_of(const char* in_copy) const {
    return static_cast<std::size_t>(in_copy - copy_);
  }

  std::string_view text_;
  const char* copy_;
  od::document& doc_;
  std::vector<json_node>& nodes_;
};

} // namespace

bool read_quickly(std::string_view text, std::vector<json_node>& nodes) {
  thread_local od::parser parser;
  thread_local padded_copy copy;
  // A document that is a scalar has rules of its own in simdjson.
  auto first = text.find_first_not_of(white);
  if (first == std::string_view::npos
      || (text[first] != '{' && text[first] != '['))
    return false;
  auto padded = copy.of(text);
  od::document doc;
  return parser.iterate(padded).get(doc) == simdjson::SUCCESS
         && walk{text, padded.data(), doc, nodes}.all();
}

} // namespace fairlead
