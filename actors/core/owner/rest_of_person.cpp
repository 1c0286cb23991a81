#include "actors/core/owner/rest_of_person.hpp"

#include "actors/core/limits.hpp"
#include "actors/core/state/reach.hpp"

#include <cstddef>
#include <deque>
#include <set>
#include <utility>

namespace fairlead {
namespace {

/// Finds them lead by lead: each may have phones and e-mails that lead further.
class search {
public:
  search(step& s, const visited_lead& lead)
    : s_{s}, self_{lead.id()}, owner_{lead->owner} {
    take_keys(*lead);
  }

  rest_of_person result() {
    for (; !keys_.empty(); keys_.pop_front())
      follow(keys_.front());
    for (const auto& id : older_)
      left_behind_ = left_behind_ || !found_.contains(id);
    rest_of_person rest{{}, left_behind_};
    for (const auto& id : found_) {
      if (rest.leads.size() == limits::leads_per_person) {
        rest.left_behind = true;
        break;
      }
      rest.leads.push_back(id);
    }
    return rest;
  }

private:
  void take_keys(const lead_state& lead) {
    for (auto& key : keys_of(s_.team(), lead))
      if (seen_.insert(key.text).second)
        keys_.push_back(std::move(key));
  }

  void follow(const person_key& key) {
    std::vector<std::pair<std::string, bool>> leads; // theirs?
    for (const auto& id : s_.team().person(key).leads)
      if (auto h = s_.team().head(id);
          h && h->known && !forgotten(*h, s_.now()))
        leads.emplace_back(id, !h->closed && h->owner() == owner_);
    auto older = leads.size() > limits::person_leads_per_key
                   ? leads.size() - limits::person_leads_per_key
                   : 0;
    for (std::size_t i = 0; i < leads.size(); ++i) {
      const auto& [id, theirs] = leads[i];
      if (!theirs || id == self_ || found_.contains(id))
        continue;
      if (i < older) {
        older_.insert(id);
      } else if (found_.size() == limits::person_leads_found) {
        left_behind_ = true;
      } else {
        found_.insert(id);
        take_keys(s_.team().lead_cell(id).state);
      }
    }
  }

  step& s_;
  const std::string& self_;
  std::optional<std::string> owner_;
  std::deque<person_key> keys_; // still to be followed
  std::set<std::string> seen_;  // all that ever were
  std::set<std::string> found_; // in order of id
  std::set<std::string> older_; // not among the last ones of a phone or e-mail
  bool left_behind_ = false;
};

} // namespace

rest_of_person look_for_rest(step& s, const visited_lead& lead) {
  return search{s, lead}.result();
}

} // namespace fairlead
