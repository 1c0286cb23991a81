#include "board/past/recent.hpp"

#include <algorithm>
#include <utility>

namespace fairlead::board {
namespace {

// What a key costs besides its text: in its record, in the index, its number.
constexpr std::size_t key_bytes = 160;

std::string text_of(const std::string& team, const recent::key& k) {
  return team + '\x1f' + static_cast<char>(k.what) + k.id;
}

} // namespace

void recent::add(const std::string& team, raw_record r,
                 const std::vector<key>& keys) {
  auto no = first_ + all_.size();
  entry e{.record = std::move(r), .keys = {}, .bytes = 0};
  for (const auto& k : keys) {
    auto& [text, numbers] = *by_.try_emplace(text_of(team, k)).first;
    if (!numbers.nos.empty() && numbers.nos.back() == no)
      continue;
    numbers.nos.push_back(no);
    e.keys.push_back(&text);
    e.bytes += key_bytes + text.size();
  }
  e.keys.shrink_to_fit();
  e.bytes += bytes_of(e.record) + sizeof(entry)
             + e.record.headers.size() * sizeof e.record.headers.front();
  bytes_ += e.bytes;
  all_.push_back(std::move(e));
  while (bytes_ > bytes_max_ && all_.size() > 1) {
    for (const auto* k : all_.front().keys)
      if (auto it = by_.find(*k); it != by_.end()) {
        // The oldest of all is the oldest of each.
        auto& [nos, begin] = it->second;
        if (++begin == nos.size()) {
          by_.erase(it);
        } else if (begin * 2 > nos.size()) {
          nos.erase(nos.begin(),
                    nos.begin() + static_cast<std::ptrdiff_t>(begin));
          begin = 0;
        }
      }
    const auto& gone = all_.front().record;
    from_[{gone.on, gone.partition}] = gone.offset + 1;
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
  const auto& [nos, gone] = it->second;
  auto begin = nos.begin() + static_cast<std::ptrdiff_t>(gone);
  auto end
    = before == 0 ? nos.end() : std::lower_bound(begin, nos.end(), before);
  auto n = std::min(max, static_cast<std::size_t>(end - begin));
  for (auto i = end - static_cast<std::ptrdiff_t>(n); i != end; ++i)
    out.push_back({*i, &all_[*i - first_].record});
  return out;
}

std::int64_t recent::from(topic on, std::int32_t partition) const {
  auto at = from_.find({on, partition});
  return at == from_.end() ? 0 : at->second;
}

} // namespace fairlead::board
