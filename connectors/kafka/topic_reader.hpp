#pragma once

#include "connectors/kafka/settings.hpp"
#include "connectors/streams.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace fairlead::kafka {

/// Reads topics without being a member of a group: it moves no offsets and
/// needs no right except to read.
class topic_reader final : public fairlead::topic_reader {
public:
  /// Where a partition was read up to, and from where it is read again.
  struct resumed {
    std::int64_t from = 0, next = 0;
  };
  struct options {
    std::vector<topic> topics{};
    read_start from = read_start::beginning;
    std::optional<std::int32_t> partition{}; /// none: all of them
    /// Where partitions begin of which something has been read before, by topic
    /// and partition; the others begin as `from` says.
    std::map<std::pair<topic, std::int32_t>, resumed> at{};
    /// What is there when it is opened comes in the order of its time, as far
    /// as that can be told from the oldest record of each topic. Otherwise one
    /// topic may be read to its end before another one begins.
    bool by_time = false;
  };

  /// Throws not_reachable, or std::runtime_error for a topic that is missing or
  /// ends before what was read of it. Where the topic begins behind that, a
  /// warning says what is missing.
  topic_reader(const settings& s, const options& what);
  ~topic_reader() override;
  topic_reader(const topic_reader&) = delete;
  topic_reader& operator=(const topic_reader&) = delete;

  /// Throws not_reachable if nothing has come for as long as a first
  /// answer may take, though not everything is read.
  std::optional<raw_record> next(std::chrono::milliseconds wait) override;
  [[nodiscard]] bool caught_up() const override;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

/// The first offset of a partition that its retention has left there. Throws
/// what query_watermarks() throws.
[[nodiscard]] std::int64_t first_offset(const settings& s, topic on,
                                        std::int32_t partition);

} // namespace fairlead::kafka
