#include "commands/past/known_by.hpp"

#include "actors/core/overload.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>
#include <variant>

namespace fairlead {
namespace {

constexpr std::size_t kept_max = 5; // R53

/// One that is given again is the latest; of too many the oldest goes.
void add(std::vector<std::string>& kept, const std::string& value) {
  std::erase(kept, value);
  kept.push_back(value);
  if (kept.size() > kept_max)
    kept.erase(kept.begin());
}

bool has(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

} // namespace

void known_by::output(const published_output& o) {
  if (!o.body)
    return;
  auto note = [&](std::string owner) {
    owners_[o.lead_id].push_back({o.sequence, o.time, std::move(owner)});
  };
  if (const auto* a = std::get_if<lead_assigned>(&*o.body))
    note(a->agent.agent_id);
  else if (std::holds_alternative<lead_unassigned>(*o.body))
    note({});
}

void known_by::input(const input_event& e, const position& where, instant at) {
  std::visit(
    overload{[&](const team_configured& t) { documents_[at] = t.document; },
             [&](const lead_received& l) {
               keep(l.lead_id, {.at = at,
                                .where = where,
                                .by_transfer = false,
                                .typed = l.contact,
                                .read = {}});
             },
             [&](const transfer_requested& t) {
               keep(t.lead_id, {.at = at,
                                .where = where,
                                .by_transfer = true,
                                .typed = t.contact,
                                .read = {}});
             },
             [](const auto&) {}},
    e.body);
}

void known_by::keep(const std::string& lead, given g) {
  if (g.typed.name)
    names_[lead] = *g.typed.name;
  if (g.typed.phone || g.typed.email || !g.typed.forget.empty())
    given_[lead].push_back(std::move(g));
}

void known_by::all_read() {
  for (auto& [unused, list] : owners_)
    std::sort(list.begin(), list.end(), [](const owned& a, const owned& b) {
      return a.sequence < b.sequence;
    });
  const team_document none;
  for (auto& [lead, list] : given_) {
    std::stable_sort(
      list.begin(), list.end(),
      [](const given& a, const given& b) { return a.at < b.at; });
    for (auto& g : list) {
      const auto* document = document_at(g.at);
      const auto& d = document != nullptr ? *document : none;
      g.read = read_contact(g.typed, d.region, d.never_match);
      for (const auto& r : {g.read.phone, g.read.email})
        if (r && r->matches)
          leads_with_[r->value].insert(lead);
    }
  }
}

bool known_by::counts(const std::string& lead, const given& g) const {
  auto it = owners_.find(lead);
  if (!g.by_transfer || it == owners_.end())
    return true;
  const auto& list = it->second;
  auto after = std::find_if(list.begin(), list.end(),
                            [&g](const owned& o) { return o.at >= g.at; });
  return after == list.begin() || std::prev(after)->owner.empty();
}

known_by::reach known_by::reach_of(const std::string& lead,
                                   instant until) const {
  reach r;
  auto it = given_.find(lead);
  if (it == given_.end())
    return r;
  for (const auto& g : it->second) {
    if (g.at > until || !counts(lead, g))
      continue;
    for (const auto& gone : g.read.forget_phones)
      std::erase(r.phones, gone);
    for (const auto& gone : g.read.forget_emails)
      std::erase(r.emails, gone);
    if (g.read.phone && g.read.phone->matches)
      add(r.phones, g.read.phone->value);
    if (g.read.email && g.read.email->matches)
      add(r.emails, g.read.email->value);
  }
  return r;
}

const known_by::owned* known_by::owner_of(const std::string& lead,
                                          std::uint64_t before) const {
  auto it = owners_.find(lead);
  if (it == owners_.end())
    return nullptr;
  const owned* last = nullptr;
  for (const auto& o : it->second)
    if (o.sequence < before)
      last = &o;
  return last;
}

std::optional<known_by::lead_to_owner>
known_by::why_known(const published_output& found,
                    const std::string& owner) const {
  auto own = reach_of(found.lead_id, found.time);
  // Looked up is what the event gives; without one, at a retry, all of it.
  if (auto list = given_.find(found.lead_id);
      list != given_.end() && found.cause)
    for (const auto& g : list->second)
      if (g.where == *found.cause) {
        own = {};
        if (g.read.phone && g.read.phone->matches)
          own.phones = {g.read.phone->value};
        if (g.read.email && g.read.email->matches)
          own.emails = {g.read.email->value};
      }
  for (auto kind : {&reach::phones, &reach::emails})
    for (auto value = (own.*kind).rbegin(); value != (own.*kind).rend();
         ++value) {
      std::optional<lead_to_owner> best;
      std::uint64_t given_last = 0;
      auto others = leads_with_.find(*value);
      if (others == leads_with_.end())
        continue;
      for (const auto& lead : others->second) {
        const auto* o = owner_of(lead, found.sequence);
        if (lead == found.lead_id || o == nullptr || o->owner != owner
            || o->sequence < given_last
            || !has(reach_of(lead, found.time).*kind, *value))
          continue;
        given_last = o->sequence;
        best = {
          .by_phone = kind == &reach::phones, .value = *value, .lead_id = lead};
      }
      if (best)
        return best;
    }
  return std::nullopt;
}

std::vector<known_by::trait>
known_by::traits_of(const std::string& lead) const {
  std::vector<trait> out;
  auto own = reach_of(lead, instant::max());
  for (auto kind : {&reach::phones, &reach::emails})
    for (auto value = (own.*kind).rbegin(); value != (own.*kind).rend();
         ++value) {
      trait t{.is_phone = kind == &reach::phones, .value = *value, .also = {}};
      if (auto others = leads_with_.find(*value); others != leads_with_.end())
        for (const auto& other : others->second)
          if (other != lead
              && has(reach_of(other, instant::max()).*kind, *value))
            t.also.push_back(other);
      out.push_back(std::move(t));
    }
  return out;
}

std::string known_by::name_of(const std::string& lead) const {
  auto it = names_.find(lead);
  return it == names_.end() ? std::string{} : it->second;
}

const team_document* known_by::document_at(instant t) const {
  auto after = documents_.upper_bound(t);
  return after == documents_.begin() ? nullptr : &std::prev(after)->second;
}

} // namespace fairlead
