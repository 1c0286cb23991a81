#include "connectors/kafka/partition/positions.hpp"

#include <algorithm>

namespace fairlead::kafka {

start_verdict compare_positions(const std::optional<input_positions>& meta,
                                const input_positions& committed,
                                std::int32_t partition) {
  start_verdict out;
  for (std::size_t i = 0; i < committed.size(); ++i) {
    auto name = std::string{name_of(static_cast<topic>(i))} + '/'
                + std::to_string(partition);
    auto stored = meta ? (*meta)[i] : -1;
    if (committed[i] >= 0 && stored < 0) {
      out.fault = "the group has read " + name + " up to offset "
                  + std::to_string(committed[i])
                  + ", but the state topic does not know of it: restore the "
                    "state topic, or delete the group's offsets to start over";
      return out;
    }
    if (committed[i] >= 0 && committed[i] != stored) {
      out.fault = "the group's offset of " + name + " is "
                  + std::to_string(committed[i])
                  + ", but the state was written at " + std::to_string(stored)
                  + ": set the offset back to that number; it must not be "
                    "moved by hand";
      return out;
    }
    if (committed[i] < 0 && stored >= 0)
      out.warnings.push_back("the group has no offset for " + name
                             + ", so reading continues where the state was "
                               "written, at "
                             + std::to_string(stored));
    out.positions[i] = stored;
  }
  return out;
}

void read_end::start(std::int64_t position, bool sought) {
  *this = {};
  position_ = next_record_ = position;
  settling_ = sought;
}

bool read_end::record(std::int64_t offset) {
  if (offset < next_record_)
    return settling_;
  jump_to(offset);
  next_record_ = offset + 1;
  position_ = std::max(position_, next_record_);
  heard_ = true;
  settling_ = at_event_ = false;
  return true;
}

bool read_end::end_event(std::int64_t offset) {
  if (offset < next_record_)
    return false;
  jump_to(offset);
  next_record_ = offset;
  position_ = std::max(position_, offset);
  heard_ = at_event_ = seen_end_ = true;
  settling_ = false;
  return true;
}

void read_end::jump_to(std::int64_t offset) {
  if (next_record_ < 0 || offset <= next_record_)
    return;
  if (!gap_)
    gap_ = gap{next_record_, offset};
  gap_->to = offset;
}

void read_end::position(std::int64_t offset) {
  position_ = std::max(position_, offset);
}

bool read_end::reached(std::int64_t high, bool drained) {
  // Where records never cease there is never an end event; then the end that
  // came with the first of them counts. Before, `high` may be an old one.
  if (start_end_ < 0 && heard_)
    start_end_ = high;
  seen_end_ = seen_end_ || (start_end_ >= 0 && position_ >= start_end_);
  if (!seen_end_)
    return false;
  return high < 0 || position_ >= high || (drained && at_event_);
}

} // namespace fairlead::kafka
