#pragma once

#include "connectors/kafka/settings.hpp"
#include "connectors/streams.hpp"

#include <memory>
#include <string>
#include <vector>

namespace fairlead::kafka {

/// Writes events to the input topics, each into the partition of its team
/// (murmur2 like Java's default; without a key into a random one). Durable
/// means written to all in-sync replicas. A retry by librdkafka writes nothing
/// twice. A caller that appends again after `failed` may; Fairlead recognises
/// the duplicate by source and id (R44). Safe from any thread.
class event_sink final : public fairlead::event_sink {
public:
  /// What may be on its way at once; more is answered with `busy`.
  struct bounds {
    std::size_t records_max = 20'000;
    std::size_t bytes_max = 32'000'000;
  };

  /// Connects in the background. Throws settings_error.
  explicit event_sink(const settings& s);
  event_sink(const settings& s, bounds limits);

  /// Waits up to two seconds for what is on its way.
  ~event_sink() override;
  event_sink(const event_sink&) = delete;
  event_sink& operator=(const event_sink&) = delete;

  verdict append(std::vector<new_record> records, std::string& why) override;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace fairlead::kafka
