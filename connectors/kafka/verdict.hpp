#pragma once

// Private: what an error of a transaction call means.

#include <librdkafka/rdkafka.h>

#include <cstdint>

namespace fairlead::kafka {

/// What to do about an error.
enum class verdict : std::uint8_t {
  again,  /// the same call may be made again and goes on where it was
  fenced, /// a newer producer with our id, or the broker's timeout: can't tell
  stale,  /// the group has moved on without us
  abort,  /// this transaction can't be committed
  fatal   /// this producer can't be used any more
};

/// The flags of an error beside its code.
struct error_flags {
  bool retriable = false;
  bool fatal = false;
};

/// Codes beat flags: a fenced producer is reported as retriable, as abortable
/// or as fatal, depending on the call that finds it out.
[[nodiscard]] verdict judge(rd_kafka_resp_err_t code, error_flags flags);
[[nodiscard]] verdict judge(const rd_kafka_error_t* error);

} // namespace fairlead::kafka
