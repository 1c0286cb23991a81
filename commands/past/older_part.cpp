#include "commands/past/older_part.hpp"

#include "actors/core/state/snapshot.hpp"
#include "actors/partition/snapshot_store.hpp"
#include "commands/words/counts.hpp"
#include "messages/wire/read_outputs.hpp"

#include <algorithm>
#include <ostream>

namespace fairlead {

void older_part::took(const past_transaction& t) {
  edition_ = t.edition;
  until_ = t.offset;
  ++transactions_;
  steps_ += t.steps.size();
  for (const auto& s : t.steps)
    last_ = std::max(last_, s.wall);
}

void older_part::ended(const taken_over_state& state) {
  positions_ = state.positions;
  for (const auto& [key, value] : state.snapshots) {
    auto name = split_state_key(key);
    if (!name || name->kind != entity_kind::team)
      continue;
    team_counters counters;
    restore(value, counters);
    last_of_[std::string{name->team}] = counters.sequence;
  }
}

bool older_part::has(topic on, const std::optional<std::string>& value) {
  if (last_of_.empty() && !whole_)
    return false;
  auto o = read_output(on, value);
  if (!o)
    return whole_; // a dead letter, or somebody else's
  auto last = last_of_.find(o->team);
  if (!whole_ && (last == last_of_.end() || o->sequence > last->second))
    return false;
  seen_[o->team].push_back(o->sequence);
  ++outputs_;
  return true;
}

std::optional<std::string> older_part::fault() const {
  for (auto [team, numbers] : seen_) {
    if (!whole_)
      numbers.push_back(last_of_.at(team) + 1);
    std::sort(numbers.begin(), numbers.end());
    for (std::size_t i = 1; i < numbers.size(); ++i)
      if (numbers[i] == numbers[i - 1])
        return "output " + std::to_string(numbers[i]) + " of team " + team
               + " is there twice";
      else if (numbers[i] != numbers[i - 1] + 1)
        return "output " + std::to_string(numbers[i - 1] + 1) + " of team "
               + team + " is missing";
  }
  return std::nullopt;
}

void older_part::tell(std::int32_t partition, std::ostream& out) const {
  out << "partition " << partition << ": ";
  if (transactions_ == 0)
    out << "nothing is left of the steps before the state that was taken over, "
           "from another prefix or another edition of the rules";
  else
    out << "edition " << edition_ << " of the rules up to transaction "
        << until_ << " (" << to_rfc3339(last_) << "), "
        << count_of(outputs_, "output") << " of " << count_of(steps_, "step")
        << " in " << count_of(transactions_, "transaction")
        << ": complete, but not decided again, because those rules are in the "
           "program of that time (fairlead 0.1)";
  if (!whole_)
    out << "; edition " << rules_edition
        << " from there on, with the state that it took over";
  out << '\n';
}

} // namespace fairlead
