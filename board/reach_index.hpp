#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace fairlead::board {

class snapshot_entry;

/// Which entries may keep a phone or an e-mail, by its hash: some twenty bytes
/// for each. Whoever asks looks into the entry, for two texts may have one
/// hash.
class reach_index {
public:
  void add(std::uint32_t hash, const snapshot_entry* what);
  /// Nothing happens if it is not there.
  void remove(std::uint32_t hash, const snapshot_entry* what);
  [[nodiscard]] std::vector<const snapshot_entry*>
  find(std::uint32_t hash) const;

private:
  [[nodiscard]] std::size_t next(std::size_t slot) const {
    return (slot + 1) & (hashes_.size() - 1);
  }
  [[nodiscard]] std::size_t first(std::uint32_t hash) const {
    return hash & (hashes_.size() - 1);
  }
  void grow();

  // Open addressing; as many slots as a power of two, three quarters full at
  // most.
  std::vector<std::uint32_t> hashes_;
  std::vector<const snapshot_entry*> at_; /// null: the slot is free
  std::size_t used_ = 0;
};

} // namespace fairlead::board
