#pragma once

#include "commands/past/past.hpp"
#include "messages/position.hpp"
#include "messages/time.hpp"
#include "messages/topics.hpp"

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace fairlead {

/// What an older edition of the rules has left in one partition. Those rules
/// are not in this program, so its steps can't be repeated. What can be seen is
/// whether each team's outputs are all there.
class older_part {
public:
  /// A transaction of it.
  void took(const past_transaction& t);
  /// The state that the newer edition has taken over says where this part ends.
  void ended(const taken_over_state& state);
  /// No newer edition has made a step: all that is there is of this part.
  void goes_to_the_end() { whole_ = true; }

  /// Whether an output is of this part; notes it if it is. None is as long as
  /// the end is not known.
  [[nodiscard]] bool has(topic on, const std::optional<std::string>& value);
  /// Whether an input was taken up in this part.
  [[nodiscard]] bool has(const position& input) const {
    return whole_
           || input.offset < positions_[static_cast<std::size_t>(input.on)];
  }

  /// An output that is missing or there twice. The first ones of a team may
  /// have been deleted by retention.
  [[nodiscard]] std::optional<std::string> fault() const;

  /// A line that says where the edition changed, and what was looked at.
  void tell(std::int32_t partition, std::ostream& out) const;

private:
  int edition_ = 1;
  bool whole_ = false;
  std::int64_t until_ = 0; /// the last transaction, and when it was
  instant last_;
  std::size_t transactions_ = 0, steps_ = 0, outputs_ = 0;
  input_positions positions_ = no_positions;
  std::map<std::string, std::uint64_t> last_of_; /// sequence, by team
  std::map<std::string, std::vector<std::uint64_t>> seen_;
};

} // namespace fairlead
