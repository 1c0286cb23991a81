#pragma once

#include "board/model.hpp"
#include "commands/board/rights.hpp"
#include "connectors/http/server.hpp"

namespace fairlead {

/// What comes of events that were written: waits until the state has taken
/// them in (`POST /v1/events?wait_s=`). `of` outlives it.
[[nodiscard]] http::effect_waiter effects_in(board::model& of);

/// Whose task it is, as the state has it. `of` outlives it.
[[nodiscard]] rights::task_holder holders_in(board::model& of);

} // namespace fairlead
