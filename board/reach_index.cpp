#include "board/reach_index.hpp"

#include <utility>

namespace fairlead::board {

void reach_index::add(std::uint32_t hash, const snapshot_entry* what) {
  if ((used_ + 1) * 4 > hashes_.size() * 3)
    grow();
  auto slot = first(hash);
  while (at_[slot] != nullptr)
    slot = next(slot);
  hashes_[slot] = hash;
  at_[slot] = what;
  ++used_;
}

void reach_index::remove(std::uint32_t hash, const snapshot_entry* what) {
  if (hashes_.empty())
    return;
  auto hole = first(hash);
  while (at_[hole] != what || hashes_[hole] != hash) {
    if (at_[hole] == nullptr)
      return;
    hole = next(hole);
  }
  --used_;
  // What stands behind comes nearer, as far as it may stand there.
  for (auto slot = next(hole); at_[slot] != nullptr; slot = next(slot)) {
    auto wants = first(hashes_[slot]);
    auto mask = hashes_.size() - 1;
    if (((slot - wants) & mask) < ((slot - hole) & mask))
      continue;
    hashes_[hole] = hashes_[slot];
    at_[hole] = at_[slot];
    hole = slot;
  }
  at_[hole] = nullptr;
}

std::vector<const snapshot_entry*> reach_index::find(std::uint32_t hash) const {
  std::vector<const snapshot_entry*> out;
  if (hashes_.empty())
    return out;
  for (auto slot = first(hash); at_[slot] != nullptr; slot = next(slot))
    if (hashes_[slot] == hash)
      out.push_back(at_[slot]);
  return out;
}

void reach_index::grow() {
  auto had = std::exchange(hashes_, {});
  auto at = std::exchange(at_, {});
  auto size = had.empty() ? std::size_t{16} : had.size() * 2;
  hashes_.resize(size);
  at_.resize(size);
  used_ = 0;
  for (std::size_t i = 0; i < had.size(); ++i)
    if (at[i] != nullptr)
      add(had[i], at[i]);
}

} // namespace fairlead::board
