#include "board/recent.hpp"

#include <algorithm>
#include <utility>

namespace fairlead::board {
namespace {

std::string text_of(const std::string& team, const recent::key& k) {
  return team + '\x1f' + static_cast<char>(k.what) + k.id;
}

} // namespace

void recent::add(const std::string& team, raw_record r,
                 const std::vector<key>& keys) {
  auto no = first_ + all_.size();
  entry e{.record = std::move(r), .keys = {}, .bytes = 0};
  for (const auto& k : keys) {
    e.keys.push_back(text_of(team, k));
    by_[e.keys.back()].push_back(no);
  }
  e.bytes = bytes_of(e.record) + sizeof(entry)
            + e.keys.size() * (sizeof(std::string) + sizeof no);
  bytes_ += e.bytes;
  all_.push_back(std::move(e));
  while (bytes_ > bytes_max_ && all_.size() > 1) {
    for (const auto& k : all_.front().keys)
      if (auto it = by_.find(k); it != by_.end()) {
        it->second.pop_front(); // the oldest of all is the oldest of each
        if (it->second.empty())
          by_.erase(it);
      }
    bytes_ -= all_.front().bytes;
    all_.pop_front();
    ++first_;
  }
}

std::vector<recent::numbered> recent::of(const std::string& team,
                                         const key& what, std::size_t max,
                                         std::uint64_t before) const {
  std::vector<numbered> out;
  auto it = by_.find(text_of(team, what));
  if (it == by_.end())
    return out;
  const auto& nos = it->second;
  auto end = before == 0 ? nos.end()
                         : std::lower_bound(nos.begin(), nos.end(), before);
  auto n = std::min(max, static_cast<std::size_t>(end - nos.begin()));
  for (auto i = end - static_cast<std::ptrdiff_t>(n); i != end; ++i)
    out.push_back({*i, &all_[*i - first_].record});
  return out;
}

} // namespace fairlead::board
