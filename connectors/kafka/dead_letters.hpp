#pragma once

// Private, pure: inside, topics have their plain names; a reader of dead
// letters on Kafka looks for the topic by the name that it has there, as Spring
// Kafka writes it.

#include "connectors/kafka/settings.hpp"
#include "messages/records.hpp"

namespace fairlead::kafka {

/// A dead letter as it is written: its original topic by its name on Kafka.
[[nodiscard]] new_record to_kafka(const settings& s, new_record dead_letter);

/// The inverse, for a dead letter that was read. One that somebody else has put
/// there stays as it is.
[[nodiscard]] raw_record from_kafka(const settings& s, raw_record dead_letter);

} // namespace fairlead::kafka
