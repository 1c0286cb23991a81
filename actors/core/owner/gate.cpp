#include "actors/core/owner/gate.hpp"

#include "actors/core/state/reach.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace fairlead {
namespace {

std::string hash_of(const step& s, const person_key& key) {
  return opt_out_hash(s.team().id(), key);
}

/// In most teams nobody has opted out, and a hash costs as much as a turn.
bool is_opted_out(step& s, const person_key& key) {
  return s.team().any_opted_out() && s.team().opted_out(hash_of(s, key));
}

bool covers(step& s, const visited_lead& lead, const person_key& key) {
  const auto& lifted = lead->opted_in;
  return std::find(lifted.begin(), lifted.end(), key.text) == lifted.end()
         && is_opted_out(s, key);
}

/// Of the phones and e-mails that the lead keeps, whether they match or not:
/// an opt-out that was taken stays.
template <class Each>
void each_kept(const visited_lead& lead, Each each) {
  for (const auto& x : lead->phones)
    each(phone_key(x));
  for (const auto& x : lead->emails)
    each(email_key(x));
}

/// A lead's phones and e-mails are those of an opt-out now. `again`: said anew,
/// so it covers those who had opted in, too.
void mark(step& s, visited_lead& lead, bool again) {
  std::map<std::string, std::vector<std::string>> others; // by lead id
  for (const auto& key : keys_of(s.team(), *lead)) {
    auto hash = hash_of(s, key);
    bool anew = again || !s.team().opted_out(hash);
    s.team().set_opted_out(hash, true);
    for (const auto& id : s.team().person(key).leads) {
      auto& keys = others[id];
      if (anew)
        keys.push_back(key.text);
    }
  }
  for (auto& [id, keys] : others) {
    if (id == lead.id())
      continue;
    auto h = s.team().head(id);
    if (h && !forgotten(*h, s.now())
        && (h->has_held || (h->opted_in && !keys.empty())))
      s.next(to_lead(id, refuse_held{std::move(keys)}));
  }
}

} // namespace

void emit_gated(step& s, const visited_lead& lead, const held_outreach& item,
                gate verdict, std::optional<refusal_reason> why) {
  s.emit(lead.id(), outreach_gated{.verdict = verdict,
                                   .outreach_id = item.outreach_id,
                                   .channel = item.channel,
                                   .payload = item.payload,
                                   .reason = why});
}

bool opted_out(step& s, const visited_lead& lead) {
  bool out = lead->opted_out;
  each_kept(lead,
            [&](const person_key& key) { out = out || covers(s, lead, key); });
  return out;
}

void release_held(step& s, visited_lead& lead) {
  if (lead->held.empty())
    return;
  if (opted_out(s, lead))
    return refuse_all(s, lead, refusal_reason::opted_out);
  for (const auto& item : lead->held)
    emit_gated(s, lead, item, gate::released);
  lead.change(outreach_let_go{lead->held.size()});
}

void refuse_all(step& s, visited_lead& lead, refusal_reason why) {
  if (lead->held.empty())
    return;
  for (const auto& item : lead->held)
    emit_gated(s, lead, item, gate::refused, why);
  lead.change(outreach_let_go{lead->held.size()});
}

void refuse_overdue(step& s, visited_lead& lead) {
  std::size_t overdue = 0;
  for (const auto& item : lead->held) {
    if (item.until > s.started())
      break;
    emit_gated(s, lead, item, gate::refused, refusal_reason::held_too_long);
    ++overdue;
  }
  lead.change(outreach_let_go{overdue});
}

void opt_out(step& s, visited_lead& lead) {
  lead.change(opted{true});
  refuse_all(s, lead, refusal_reason::opted_out);
  if (!lead->opted_in.empty())
    lead.change(opted_in_again{});
  mark(s, lead, true);
}

void keep_opted_out(step& s, visited_lead& lead) {
  if (lead->opted_out)
    mark(s, lead, false);
}

void opt_in(step& s, visited_lead& lead, const looked_up& given) {
  if (lead->opted_out)
    lead.change(opted{false});
  std::vector<person_key> lifted;
  for (const auto& x : given.phones)
    lifted.push_back(phone_key(x));
  for (const auto& x : given.emails)
    lifted.push_back(email_key(x));
  for (const auto& key : lifted)
    if (is_opted_out(s, key))
      s.team().set_opted_out(hash_of(s, key), false);
  // What it keeps besides covers it no more.
  opted_in_again besides;
  each_kept(lead, [&](const person_key& key) {
    if (is_opted_out(s, key))
      besides.keys.push_back(key.text);
  });
  if (besides.keys != lead->opted_in)
    lead.change(besides);
  std::set<std::string> others;
  for (const auto& key : keys_of(s.team(), *lead)) {
    auto given_now = [&key](const person_key& x) { return x.text == key.text; };
    if (std::any_of(lifted.begin(), lifted.end(), given_now)) {
      const auto& leads = s.team().person(key).leads;
      others.insert(leads.begin(), leads.end());
    }
  }
  others.erase(lead.id());
  for (const auto& id : others)
    if (auto h = s.team().head(id);
        h && h->opted_out && !forgotten(*h, s.now()))
      s.next(to_lead(id, opt_in_again{}));
}

void refuse_with(step& s, visited_lead& lead, const refuse_held& e) {
  auto rest = lead->opted_in;
  std::erase_if(rest, [&e](const std::string& key) {
    return std::find(e.keys.begin(), e.keys.end(), key) != e.keys.end();
  });
  if (rest != lead->opted_in)
    lead.change(opted_in_again{std::move(rest)});
  if (opted_out(s, lead))
    refuse_all(s, lead, refusal_reason::opted_out);
}

} // namespace fairlead
