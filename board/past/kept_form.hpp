#pragma once

#include "board/past/past.hpp"

#include <string>
#include <string_view>

namespace fairlead::board {

/// The form in which a part of a board's past is kept (keeping.hpp): fields one
/// after another, as in snapshots, and words as they are spelled. A change of
/// it is a new layout of what keeps it. For a number, sums, totals, and what
/// `past` has the newest of.
template <class T>
[[nodiscard]] std::string kept_form(const T& x);

/// Reads it back. Throws invariant_error on anything else.
template <class T>
void read_kept(std::string_view bytes, T& x);

} // namespace fairlead::board
