#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace fairlead::board {

/// Things by their ids, the newest of them: where there is no more room, the
/// one that came first goes. Knows what has changed, for who keeps it.
template <class T>
class newest {
public:
  struct entry {
    std::uint64_t no = 0; /// grows with each that comes
    T it{};
  };

  /// `watched`: what changes is noted until all_kept().
  newest(std::size_t max, bool watched) : max_{max}, watched_{watched} {}

  [[nodiscard]] const T* find(const std::string& id) const {
    auto at = all_.find(id);
    return at == all_.end() ? nullptr : &at->second.it;
  }
  [[nodiscard]] bool contains(const std::string& id) const {
    return all_.contains(id);
  }
  [[nodiscard]] std::size_t size() const { return all_.size(); }

  struct changing {
    T& it;
    bool is_new;
  };
  /// The thing, to be changed; a new one if there is none.
  changing change(const std::string& id) {
    auto [at, is_new] = all_.try_emplace(id);
    note(id);
    if (is_new) {
      at->second.no = ++last_no_;
      order_.emplace(last_no_, id);
      make_room();
    }
    return {at->second.it, is_new};
  }
  void erase(const std::string& id) {
    auto at = all_.find(id);
    if (at == all_.end())
      return;
    note(id);
    order_.erase(at->second.no);
    all_.erase(at);
  }
  template <class F>
  void each_from_newest(F f) const {
    for (auto at = order_.rbegin(); at != order_.rend(); ++at)
      f(all_.at(at->second).it);
  }

  /// f(id, entry) for each that has changed; null: it is there no more.
  template <class F>
  void each_changed(F f) const {
    for (const auto& id : changed_) {
      auto at = all_.find(id);
      f(id, at == all_.end() ? nullptr : &at->second);
    }
  }
  void all_kept() { changed_.clear(); }
  /// Takes back what was kept.
  void restore(const std::string& id, entry e) {
    last_no_ = std::max(last_no_, e.no);
    order_.emplace(e.no, id);
    all_.insert_or_assign(id, std::move(e));
    make_room();
  }

private:
  void note(const std::string& id) {
    if (watched_)
      changed_.insert(id);
  }
  void make_room() {
    while (order_.size() > max_) {
      auto oldest = order_.begin();
      note(oldest->second);
      all_.erase(oldest->second);
      order_.erase(oldest);
    }
  }

  std::size_t max_;
  bool watched_;
  std::uint64_t last_no_ = 0;
  std::map<std::string, entry> all_;
  std::map<std::uint64_t, std::string> order_;
  std::set<std::string> changed_; // ids
};

} // namespace fairlead::board
