#pragma once

#include "connectors/kafka/settings.hpp"
#include "connectors/kafka/topics.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace fairlead::kafka {

/// What the `state` topic says of itself: sentences about what does not fit
/// that number of partitions. Reads the end of each partition. Throws like
/// check_topics().
[[nodiscard]] std::vector<std::string> check_state(const settings& s,
                                                   std::int32_t partitions);

/// What was copied.
struct moved {
  std::uint64_t teams = 0;
  std::uint64_t entities = 0; /// snapshots
  std::uint64_t unread = 0;   /// input records that nobody has taken up yet
};

/// Copies a prefix whose service is stopped into a new one, which may have
/// another number of partitions: the state of every team to where its name says
/// now, and the inputs that were not read yet, with their timestamps. What was
/// written before (outputs, journal) stays where it is. The new prefix lacks a
/// topic until all is there, so that no service starts on a part of it.
///
/// Holds the state of all teams in memory. Throws std::runtime_error with one
/// sentence: somebody is still in the group, or the new prefix is not unused.
/// Whatever it has made by then is to be deleted.
[[nodiscard]] moved move_topics(const settings& from, const settings& to,
                                const topics_plan& plan);

} // namespace fairlead::kafka
