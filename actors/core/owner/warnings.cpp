#include "actors/core/owner/warnings.hpp"

#include "actors/core/limits.hpp"
#include "messages/reading/note.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <string_view>
#include <utility>

namespace fairlead {
namespace {

struct field {
  std::string_view pointer;
  std::string_view name; /// for people
};

/// The fields of a lead, in the contract's order.
constexpr std::array<field, 19> fields_in_order{{
  {"/contact", "contact"},
  {"/contact/name", "name"},
  {"/contact/first_name", "first name"},
  {"/contact/last_name", "last name"},
  {"/contact/phone", "phone"},
  {"/contact/email", "e-mail"},
  {"/contact/forget", "what is to be forgotten"},
  {"/source", "source"},
  {"/lead_type", "lead type"},
  {"/tags", "tag"},
  {"/city", "city"},
  {"/zip", "zip"},
  {"/state", "state"},
  {"/price", "price"},
  {"/timeframe", "timeframe"},
  {"/language", "language"},
  {"/assigned_agent", "assigned agent"},
  {"/opt_in", "opt-in"},
  {"/quiet", "quiet"},
}};

/// A field, or an element of a list: `/tags/3`.
struct place {
  std::size_t field = fields_in_order.size();
  std::size_t element = 0;
  friend auto operator<=>(const place&, const place&) = default;
};

place place_of(std::string_view pointer) {
  place p;
  auto slash = pointer.rfind('/');
  auto last = pointer.substr(slash + 1);
  if (auto end = last.data() + last.size();
      !last.empty() && std::from_chars(last.data(), end, p.element).ptr == end)
    pointer = pointer.substr(0, slash);
  auto it
    = std::find_if(fields_in_order.begin(), fields_in_order.end(),
                   [pointer](const field& f) { return f.pointer == pointer; });
  p.field = static_cast<std::size_t>(it - fields_in_order.begin());
  return p;
}

std::string_view name_of_field(std::string_view pointer) {
  auto p = place_of(pointer);
  return p.field < fields_in_order.size() ? fields_in_order[p.field].name
                                          : pointer.substr(1);
}

/// What a warning is about: `/price` of `ignored:/price`; nothing: an agent.
std::string_view pointer_in(std::string_view warning) {
  auto colon = warning.find(':');
  return colon == std::string_view::npos ? std::string_view{}
                                         : warning.substr(colon + 1);
}

void add_each_once(std::vector<std::string>& to,
                   const std::vector<std::string>& more, std::size_t max) {
  for (const auto& text : more)
    if (to.size() < max && std::find(to.begin(), to.end(), text) == to.end())
      to.push_back(text);
}

} // namespace

void keep_remarks(visited_lead& lead, const remarks& r) {
  warned kept;
  if (lead->waiting())
    kept = {lead->warnings, lead->unread};
  std::vector<std::string> news;
  news.reserve(r.notes.size() + r.agents.size());
  for (const auto& n : r.notes)
    news.push_back(warning_of(n));
  news.insert(news.end(), r.agents.begin(), r.agents.end());
  add_each_once(kept.warnings, news, limits::warnings_per_lead);
  std::stable_sort(kept.warnings.begin(), kept.warnings.end(),
                   [](std::string_view x, std::string_view y) {
                     return place_of(pointer_in(x)) < place_of(pointer_in(y));
                   });
  add_each_once(kept.unread, unread_of(r.notes), limits::unread_per_lead);
  if (kept.warnings != lead->warnings || kept.unread != lead->unread)
    lead.change(kept);
}

std::vector<std::string> unread_of(const reading_notes& notes) {
  std::vector<std::string> unread;
  for (const auto& n : notes) {
    if (n.kind != reading_note::what::ignored)
      continue;
    std::string words{name_of_field(n.pointer)};
    words += " not readable";
    if (!n.text.empty())
      words += ": '" + n.text + "'";
    unread.push_back(std::move(words));
    if (unread.size() == limits::unread_per_lead)
      break;
  }
  return unread;
}

std::string in_brackets(const std::vector<std::string>& unread) {
  if (unread.empty())
    return {};
  std::string text;
  for (const auto& words : unread) {
    text += text.empty() ? " (" : "; ";
    text += words;
  }
  return text + ")";
}

} // namespace fairlead
