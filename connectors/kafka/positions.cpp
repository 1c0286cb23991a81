#include "connectors/kafka/positions.hpp"

#include <algorithm>

namespace fairlead::kafka {

start_verdict
compare_positions(const std::optional<input_positions>& meta,
                  const std::array<input_extent, input_topic_count>& inputs,
                  std::int32_t partition) {
  start_verdict out;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const auto& in = inputs[i];
    auto name = std::string{name_of(static_cast<topic>(i))} + '/'
                + std::to_string(partition);
    auto stored = meta ? (*meta)[i] : -1;
    if (in.committed >= 0 && stored < 0) {
      out.fault = "the group has read " + name + " up to offset "
                  + std::to_string(in.committed)
                  + ", but the state topic does not know of it: restore the "
                    "state topic, or delete the group's offsets to start over";
      return out;
    }
    if (in.committed >= 0 && in.committed != stored) {
      out.fault = "the group's offset of " + name + " is "
                  + std::to_string(in.committed)
                  + ", but the state was written "
                    "at "
                  + std::to_string(stored)
                  + ": set the offset back to that number; it must not be "
                    "moved by hand";
      return out;
    }
    if (stored > in.end) {
      out.fault = "the state was written at offset " + std::to_string(stored)
                  + " of " + name + ", which ends at " + std::to_string(in.end)
                  + ": the topic was deleted or has lost records; delete the "
                    "group's offsets and the state topic to start over";
      return out;
    }
    if (in.committed < 0 && stored >= 0)
      out.warnings.push_back("the group has no offset for " + name
                             + ", so reading continues where the state was "
                               "written, at "
                             + std::to_string(stored));
    if (stored >= 0 && stored < in.low)
      out.warnings.push_back("records of " + name + " from offset "
                             + std::to_string(stored) + " to "
                             + std::to_string(in.low - 1)
                             + " were deleted before they were read: the "
                               "topic's retention is too short");
    out.positions[i] = stored;
  }
  return out;
}

void read_end::start(std::int64_t position, std::int64_t end) {
  position_ = position;
  start_end_ = end;
  at_event_ = false;
}

void read_end::record(std::int64_t offset) {
  position_ = std::max(position_, offset + 1);
  at_event_ = false;
}

void read_end::end_event(std::int64_t offset) {
  position_ = std::max(position_, offset);
  at_event_ = true;
}

void read_end::position(std::int64_t offset) {
  position_ = std::max(position_, offset);
}

bool read_end::reached(std::int64_t high, bool drained) const {
  if (position_ < start_end_)
    return false;
  return high < 0 || position_ >= high || (drained && at_event_);
}

} // namespace fairlead::kafka
