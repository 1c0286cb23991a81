#pragma once

#include "messages/topics.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace fairlead::kafka {

/// A setting that can't be used; the sentence says which and what to do.
struct settings_error : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

/// No broker answered in time; the sentence names the address.
struct not_reachable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// How to reach Kafka and how to behave there. The defaults are measured (the
/// README of this folder says what they cost and give).
struct settings {
  std::string brokers; /// host:port, separated by commas
  std::string topic_prefix = "fairlead";
  std::string group_id = "fairlead"; /// the settings' default is the prefix

  /// Empty: a dynamic member, whose partitions are handed over at once when it
  /// stops. Else a static one (KIP-345): a restart within the session timeout
  /// is not a rebalance, but a stop for good leaves its partitions dark for
  /// that long.
  std::string instance_id;

  /// Passed on to librdkafka (TLS, SASL, tuning), on every connection.
  std::map<std::string, std::string> properties;

  std::chrono::milliseconds session_timeout{6'000};
  std::chrono::milliseconds heartbeat_interval{1'000};

  /// The broker aborts a transaction that is open for longer.
  std::chrono::milliseconds transaction_timeout{15'000};

  /// How long the first answer of a broker may take.
  std::chrono::milliseconds connect_timeout{10'000};

  /// How long a partition that is taken from us may take to end its batch.
  std::chrono::milliseconds stop_timeout{3'000};

  /// A single call, or the work between two of them, that takes longer ends
  /// the process: nothing else helps against a thread that hangs.
  std::chrono::milliseconds watchdog_limit{60'000};
};

/// Everything that is wrong, a sentence for each fault: what Fairlead must
/// decide itself (another `transactional.id` would break exactly-once) and what
/// librdkafka refuses when a handle is made. Does not ask a broker.
[[nodiscard]] std::vector<std::string> faults_of(const settings& s);

/// The name of a topic on the broker: prefix, dot, name.
[[nodiscard]] std::string topic_name(const settings& s, topic t);

/// What the broker knows the writer of a partition by, whichever process it is.
/// It follows from what must have one writer, the topics, and not from the
/// group that reads them.
[[nodiscard]] std::string transactional_id(const settings& s,
                                           std::int32_t partition);

/// The version of librdkafka that is in use.
[[nodiscard]] std::string client_version();

} // namespace fairlead::kafka
