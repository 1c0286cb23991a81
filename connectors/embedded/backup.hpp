#pragma once

#include <cstdint>
#include <string>

namespace fairlead::embedded {

/// What a backup holds.
struct backed_up {
  std::int64_t records = 0;
  std::int64_t entities = 0; /// snapshots in the state
  std::int64_t log_bytes = 0;
  std::int64_t copy_bytes = 0;
};

/// Copies the log of a folder into a new folder `to`, as it is at one moment,
/// whether a service writes to it or not. It returns when the copy has been
/// looked through and is on the disk; before that, `to` has no log. Throws
/// std::invalid_argument if there is no log or `to` exists, and
/// std::runtime_error with one sentence if the copy fails; then `to` is gone.
[[nodiscard]] backed_up back_up(const std::string& folder,
                                const std::string& to);

} // namespace fairlead::embedded
