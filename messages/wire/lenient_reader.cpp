#include "messages/wire/lenient_reader.hpp"

#include "messages/utf8.hpp"

namespace fairlead {

std::optional<std::string> lenient_reader::text(std::string_view key) const {
  const auto* n = usable(key, json_node::kind::text);
  if (n == nullptr)
    return std::nullopt;
  if (n->text.size() > lead_text_bytes_max) {
    ignore(key);
    return std::nullopt;
  }
  return n->text;
}

std::optional<std::string> lenient_reader::id(std::string_view key) const {
  auto t = text(key);
  if (t && !is_id(*t)) {
    ignore(key);
    return std::nullopt;
  }
  return t;
}

std::optional<std::int64_t>
lenient_reader::integer(std::string_view key) const {
  const auto* n = usable(key, json_node::kind::integer);
  return n == nullptr ? std::nullopt : std::optional{n->whole};
}

std::optional<bool> lenient_reader::boolean(std::string_view key) const {
  const auto* n = usable(key, json_node::kind::boolean);
  return n == nullptr ? std::nullopt : std::optional{n->truth};
}

const json_node* lenient_reader::object(std::string_view key) const {
  return usable(key, json_node::kind::object);
}

std::optional<std::vector<std::string>>
lenient_reader::texts(std::string_view key) const {
  const auto* list = usable(key, json_node::kind::array);
  if (list == nullptr)
    return std::nullopt;
  std::vector<std::string> all;
  std::size_t bytes = 0;
  for (const auto* n = tree_.first(*list); n != nullptr; n = tree_.next(*n)) {
    bytes += n->text.size() + 1;
    if (n->is != json_node::kind::text || bytes > lead_tags_bytes_max) {
      ignore(key);
      return std::nullopt;
    }
    all.push_back(n->text);
  }
  return all;
}

const json_node* lenient_reader::usable(std::string_view key,
                                        json_node::kind k) const {
  const auto* n = tree_.find(object_, key);
  if (n == nullptr || n->is == json_node::kind::null)
    return nullptr;
  if (n->is == k)
    return n;
  ignore(key);
  return nullptr;
}

void lenient_reader::ignore(std::string_view key) const {
  ignored_.push_back(pointer_ + "/" + std::string{key});
}

} // namespace fairlead
