#include "connectors/http/client/read_records.hpp"

#include "messages/big_endian.hpp"
#include "messages/json/tree.hpp"
#include "messages/outputs.hpp"
#include "messages/text/visible.hpp"

#include <utility>

namespace fairlead::http {
namespace {

using kind = json_node::kind;

// The text of a member; null if it is not a text.
const std::string* text_in(const json_tree& all, const json_node& object,
                           std::string_view key) {
  const auto* n = all.find(object, key);
  return n != nullptr && n->is == kind::text ? &n->text : nullptr;
}

std::string text_or_none(const json_tree& all, const json_node& object,
                         std::string_view key) {
  const auto* text = text_in(all, object, key);
  return text != nullptr ? *text : std::string{};
}

// A record as a page shows it (README.md).
raw_record record_of(const json_tree& all, const json_node& r) {
  raw_record out;
  out.on
    = topic_named(text_or_none(all, r, "topic")).value_or(topic::assignments);
  if (const auto* n = all.find(r, "offset"))
    out.offset = n->whole;
  if (auto t = from_rfc3339(text_or_none(all, r, "timestamp")))
    out.timestamp = *t;
  if (const auto* key = text_in(all, r, "key"))
    out.key = *key;
  if (const auto* event = all.find(r, "event"))
    out.value = event->raw;
  else if (const auto* value = text_in(all, r, "value"))
    out.value = *value;
  const auto* headers = all.find(r, "headers");
  if (headers == nullptr || headers->is != kind::object)
    return out;
  for (const auto* h = all.first(*headers); h != nullptr; h = all.next(*h)) {
    if (h->is == kind::text)
      out.headers.emplace_back(h->key, h->text);
    else if (h->is == kind::integer)
      out.headers.emplace_back(
        h->key, h->key.ends_with("partition")
                  ? to_big_endian(static_cast<std::int32_t>(h->whole))
                  : to_big_endian(h->whole));
  }
  return out;
}

} // namespace

std::optional<records_page> read_page(std::string_view text) {
  auto all = json_tree::parse(text);
  if (!all)
    return std::nullopt;
  const auto* next = all->find(all->root(), "next");
  const auto* records = all->find(all->root(), "records");
  if (next == nullptr || next->is != kind::integer || records == nullptr
      || records->is != kind::array)
    return std::nullopt;
  records_page out;
  out.next = next->whole;
  for (const auto* r = all->first(*records); r != nullptr; r = all->next(*r))
    out.records.push_back(record_of(*all, *r));
  return out;
}

std::optional<raw_record> read_server_sent(std::string_view type,
                                           std::string data) {
  auto all = json_tree::parse(data);
  if (!all || all->root().is != kind::object)
    return std::nullopt;
  if (type == "dead-letter" || type == "record")
    return record_of(*all, all->root());
  raw_record r;
  // The stream names only the type of an event.
  r.on = output_topic_of(type).value_or(topic::assignments);
  if (const auto* team = text_in(*all, all->root(), "partitionkey"))
    r.key = *team;
  if (auto t = from_rfc3339(text_or_none(*all, all->root(), "time")))
    r.timestamp = *t;
  r.value = std::move(data);
  return r;
}

namespace {

std::string told_by(int status, std::string_view body) {
  auto out = "The answer has status " + std::to_string(status) + ".";
  auto all = json_tree::parse(body);
  if (!all)
    return out;
  const auto& problem = all->root();
  if (auto detail = text_or_none(*all, problem, "detail"); !detail.empty())
    out = std::move(detail);
  const auto* errors = all->find(problem, "errors");
  if (errors == nullptr || errors->is != kind::array)
    return out;
  std::string each;
  for (const auto* e = all->first(*errors); e != nullptr; e = all->next(*e)) {
    if (!each.empty())
      each += "; ";
    if (const auto* index = all->find(*e, "index"))
      each += "event " + std::string{index->raw} + ": ";
    each += text_or_none(*all, *e, "reason") + ": "
            + text_or_none(*all, *e, "detail");
  }
  return each.empty() ? out : each;
}

} // namespace

std::string detail_of(int status, std::string_view body) {
  return visible(told_by(status, body));
}

} // namespace fairlead::http
