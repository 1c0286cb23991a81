#pragma once

namespace fairlead {

/// One lambda per alternative of a variant: a new one fails to compile.
template <class... Ts>
struct overload : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
overload(Ts...) -> overload<Ts...>;

} // namespace fairlead
