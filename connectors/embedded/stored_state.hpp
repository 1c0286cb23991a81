#pragma once

#include "actors/partition/ports.hpp"
#include "messages/topics.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace fairlead::embedded {

/// The state that a log holds, and how far the log had come with it.
struct stored_state {
  std::array<std::int64_t, topic_count> ends{}; /// next offsets
  input_positions positions = no_positions;     /// what the engine had read
  std::vector<std::pair<std::string, std::string>> snapshots; /// with meta
};

/// Reads it from another process, as it is at one moment. Throws like
/// topic_reader's constructor, and log_broken for a row that is not what was
/// written.
[[nodiscard]] stored_state read_state(const std::string& folder);

} // namespace fairlead::embedded
