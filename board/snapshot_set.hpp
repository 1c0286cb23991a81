#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <set>
#include <string_view>

namespace fairlead::board {

/// An id and its snapshot in one piece of memory. It stays where it is, and
/// what is known by its place holds, when the snapshot is replaced.
class snapshot_entry {
public:
  snapshot_entry(std::string_view id, std::string_view bytes)
    : text_{joined(id, bytes)} {}

  [[nodiscard]] std::string_view id() const {
    return {text_.get() + sizeof(sizes), at().id};
  }
  [[nodiscard]] std::string_view bytes() const {
    return {text_.get() + sizeof(sizes) + at().id, at().bytes};
  }
  /// The id, which the order of a set goes by, stays.
  void replace(std::string_view bytes) const { text_ = joined(id(), bytes); }

private:
  struct sizes {
    std::uint32_t id, bytes;
  };
  // NOLINTNEXTLINE(modernize-avoid-c-arrays): as long as it must be
  using owned_bytes = std::unique_ptr<char[]>;
  [[nodiscard]] sizes at() const {
    sizes n{};
    std::memcpy(&n, text_.get(), sizeof n);
    return n;
  }
  static owned_bytes joined(std::string_view id, std::string_view bytes) {
    sizes n{static_cast<std::uint32_t>(id.size()),
            static_cast<std::uint32_t>(bytes.size())};
    owned_bytes out{new char[sizeof n + id.size() + bytes.size()]};
    std::memcpy(out.get(), &n, sizeof n);
    id.copy(out.get() + sizeof n, id.size());
    bytes.copy(out.get() + sizeof n + id.size(), bytes.size());
    return out;
  }

  mutable owned_bytes text_;
};

struct by_id {
  using is_transparent = void;
  static std::string_view id(const snapshot_entry& e) { return e.id(); }
  static std::string_view id(std::string_view s) { return s; }
  template <class A, class B>
  bool operator()(const A& a, const B& b) const {
    return id(a) < id(b);
  }
};

/// Snapshots in the order of their ids (bytes). A team may have half a million:
/// each costs 56 bytes besides its own.
using snapshot_set = std::set<snapshot_entry, by_id>;

} // namespace fairlead::board
