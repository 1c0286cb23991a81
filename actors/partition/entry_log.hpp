#pragma once

#include "actors/core/state/team.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace fairlead {

/// One stored snapshot, by reference.
struct log_entry {
  std::uint32_t team_no = 0;
  entity_kind kind = entity_kind::team;
  std::string_view id;
  std::string_view value;
};

/// Where an entry stands.
using entry_ref = std::uint32_t;

/// Entries in memory, one behind the other in chunks. Appending is all that
/// happens to an entry; when one is replaced, the old one is reported dead. A
/// chunk that is mostly dead is emptied by moving what lives in it to the end,
/// so that the dead never outweigh the living, and goes back to the system.
/// What every batch replaces (teams, agents, pools) stands apart from what
/// mostly stays as it is: side by side each chunk would be a quarter dead, and
/// never cleaned. 16 GiB at most. One thread.
class entry_log {
public:
  entry_log();
  ~entry_log();
  entry_log(const entry_log&) = delete;
  entry_log& operator=(const entry_log&) = delete;

  [[nodiscard]] entry_ref append(const log_entry& e);
  /// The views hold until the entry is moved by clean() or its chunk goes.
  [[nodiscard]] log_entry read(entry_ref p) const;
  void kill(entry_ref p);

  /// Empties the chunks that are mostly dead. `is_alive` says of an entry
  /// whether it is the latest of its name, `moved` hears where it went.
  void clean(const std::function<bool(entry_ref, const log_entry&)>& is_alive,
             const std::function<void(const log_entry&, entry_ref to)>& moved);

  /// The next `max` entries at most, dead or alive, from where the last call
  /// ended, round and round.
  void walk(std::size_t max,
            const std::function<void(entry_ref, const log_entry&)>& each);

private:
  struct chunk {
    // A vector would write to every page of it at once.
    std::unique_ptr<char[]> bytes; // NOLINT(modernize-avoid-c-arrays)
    std::uint32_t size = 0, used = 0, dead = 0;
    bool listed = false; /// in to_clean_
  };

  [[nodiscard]] const char* at(entry_ref p) const;
  [[nodiscard]] std::size_t& last_of(entity_kind k);
  [[nodiscard]] bool is_last(std::size_t chunk_no) const;
  void open_chunk(std::size_t& last, std::size_t bytes);
  void look_at(std::size_t chunk_no);

  std::vector<chunk> chunks_;
  /// The chunks that are appended to: by what stays, by what changes.
  std::size_t last_calm_ = 0, last_busy_ = 0;
  std::vector<std::size_t> free_;
  std::vector<std::size_t> to_clean_;
  std::size_t walk_chunk_ = 0, walk_offset_ = 0;
};

} // namespace fairlead
