#include "actors/core/owner/gate.hpp"

#include "actors/core/limits.hpp"
#include "actors/core/owner/ownership.hpp"

#include <algorithm>
#include <set>

namespace fairlead {
namespace {

void say(step& s, const held_lead& lead, const held_outreach& item,
         gate verdict, std::optional<refusal_reason> why = std::nullopt) {
  s.emit(lead.id(), lead.id(),
         outreach_gated{.verdict = verdict,
                        .outreach_id = item.outreach_id,
                        .channel = item.channel,
                        .payload = item.payload,
                        .reason = why});
}

/// The other leads with this lead's phone or e-mail, by lead id.
std::set<std::string> same_person(step& s, const held_lead& lead) {
  std::set<std::string> ids;
  auto add = [&](const std::string& key) {
    const auto& leads = s.team().person(key).leads;
    ids.insert(leads.begin(), leads.end());
  };
  if (lead->phone)
    add(phone_key(*lead->phone));
  if (lead->email)
    add(email_key(*lead->email));
  ids.erase(lead.id());
  return ids;
}

/// What an opt-out of that lead is kept under.
std::vector<std::string> opt_out_hashes(const step& s, const lead_state& lead) {
  std::vector<std::string> hashes;
  if (lead.phone)
    hashes.push_back(opt_out_hash(s.team().id(), phone_key(*lead.phone)));
  if (lead.email)
    hashes.push_back(opt_out_hash(s.team().id(), email_key(*lead.email)));
  return hashes;
}

void mark(step& s, const held_lead& lead, bool out) {
  for (const auto& hash : opt_out_hashes(s, *lead))
    s.team().set_opted_out(hash, out);
}

template <class Errand, class Wanted>
void send_to_same_person(step& s, const held_lead& lead, Wanted wanted) {
  std::vector<visit> visits;
  for (const auto& id : same_person(s, lead))
    if (auto h = s.team().head(id); h && !forgotten(*h, s.now()) && wanted(*h))
      visits.push_back({entity_kind::lead, id, Errand{}});
  s.next(std::move(visits));
}

} // namespace

bool opted_out(step& s, const lead_state& lead) {
  if (lead.opted_out)
    return true;
  for (const auto& hash : opt_out_hashes(s, lead))
    if (s.team().opted_out(hash))
      return true;
  return false;
}

void gate_outreach(step& s, held_lead& lead, const outreach_requested& e) {
  // While held, the outreach's id is a key of its own (R44).
  for (const auto& h : lead->held)
    if (h.outreach_id == e.outreach_id)
      return s.drop_duplicate();
  held_outreach item{.outreach_id = e.outreach_id,
                     .channel = e.channel,
                     .payload = e.payload,
                     .until = s.now() + limits::outreach_held};
  if (lead->known) {
    if (opted_out(s, *lead))
      return say(s, lead, item, gate::refused, refusal_reason::opted_out);
    if (lead->owner)
      ensure_owner(s, lead);
    if (has_active_owner(s, *lead))
      return say(s, lead, item, gate::released);
    if (lead->closed)
      return say(s, lead, item, gate::refused, refusal_reason::lead_closed);
  }
  auto bytes = item.outreach_id.size() + item.channel.size()
               + (item.payload ? item.payload->size() : 0);
  if (lead->held.size() >= limits::outreach_per_lead
      || held_bytes(*lead) + bytes > limits::outreach_bytes_per_lead)
    return say(s, lead, item, gate::refused, refusal_reason::too_many);
  say(s, lead, item, gate::held);
  lead.change(outreach_held{std::move(item)});
}

void release_held(step& s, held_lead& lead) {
  if (lead->held.empty())
    return;
  if (opted_out(s, *lead))
    return refuse_all(s, lead, refusal_reason::opted_out);
  for (const auto& item : lead->held)
    say(s, lead, item, gate::released);
  lead.change(outreach_let_go{lead->held.size()});
}

void refuse_all(step& s, held_lead& lead, refusal_reason why) {
  if (lead->held.empty())
    return;
  for (const auto& item : lead->held)
    say(s, lead, item, gate::refused, why);
  lead.change(outreach_let_go{lead->held.size()});
}

void refuse_overdue(step& s, held_lead& lead) {
  std::size_t overdue = 0;
  for (const auto& item : lead->held) {
    if (item.until > s.started())
      break;
    say(s, lead, item, gate::refused, refusal_reason::held_too_long);
    ++overdue;
  }
  lead.change(outreach_let_go{overdue});
}

void opt_out(step& s, held_lead& lead) {
  lead.change(opted{true});
  refuse_all(s, lead, refusal_reason::opted_out);
  keep_opted_out(s, lead);
}

void keep_opted_out(step& s, held_lead& lead) {
  if (!lead->opted_out)
    return;
  mark(s, lead, true);
  send_to_same_person<refuse_held>(
    s, lead, [](const lead_head& h) { return h.has_held; });
}

void opt_in(step& s, held_lead& lead) {
  if (lead->opted_out)
    lead.change(opted{false});
  mark(s, lead, false);
  send_to_same_person<opt_in_again>(
    s, lead, [](const lead_head& h) { return h.opted_out; });
}

} // namespace fairlead
