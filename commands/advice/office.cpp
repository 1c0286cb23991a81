#include "commands/advice/office.hpp"

#include <algorithm>
#include <variant>

namespace fairlead {
namespace {

/// Agents that are told by their names; the rest is counted.
constexpr std::size_t told_max = 20;

/// The agents that a team's document names, each once, in its order.
class names_in {
public:
  explicit names_in(const team_document& d) {
    add(d.account_owner);
    add(d.default_owner);
    for (const auto& p : d.pools)
      for (const auto& m : p.members)
        add(m.agent_id);
    for (const auto& r : d.rules)
      if (const auto* a = std::get_if<agent_ref>(&r.assign))
        add(a->id);
    for (const auto& o : d.outcomes)
      for (const auto& a : o.actions)
        std::visit([this](const auto& x) { of_action(x); }, a);
  }
  [[nodiscard]] std::vector<std::string> take() { return std::move(names_); }

private:
  void add(const std::string& agent) {
    if (known_.insert(agent).second)
      names_.push_back(agent);
  }
  void of_action(const assign_action& a) {
    if (const auto* agent = std::get_if<agent_ref>(&a.to))
      add(agent->id);
  }
  void of_action(const notify_action& a) {
    for (const auto& to : a.to)
      if (const auto* agent = std::get_if<agent_ref>(&to))
        add(agent->id);
  }
  template <class Other>
  void of_action(const Other&) {}

  std::set<std::string> known_;
  std::vector<std::string> names_;
};

std::string listed(const std::vector<std::string>& agents) {
  std::string text;
  for (std::size_t i = 0; i < std::min(agents.size(), told_max); ++i)
    text += (i == 0 ? "" : ", ") + agents[i];
  if (agents.size() > told_max)
    text += " and " + std::to_string(agents.size() - told_max) + " more";
  return text;
}

} // namespace

std::vector<fault> office::version_of(const std::string& document,
                                      std::optional<std::int64_t> version) {
  auto it = versions_.find(document);
  bool known = it != versions_.end();
  if (known && version && *version <= it->second)
    return {{"/data/version",
             "is not above " + std::to_string(it->second)
               + ", which came before: the document will be ignored"}};
  if (version)
    versions_[document] = known ? std::max(it->second, *version) : *version;
  return {};
}

std::vector<fault> office::note(const input_event& e, const std::string& team,
                                std::size_t value) {
  if (const auto* t = std::get_if<team_configured>(&e.body)) {
    auto& facts = teams_[team];
    facts.latest = value;
    facts.latest_names = names_in{t->document}.take();
    facts.named.insert(facts.latest_names.begin(), facts.latest_names.end());
    return version_of(team, t->document.version);
  }
  if (const auto* a = std::get_if<agent_configured>(&e.body)) {
    teams_[team].configured[a->document.agent_id] = value;
    return version_of(team + '\x1f' + a->document.agent_id,
                      a->document.version);
  }
  return {};
}

bool office::configures(const std::string& team,
                        const std::string& agent) const {
  for (const auto& t : {team, std::string{}})
    if (auto it = teams_.find(t);
        it != teams_.end() && it->second.configured.contains(agent))
      return true;
  return false;
}

bool office::names(const std::string& team, const std::string& agent) const {
  bool asked = false, named = false;
  for (const auto& [id, facts] : teams_)
    if (facts.latest && (team.empty() || team == id)) {
      asked = true;
      named = named || facts.named.contains(agent);
    }
  return named || !asked; // where no team is among the files, nobody knows
}

std::map<std::size_t, std::vector<fault>> office::advice() const {
  std::map<std::size_t, std::vector<fault>> told;
  for (const auto& [team, facts] : teams_) {
    if (facts.latest) {
      std::vector<std::string> missing;
      for (const auto& agent : facts.latest_names)
        if (!configures(team, agent))
          missing.push_back(agent);
      if (!missing.empty())
        told[*facts.latest].push_back(
          {"/data", "names agents that no document here configures: "
                      + listed(missing)});
    }
    for (const auto& [agent, value] : facts.configured)
      if (!names(team, agent))
        told[value].push_back(
          {"/data/agent_id", "is named by no team document here: neither in a "
                             "pool nor in a rule or an action"});
  }
  return told;
}

} // namespace fairlead
