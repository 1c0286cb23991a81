#include "messages/wire/lenient_reader.hpp"

#include "messages/reading/folding.hpp"
#include "messages/reading/lead_type.hpp"
#include "messages/reading/note.hpp"
#include "messages/reading/number.hpp"
#include "messages/reading/price.hpp"
#include "messages/utf8.hpp"
#include "messages/wire/field_reader.hpp"

namespace fairlead {
namespace {

using kind = json_node::kind;
constexpr auto ignored = reading_note::what::ignored;
constexpr auto in_spite = reading_note::what::read;

bool is_blank_text(const json_node& n) {
  if (n.is != kind::text)
    return false;
  char front = *n.text.c_str();
  return (front <= ' ' || front > '~') && trimmed(n.text).empty();
}

bool is_digits(const json_node& n) {
  return (n.is == kind::integer || n.is == kind::number)
         && fairlead::is_digits(n.raw);
}

std::optional<typed_text> typed_text_of(const json_node& n) {
  if (n.is == kind::text)
    return typed_text{n.text, false};
  if (is_digits(n))
    return typed_text{std::string{n.raw}, true};
  return std::nullopt;
}

} // namespace

std::optional<std::string> lenient_reader::text(std::string_view key) const {
  const auto* n = usable(key, kind::text);
  if (n == nullptr)
    return std::nullopt;
  if (n->text.size() > lead_text_bytes_max) {
    say(ignored, key, *n);
    return std::nullopt;
  }
  return n->text;
}

std::optional<std::string> lenient_reader::id(std::string_view key) const {
  const auto* n = find(key);
  if (n == nullptr)
    return std::nullopt;
  auto id = id_text(*n);
  if (id && is_id(*id))
    return id;
  say(ignored, key, *n);
  return std::nullopt;
}

std::optional<bool> lenient_reader::boolean(std::string_view key) const {
  const auto* n = usable(key, kind::boolean);
  return n == nullptr ? std::nullopt : std::optional{n->truth};
}

const json_node* lenient_reader::object(std::string_view key) const {
  return usable(key, kind::object);
}

std::optional<std::int64_t> lenient_reader::price(std::string_view key) const {
  const auto* n = find(key);
  if (n == nullptr)
    return std::nullopt;
  if (n->is == kind::integer)
    return n->whole;
  std::optional<std::int64_t> price;
  if (n->is == kind::number)
    price = price_of_number(n->raw);
  else if (n->is == kind::text)
    price = read_price(n->text);
  say(price ? in_spite : ignored, key, *n);
  return price;
}

std::optional<std::string>
lenient_reader::lead_type(std::string_view key) const {
  const auto* n = find(key);
  if (n == nullptr)
    return std::nullopt;
  std::optional<std::string> type;
  if (n->is == kind::text && n->text.size() <= lead_text_bytes_max) {
    auto read = read_lead_type(n->text);
    if (read.as_typed)
      return std::move(read.type);
    type = std::move(read.type);
  } else if (n->is == kind::array) {
    std::vector<std::string> texts;
    bool good = true;
    for (const auto* x = tree_.first(*n); x != nullptr; x = tree_.next(*x)) {
      good = good && x->is == kind::text;
      texts.push_back(x->text);
    }
    if (good)
      type = read_lead_type(texts);
    if (type && type->size() > lead_text_bytes_max)
      type.reset();
  }
  say(type ? in_spite : ignored, key, *n);
  return type;
}

std::vector<std::string> lenient_reader::split_tags(const json_node& n) const {
  std::vector<std::string> tags;
  std::string_view rest = n.text;
  while (!rest.empty()) {
    auto end = std::min(rest.find_first_of(",;|"), rest.size());
    if (auto tag = trimmed(rest.substr(0, end)); !tag.empty())
      tags.emplace_back(tag);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return tags;
}

std::optional<std::vector<std::string>>
lenient_reader::tags(std::string_view key) const {
  const auto* n = find(key);
  if (n == nullptr)
    return std::nullopt;
  if (n->is == kind::text && n->text.size() <= lead_tags_bytes_max) {
    auto tags = split_tags(*n);
    say(tags.empty() ? ignored : in_spite, key, *n);
    if (tags.empty())
      return std::nullopt;
    return tags;
  }
  if (n->is != kind::array) {
    say(ignored, key, *n);
    return std::nullopt;
  }
  std::vector<std::string> tags;
  reading_notes bad;
  std::size_t bytes = 0, i = 0;
  for (const auto* x = tree_.first(*n); x != nullptr; x = tree_.next(*x), ++i) {
    bytes += x->text.size() + 1;
    if (x->is != kind::text) {
      if (bad.size() < named_elements_max)
        bad.push_back({ignored,
                       std::string{pointer_} + "/" + std::string{key} + "/"
                         + std::to_string(i),
                       shown(x->raw)});
    } else if (!is_blank_text(*x)) {
      tags.push_back(x->text);
    }
  }
  if (bytes > lead_tags_bytes_max || (tags.empty() && !bad.empty())) {
    say(ignored, key, *n);
    return std::nullopt;
  }
  if (tags.empty() && i > 0) // nothing but empty texts
    return std::nullopt;
  notes_.insert(notes_.end(), bad.begin(), bad.end());
  return tags;
}

std::optional<std::string> lenient_reader::zip(std::string_view key) const {
  const auto* n = find(key);
  if (n == nullptr || n->is == kind::text)
    return text(key);
  bool good = is_digits(*n) && n->raw.size() <= lead_text_bytes_max;
  say(good ? in_spite : ignored, key, *n);
  if (!good)
    return std::nullopt;
  return std::string{n->raw};
}

std::optional<std::string> lenient_reader::name() const {
  auto part = [this](std::string_view key) -> std::optional<std::string> {
    auto whole = text(key);
    if (!whole)
      return whole;
    auto bare = trimmed(*whole);
    return bare.size() == whole->size() ? whole : std::string{bare};
  };
  auto name = part("name");
  auto first = part("first_name");
  auto last = part("last_name");
  if (name)
    return name;
  if (first && last)
    return *first + ' ' + *last;
  return first ? first : last;
}

std::optional<typed_text> lenient_reader::typed(std::string_view key) const {
  const auto* n = find(key);
  if (n == nullptr)
    return std::nullopt;
  auto t = typed_text_of(*n);
  if (!t)
    say(ignored, key, *n);
  return t;
}

std::vector<std::optional<typed_text>>
lenient_reader::typed_list(std::string_view key) const {
  std::vector<std::optional<typed_text>> all;
  const auto* list = usable(key, kind::array);
  if (list == nullptr)
    return all;
  for (const auto* n = tree_.first(*list); n != nullptr; n = tree_.next(*n)) {
    if (all.size() == forget_max) {
      all.emplace_back();
      break;
    }
    auto t = typed_text_of(*n);
    if (t && is_blank_text(*n))
      t->text.clear();
    all.push_back(std::move(t));
  }
  return all;
}

const json_node* lenient_reader::find(std::string_view key) const {
  const auto* n = tree_.find(object_, key);
  return n == nullptr || n->is == kind::null || is_blank_text(*n) ? nullptr : n;
}

const json_node* lenient_reader::usable(std::string_view key, kind k) const {
  const auto* n = find(key);
  if (n == nullptr || n->is == k)
    return n;
  say(ignored, key, *n);
  return nullptr;
}

void lenient_reader::say(reading_note::what what, std::string_view key,
                         const json_node& n) const {
  notes_.push_back({what, std::string{pointer_} + "/" + std::string{key},
                    shown(n.is == kind::text ? n.text : n.raw)});
}

} // namespace fairlead
