#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace fairlead {

/// What a stored entity is; the letter is its kind in the keys of `state`.
/// The order of the first four is that of timers due together (R1).
enum class entity_kind : char {
  team = 'C', /// the team itself: its counters and its timers
  agent = 'A',
  lead = 'L',
  call = 'K',
  document = 'D',
  pool = 'P',
  person = 'I',  /// a phone or an e-mail that several leads keep -> those leads
  opt_out = 'O', /// one phone or e-mail that wants nothing more (R18), hashed
};

/// One entity's name inside its team.
struct entity_name {
  entity_kind kind = entity_kind::team;
  std::string id;
  friend bool operator==(const entity_name&, const entity_name&) = default;
};

/// True if entities of that kind have timers.
[[nodiscard]] bool has_timers(entity_kind k);

/// Orders as R1 orders timers due together: team, agent, lead, call, by id.
struct by_kind_and_id {
  bool operator()(const entity_name& a, const entity_name& b) const;
};

/// The committed snapshots of one team, as bytes. Does not change while a
/// batch is open.
class entity_source {
public:
  virtual ~entity_source() = default;
  [[nodiscard]] virtual std::optional<std::string_view>
  find(entity_kind kind, std::string_view id) const = 0;
  /// True if there is one of that kind.
  [[nodiscard]] virtual bool any(entity_kind kind) const = 0;
  /// The lead that keeps a phone or an e-mail, by the text of its person_key.
  /// It counts where no entity of kind `person` has that key: then no other
  /// lead keeps it.
  [[nodiscard]] virtual std::optional<std::string_view>
  keeper_of(std::string_view key) const = 0;
  /// All of a kind, in order of id (bytes), with ids greater than `after`,
  /// until `each` returns false.
  virtual void
  scan(entity_kind kind, std::string_view after,
       const std::function<bool(std::string_view id, std::string_view bytes)>&
         each) const = 0;
};

/// Whether an entity is already among those that have changed, and how large
/// its last snapshot is.
struct change_marks {
  bool in_step = false;
  bool in_batch = false;
  std::uint32_t stored_bytes = 0;
};

/// A live entity: its state, and the batch that used it last.
template <class State>
struct cell {
  State state{};
  std::uint64_t used = 0;
  change_marks marks;
};

} // namespace fairlead
