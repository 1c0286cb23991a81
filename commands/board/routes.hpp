#pragma once

#include "board/model.hpp"
#include "connectors/http/exchange.hpp"

#include <vector>

namespace fairlead {

/// The query API and the pages as routes of the HTTP server: each maps a path
/// and its parameters to one question of board/queries.hpp, or to a file of
/// web/. The model outlives them.
[[nodiscard]] std::vector<http::route> board_routes(board::model& of);

} // namespace fairlead
