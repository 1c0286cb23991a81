#pragma once

#include "messages/records.hpp"
#include "messages/wire/encode.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace fairlead::test {

/// 2026-03-02T15:00:00Z and so many seconds.
[[nodiscard]] inline instant at(std::int64_t seconds) {
  return at_ms(1'772'463'600'000) + std::chrono::seconds{seconds};
}

/// Writes a history by hand: the records that a service would have written.
class handwriting {
public:
  /// An output about a lead of the team `acme`, with the next sequence number.
  template <class Body>
  raw_record output(Body body, instant when, std::string cause,
                    std::string lead = "l1") {
    struct output o {
      .id = "out-" + std::to_string(++sequence_), .subject = std::move(lead),
      .about_lead = true, .body = std::move(body)
    };
    output_frame f{.team = "acme",
                   .now = when,
                   .causation_id = cause,
                   .traceparent = {},
                   .cause = cause_,
                   .timer = {}};
    raw_record r;
    r.on = topic_of(o.body);
    r.offset = static_cast<std::int64_t>(sequence_);
    r.timestamp = when;
    r.key = "acme";
    r.value = encode(o, f, sequence_, {.owner = "ana", .epoch = 1});
    return r;
  }

  /// An input as it stands on its topic.
  raw_record input(topic on, std::string_view type, instant when,
                   const std::string& id, const std::string& data) {
    raw_record r;
    r.on = on;
    r.offset = next_input_++;
    r.timestamp = when;
    r.key = "acme";
    r.value = R"({"specversion":"1.0","id":")" + id
              + R"(","source":"/test","type":")" + std::string{type}
              + R"(","data":)" + data + "}";
    cause_ = r.where();
    return r;
  }

private:
  std::uint64_t sequence_ = 0;
  std::int64_t next_input_ = 0;
  std::optional<position> cause_; /// the last input
};

} // namespace fairlead::test
