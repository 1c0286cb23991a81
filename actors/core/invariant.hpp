#pragma once

#include <stdexcept>

namespace fairlead {

/// A broken promise inside a step: our own bug. The step is lost, its batch
/// fails as a whole, and nothing of it is written.
class invariant_error : public std::logic_error {
public:
  using std::logic_error::logic_error;
};

/// Throws unless the condition holds; `what` names the promise.
inline void require(bool condition, const char* what) {
  if (!condition)
    throw invariant_error{what};
}

} // namespace fairlead
