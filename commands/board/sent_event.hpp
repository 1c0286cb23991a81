#pragma once

#include "board/model.hpp"
#include "connectors/http/server.hpp"
#include "messages/inputs.hpp"
#include "messages/records.hpp"

#include <optional>

namespace fairlead {

/// The event in a record that somebody sends; none: it is not one that can be
/// read. Any thread.
[[nodiscard]] std::optional<input_event> event_in(const new_record& sent);

/// What comes of events that were written: waits until the state has taken
/// them in (`POST /v1/events?wait_s=`). `of` outlives it.
[[nodiscard]] http::effect_waiter effects_in(board::model& of);

} // namespace fairlead
