#pragma once

// Private: handles of librdkafka and how they are made.

#include "connectors/kafka/settings.hpp"
#include "messages/records.hpp"

#include <librdkafka/rdkafka.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace fairlead::kafka {

/// For unique_ptr.
template <auto Destroy>
struct destroy_with {
  template <class T>
  void operator()(T* handle) const {
    Destroy(handle);
  }
};

using client_ptr = std::unique_ptr<rd_kafka_t, destroy_with<rd_kafka_destroy>>;
using conf_ptr
  = std::unique_ptr<rd_kafka_conf_t, destroy_with<rd_kafka_conf_destroy>>;
using error_ptr
  = std::unique_ptr<rd_kafka_error_t, destroy_with<rd_kafka_error_destroy>>;
using topic_ptr
  = std::unique_ptr<rd_kafka_topic_t, destroy_with<rd_kafka_topic_destroy>>;
using message_ptr
  = std::unique_ptr<rd_kafka_message_t, destroy_with<rd_kafka_message_destroy>>;
using queue_ptr
  = std::unique_ptr<rd_kafka_queue_t, destroy_with<rd_kafka_queue_destroy>>;
using event_ptr
  = std::unique_ptr<rd_kafka_event_t, destroy_with<rd_kafka_event_destroy>>;
using partitions_ptr
  = std::unique_ptr<rd_kafka_topic_partition_list_t,
                    destroy_with<rd_kafka_topic_partition_list_destroy>>;
using metadata_ptr = std::unique_ptr<const rd_kafka_metadata_t,
                                     destroy_with<rd_kafka_metadata_destroy>>;

/// What a handle is for; decides its settings.
enum class client_role : std::uint8_t {
  member,        /// of the consumer group: reads the inputs
  restorer,      /// reads `state` to its end, as fast as it comes
  reader,        /// reads topics from outside the engine
  transactional, /// writes one partition's transactions
  sink,          /// writes inputs, idempotent
  admin          /// asks for metadata, creates topics
};

/// What librdkafka calls back, and with what.
struct client_hooks {
  void* opaque = nullptr;
  void (*delivered)(rd_kafka_t*, const rd_kafka_message_t*, void*) = nullptr;
  void (*rebalance)(rd_kafka_t*, rd_kafka_resp_err_t,
                    rd_kafka_topic_partition_list_t*, void*)
    = nullptr;
  void (*error)(rd_kafka_t*, int, const char*, void*) = nullptr;
  std::string transactional_id{};
};

/// The configuration of a role: our defaults, then the passed properties, then
/// what is not negotiable. Throws settings_error.
[[nodiscard]] conf_ptr make_conf(const settings& s, client_role role,
                                 const client_hooks& hooks = {});

/// A handle; doesn't wait for a broker. Throws settings_error.
[[nodiscard]] client_ptr make_client(const settings& s, client_role role,
                                     const client_hooks& hooks = {});

/// librdkafka takes its times as int.
[[nodiscard]] int as_ms(std::chrono::milliseconds t);

/// True if the request failed because no broker was there.
[[nodiscard]] bool nobody_answered(rd_kafka_resp_err_t code);

/// librdkafka's words, without the full stop that only some of them have.
[[nodiscard]] std::string text_of(rd_kafka_resp_err_t code);
[[nodiscard]] std::string text_of(const rd_kafka_error_t* error);

/// What to do about a refusal: "; the ACL Write on the topic fairlead.leads is
/// missing". Empty if the error is about something else. Without a name it was
/// one of the topics of the prefix.
[[nodiscard]] std::string missing_right(rd_kafka_resp_err_t code,
                                        const settings& s,
                                        const std::string& operation,
                                        const std::string& topic = "");

/// Whether a producer copies a record's value, or is lent it until the record
/// has been delivered or the client destroyed.
enum class value_memory : std::uint8_t { copied, lent };

/// Hands a record to a producer; null if it was accepted.
[[nodiscard]] error_ptr produce(rd_kafka_t* client, rd_kafka_topic_t* to,
                                std::int32_t partition, const new_record& r,
                                value_memory memory, void* opaque);

/// The first and the next offset of a partition; the end is the last stable
/// offset.
struct watermarks {
  std::int64_t low = 0;
  std::int64_t high = 0;
};

/// Asks the broker; throws not_reachable when there is no answer in time,
/// std::runtime_error for a refusal.
[[nodiscard]] watermarks query_watermarks(rd_kafka_t* client,
                                          const std::string& topic_name,
                                          std::int32_t partition,
                                          std::chrono::milliseconds timeout);

/// The same of many partitions: in two requests if every leader answers, else
/// one partition after the other.
[[nodiscard]] std::vector<watermarks>
query_watermarks(rd_kafka_t* client,
                 const std::vector<std::pair<std::string, std::int32_t>>& of,
                 std::chrono::milliseconds timeout);

/// The first offset that is still there; nothing if the broker does not say so
/// in time. Unlike query_watermarks() it never waits longer than that.
[[nodiscard]] std::optional<std::int64_t>
query_first_offset(rd_kafka_t* client, const std::string& topic_name,
                   std::int32_t partition, std::chrono::milliseconds timeout);

} // namespace fairlead::kafka
