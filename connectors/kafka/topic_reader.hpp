#pragma once

#include "connectors/kafka/settings.hpp"
#include "connectors/streams.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace fairlead::kafka {

/// Reads topics without being a member of a group: it moves no offsets and
/// needs no right except to read.
class topic_reader final : public fairlead::topic_reader {
public:
  struct options {
    std::vector<topic> topics{};
    read_start from = read_start::beginning;
    std::optional<std::int32_t> partition{}; /// none: all of them
  };

  /// Throws not_reachable, or std::runtime_error for a topic that is
  /// missing.
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
