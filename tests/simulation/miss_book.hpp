#pragma once

#include "messages/outputs.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fairlead::test {

/// P1 by an outsider who reads outputs only: every standing miss has exactly
/// one task, its own or the one that it repeats. A call that is routed again
/// and missed again (R44) may have both: what it repeated then may be done by
/// now. A task that had been cancelled before the miss is none, unless the miss
/// had been tagged before it came; one of another lead is none either: a call
/// that was only tagged starts anew for the lead of its transfer.
class miss_book {
public:
  /// The outputs of all teams, each team's in their order.
  void read(const std::string& team, const output& o);

  /// What is wrong, if something is.
  [[nodiscard]] std::optional<std::string> fault() const;

private:
  struct call_book {
    bool missed = false;          /// some routing of it was
    bool success = false;         /// its outcome stands as one
    bool ever_success = false;    /// or has stood
    std::uint64_t miss_since = 0; /// the miss that stands; 0: none does
    std::uint64_t missed_at = 0;  /// the last routing that was
    std::string lead;             /// of the miss
    struct task {
      std::uint64_t at = 0;
      std::string id, lead;
      bool own = true; /// else repeated
    };
    std::vector<task> tasks;
  };
  void stands(call_book& c, bool success) const;

  std::map<std::pair<std::string, std::string>, call_book> calls_;
  std::map<std::string, std::uint64_t> cancelled_; /// task -> when
  std::uint64_t now_ = 0;                          /// counts outputs
  std::optional<std::string> repeated_in_vain_;
};

} // namespace fairlead::test
