#include "messages/wire/field_reader.hpp"

#include "messages/json/pointer.hpp"
#include "messages/reading/folding.hpp"
#include "messages/reading/nearest.hpp"
#include "messages/reading/number.hpp"
#include "messages/utf8.hpp"

#include <algorithm>
#include <utility>

namespace fairlead {

void fault_list::category::add(fault f) {
  if (bytes > fault_bytes_max) {
    ++more;
    return;
  }
  bytes += f.pointer.size() + f.what.size();
  named.push_back(std::move(f));
}

std::vector<fault> fault_list::category::told() const {
  auto faults = named;
  if (more > 0)
    faults.push_back({"/data", "has " + std::to_string(more) + " more faults"});
  return faults;
}

std::optional<dead_letter> fault_list::verdict() const {
  using reason = dead_letter_reason;
  for (const auto& [faults, why] :
       {std::pair{&missing_, reason::missing_field},
        std::pair{&wrong_, reason::wrong_type},
        std::pair{&invalid_, reason::invalid_value}})
    if (!faults->named.empty())
      return dead_letter{why, faults->told()};
  return std::nullopt;
}

std::vector<fault> fault_list::all() const {
  std::vector<fault> faults;
  for (const auto* c : {&missing_, &wrong_, &invalid_}) {
    auto told = c->told();
    faults.insert(faults.end(), told.begin(), told.end());
  }
  return faults;
}

std::optional<std::string> id_text(const json_node& n) {
  if (n.is == json_node::kind::text)
    return std::string{trimmed(n.text)};
  bool number
    = n.is == json_node::kind::integer || n.is == json_node::kind::number;
  if (number && is_digits(n.raw))
    return std::string{n.raw};
  return std::nullopt;
}

std::optional<std::int64_t> whole_number(const json_node& n) {
  if (n.is == json_node::kind::integer)
    return n.whole;
  if (n.is == json_node::kind::number)
    if (auto x = rounded_down(n.raw); x && x->exact)
      return x->value;
  return std::nullopt;
}

const json_node* field_reader::find(std::string_view key) const {
  const auto* n = tree_.find(object_, key);
  return n == nullptr || n->is == json_node::kind::null ? nullptr : n;
}

const json_node* field_reader::need(std::string_view key) const {
  const auto* n = find(key);
  if (n == nullptr)
    faults_.missing(at(key));
  return n;
}

std::optional<std::string>
field_reader::checked_id(const json_node& n, std::string_view key) const {
  auto id = id_text(n);
  if (!id) {
    faults_.wrong(at(key), "must be a text");
    return std::nullopt;
  }
  if (!is_id(*id)) {
    faults_.invalid(at(key), rule_of_ids);
    return std::nullopt;
  }
  return id;
}

std::string field_reader::need_id(std::string_view key) const {
  const auto* n = need(key);
  return n == nullptr ? std::string{} : checked_id(*n, key).value_or("");
}

std::string field_reader::need_text(std::string_view key) const {
  const auto* n = need(key);
  if (n == nullptr)
    return {};
  if (n->is != json_node::kind::text) {
    faults_.wrong(at(key), "must be a text");
    return {};
  }
  return n->text;
}

std::optional<std::string> field_reader::id(std::string_view key) const {
  const auto* n = find(key);
  return n == nullptr ? std::nullopt : checked_id(*n, key);
}

std::optional<std::string> field_reader::text(std::string_view key) const {
  const auto* n = find(key);
  if (n == nullptr)
    return std::nullopt;
  if (n->is != json_node::kind::text) {
    faults_.wrong(at(key), "must be a text");
    return std::nullopt;
  }
  return n->text;
}

std::optional<bool> field_reader::boolean(std::string_view key) const {
  const auto* n = find(key);
  if (n == nullptr)
    return std::nullopt;
  if (n->is != json_node::kind::boolean) {
    faults_.wrong(at(key), "must be true or false");
    return std::nullopt;
  }
  return n->truth;
}

std::optional<std::int64_t> field_reader::integer(std::string_view key) const {
  const auto* n = find(key);
  if (n == nullptr)
    return std::nullopt;
  auto whole = whole_number(*n);
  if (!whole)
    faults_.wrong(at(key), "must be an integer");
  return whole;
}

std::optional<std::int64_t> field_reader::integer(std::string_view key,
                                                  std::int64_t min,
                                                  std::int64_t max) const {
  auto n = integer(key);
  if (n && (*n < min || *n > max)) {
    faults_.invalid(at(key), max == INT64_MAX
                               ? "must be at least " + std::to_string(min)
                               : "must be between " + std::to_string(min)
                                   + " and " + std::to_string(max));
    return std::nullopt;
  }
  return n;
}

std::optional<std::vector<std::string>>
field_reader::texts(std::string_view key) const {
  const auto* list = array(key);
  if (list == nullptr)
    return std::nullopt;
  std::vector<std::string> all;
  elements(*list, at(key), [&](const json_node& n, const std::string& where) {
    if (n.is == json_node::kind::text)
      all.push_back(n.text);
    else
      faults_.wrong(where, "must be a text");
  });
  return all;
}

const json_node* field_reader::object(std::string_view key) const {
  const auto* n = find(key);
  if (n != nullptr && n->is != json_node::kind::object) {
    faults_.wrong(at(key), "must be an object");
    return nullptr;
  }
  return n;
}

const json_node* field_reader::array(std::string_view key) const {
  const auto* n = find(key);
  if (n != nullptr && n->is != json_node::kind::array) {
    faults_.wrong(at(key), "must be a list");
    return nullptr;
  }
  return n;
}

std::optional<std::string> field_reader::raw(std::string_view key) const {
  const auto* n = find(key);
  return n == nullptr ? std::nullopt : std::optional{std::string{n->raw}};
}

void field_reader::only(std::initializer_list<std::string_view> known) const {
  if (strangers_ == unknown_names::ignored)
    return;
  for (const auto* n = tree_.first(object_); n != nullptr; n = tree_.next(*n)) {
    std::string_view name = n->key;
    if (name.starts_with("x_")
        || std::find(known.begin(), known.end(), name) != known.end())
      continue;
    faults_.invalid(at(json::pointer_step(name)),
                    not_known(name, {known.begin(), known.size()}));
  }
}

} // namespace fairlead
