#pragma once

#include "connectors/http/client/client.hpp"

#include <memory>
#include <string>

namespace httplib {
class Client;
} // namespace httplib

namespace fairlead::http {

/// A client of that instance, with its token. Throws std::invalid_argument if
/// the address is not valid.
[[nodiscard]] std::unique_ptr<httplib::Client>
client_for(const instance& other);

/// The parameter that asks for the records of its team; empty: all.
[[nodiscard]] std::string and_team(const instance& other);

/// Throws not_reachable.
[[noreturn]] void throw_unreachable(const instance& other);

} // namespace fairlead::http
