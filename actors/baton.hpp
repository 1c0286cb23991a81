#pragma once

#include "actors/core/step/step.hpp"
#include "actors/directory.hpp"

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/send.hpp>

#include <stdexcept>
#include <string>
#include <utility>

namespace fairlead {

/// The baton died on its way: the actor that held it did.
struct baton_lost {
  std::string what;
};

/// A step on its way (design: the baton). Whoever holds it may read and change
/// the step and the team's state that it carries, and look up actors; nobody
/// else may. It is handed on or handed home; if it is destroyed anywhere else,
/// it reports itself lost.
class baton {
public:
  baton() = default;
  baton(step* s, caf::actor home, directory& actors)
    : step_{s}, home_{std::move(home)}, actors_{&actors} {}
  ~baton() { lose("the actor that held the step died"); }
  baton(baton&& other) noexcept
    : step_{std::exchange(other.step_, nullptr)},
      home_{std::move(other.home_)},
      actors_{other.actors_} {}
  baton& operator=(baton&& other) noexcept {
    step_ = std::exchange(other.step_, nullptr);
    home_ = std::move(other.home_);
    actors_ = other.actors_;
    return *this;
  }
  // CAF rejects move-only elements but never copies a message for one
  // receiver: a copy is our bug.
  baton(const baton&) { throw std::logic_error{"a baton is copied"}; }
  baton& operator=(const baton&) = delete;

  [[nodiscard]] step& held() { return *step_; }
  [[nodiscard]] const caf::actor& home() const { return home_; }
  [[nodiscard]] directory& actors() { return *actors_; }
  /// The step is handed in; the baton is empty.
  void release() { step_ = nullptr; }
  /// The step can't go on.
  void lose(std::string what) noexcept {
    if (step_ == nullptr)
      return;
    step_ = nullptr;
    caf::anon_send(home_, baton_lost{std::move(what)});
  }

private:
  step* step_ = nullptr;
  caf::actor home_;
  directory* actors_ = nullptr;
};

/// To the next stop of the step: the actor of whom it visits, or home. `b` is
/// empty then.
inline void hand_on(caf::event_based_actor& from, baton&& b) {
  const auto* v = b.held().upcoming();
  auto to = v != nullptr && has_actor(v->kind)
              ? b.actors().actor_for(from, b.held().team().id(), *v)
              : b.home();
  from.send(to, std::move(b));
}

} // namespace fairlead

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(fairlead::baton)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(fairlead::baton_lost)
