#pragma once

#include "connectors/streams.hpp"

#include <memory>
#include <string>
#include <vector>

namespace fairlead::embedded {

/// Reads the topics of a folder from another process, while the service runs
/// or not. It looks for new records every 50 ms. `state` is not a topic here.
/// next() throws log_broken.
class topic_reader final : public fairlead::topic_reader {
public:
  /// Throws std::invalid_argument if there is no log in that folder, and
  /// std::runtime_error with one sentence if it can't be read.
  topic_reader(const std::string& folder, const std::vector<topic>& topics,
               read_start from);
  ~topic_reader() override;
  topic_reader(const topic_reader&) = delete;
  topic_reader& operator=(const topic_reader&) = delete;

  std::optional<raw_record> next(std::chrono::milliseconds wait) override;
  [[nodiscard]] bool caught_up() const override;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

/// Looks at what no reader of topics sees: the pages of the file, its indices,
/// the state and the positions. Throws log_broken with one sentence for the
/// first thing that is not what was written, and what the constructor throws.
void look_through(const std::string& folder);

} // namespace fairlead::embedded
