#pragma once

#include "connectors/kafka/settings.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace fairlead::kafka {

/// Who works on which partition, as the broker has the consumer group: the name
/// of a static member, else of the client and the machine. Nothing: the broker
/// does not say, or the group is between two assignments.
[[nodiscard]] std::optional<std::map<std::int32_t, std::string>>
who_serves(const settings& s);

} // namespace fairlead::kafka
