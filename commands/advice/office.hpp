#pragma once

#include "messages/dead_letters.hpp"
#include "messages/inputs.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fairlead {

/// What the documents of some files say about each other. A team is its id;
/// that of an agent document without an envelope is empty: it may be any.
class office {
public:
  /// Takes note of an event, in the order of the files. `value`: which one it
  /// is, for advice(). What is to be said of it at once.
  [[nodiscard]] std::vector<fault>
  note(const input_event& e, const std::string& team, std::size_t value);

  /// What is to be said when all are known, by the value that it is about:
  /// agents that no document names.
  [[nodiscard]] std::map<std::size_t, std::vector<fault>> advice() const;

private:
  struct team_facts {
    std::optional<std::size_t> latest; /// its last team document
    std::vector<std::string> latest_names;
    std::set<std::string> named;                   /// by any of its documents
    std::map<std::string, std::size_t> configured; /// agents, last documents
  };

  [[nodiscard]] std::vector<fault>
  version_of(const std::string& document, std::optional<std::int64_t> version);
  [[nodiscard]] bool configures(const std::string& team,
                                const std::string& agent) const;
  [[nodiscard]] bool names(const std::string& team,
                           const std::string& agent) const;

  std::map<std::string, team_facts> teams_;
  std::map<std::string, std::int64_t> versions_; /// the highest of a document
};

} // namespace fairlead
