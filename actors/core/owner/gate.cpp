#include "actors/core/owner/gate.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace fairlead {
namespace {

/// The other leads with this lead's phone or e-mail, by lead id.
std::set<std::string> same_person(step& s, const visited_lead& lead) {
  std::set<std::string> ids;
  auto add = [&](const person_key& key) {
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
std::vector<std::string> opt_out_hashes(const step& s,
                                        const visited_lead& lead) {
  std::vector<std::string> hashes;
  if (lead->phone)
    hashes.push_back(opt_out_hash(s.team().id(), phone_key(*lead->phone)));
  if (lead->email)
    hashes.push_back(opt_out_hash(s.team().id(), email_key(*lead->email)));
  return hashes;
}

void mark(step& s, const visited_lead& lead, bool out) {
  for (const auto& hash : opt_out_hashes(s, lead))
    s.team().set_opted_out(hash, out);
}

template <class Errand, class Wanted>
void send_to_same_person(step& s, const visited_lead& lead, Wanted wanted) {
  for (const auto& id : same_person(s, lead))
    if (auto h = s.team().head(id); h && !forgotten(*h, s.now()) && wanted(*h))
      s.next(to_lead(id, Errand{}));
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
  if (lead->opted_out)
    return true;
  for (const auto& hash : opt_out_hashes(s, lead))
    if (s.team().opted_out(hash))
      return true;
  return false;
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
  keep_opted_out(s, lead);
}

void keep_opted_out(step& s, visited_lead& lead) {
  if (!lead->opted_out)
    return;
  mark(s, lead, true);
  send_to_same_person<refuse_held>(
    s, lead, [](const lead_head& h) { return h.has_held; });
}

void opt_in(step& s, visited_lead& lead) {
  if (lead->opted_out)
    lead.change(opted{false});
  mark(s, lead, false);
  send_to_same_person<opt_in_again>(
    s, lead, [](const lead_head& h) { return h.opted_out; });
}

} // namespace fairlead
