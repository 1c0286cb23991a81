#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace fairlead::embedded {

/// How far the log had come, in a file beside it. SQLite takes a write-ahead
/// log that is damaged or missing for one that ends earlier; this tells.
struct known_place {
  std::int64_t place = 0;
  bool closed = false; /// by a service that came to its end
};

/// What the folder's file says; nothing if there is none or it is damaged.
[[nodiscard]] std::optional<known_place> read_place(const std::string& folder);

/// Throws log_broken with one sentence if the log ends before that place.
void require_place(const std::string& folder,
                   const std::optional<known_place>& known,
                   std::int64_t last_place);

/// Writes it. After each commit without a sync: what the disk has of it is
/// then never ahead of what the disk has of the log.
class place_file {
public:
  /// Throws std::runtime_error with one sentence.
  explicit place_file(const std::string& folder);
  ~place_file();
  place_file(const place_file&) = delete;
  place_file& operator=(const place_file&) = delete;

  void write(const known_place& p) noexcept;
  void sync() noexcept;

private:
  int fd_ = -1;
};

} // namespace fairlead::embedded
