#include "connectors/kafka/topics.hpp"

#include "connectors/kafka/client.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace fairlead::kafka {
namespace {

using namespace std::chrono_literals;

using new_topic_ptr = std::unique_ptr<rd_kafka_NewTopic_t,
                                      destroy_with<rd_kafka_NewTopic_destroy>>;
using resource_ptr
  = std::unique_ptr<rd_kafka_ConfigResource_t,
                    destroy_with<rd_kafka_ConfigResource_destroy>>;
using options_ptr
  = std::unique_ptr<rd_kafka_AdminOptions_t,
                    destroy_with<rd_kafka_AdminOptions_destroy>>;

constexpr std::int64_t message_bytes_max = 1'048'576;

// A broker makes the files of one request's partitions before it looks at the
// next one: hundreds of them took more than ten seconds on a busy machine.
constexpr auto until_known_max = 60s;

/// librdkafka before 2.6.1 (pull request 4895) names the client's nonce twice
/// in its proof. Brokers let that pass until Kafka 4.
std::string about_scram(const settings& s, const std::string& complaint) {
  bool scram = false;
  for (const auto* name : {"sasl.mechanism", "sasl.mechanisms"})
    if (auto it = s.properties.find(name); it != s.properties.end())
      scram = scram || it->second.starts_with("SCRAM");
  if (!scram || rd_kafka_version() >= 0x020601ff
      || complaint.find("invalid credentials") == std::string::npos)
    return "";
  return " If the password is right: Kafka 4 refuses the SCRAM of librdkafka "
         + client_version()
         + "; it takes 2.6.1 (Debian 13 has 2.8.0), a client certificate, or "
           "PLAIN over TLS.";
}

/// A handle for questions, and the last thing that librdkafka complained of.
class admin {
public:
  explicit admin(const settings& s)
    : settings_{s},
      client_{make_client(s, client_role::admin,
                          {.opaque = this, .error = complained})},
      queue_{rd_kafka_queue_new(client_.get())} {}

  [[nodiscard]] rd_kafka_t* client() const { return client_.get(); }
  [[nodiscard]] rd_kafka_queue_t* queue() const { return queue_.get(); }

  [[noreturn]] void throw_not_reachable() {
    rd_kafka_poll(client_.get(), 0); // serves complained()
    throw not_reachable(
      "no Kafka broker answered at " + settings_.brokers + " within "
      + std::to_string(settings_.connect_timeout.count() / 1000) + " s"
      + (complaint_.empty() ? std::string{} : " (" + complaint_ + ')')
      + ": is Kafka running there, and is the address right?"
      + about_scram(settings_, complaint_));
  }

  /// The partition count of each topic there is.
  std::map<std::string, std::int32_t> partition_counts() {
    const rd_kafka_metadata_t* raw = nullptr;
    auto code = rd_kafka_metadata(client_.get(), 1, nullptr, &raw,
                                  as_ms(settings_.connect_timeout));
    metadata_ptr metadata{raw};
    if (nobody_answered(code))
      throw_not_reachable();
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
      throw std::runtime_error("the broker refuses to list its topics: "
                               + text_of(code));
    std::map<std::string, std::int32_t> out;
    for (int i = 0; i < metadata->topic_cnt; ++i)
      if (metadata->topics[i].err == RD_KAFKA_RESP_ERR_NO_ERROR)
        out[metadata->topics[i].topic] = metadata->topics[i].partition_cnt;
    return out;
  }

  /// The controller has made them, but a broker learns of it a moment later; a
  /// service that starts at once must not find them missing.
  void wait_until_known(const std::vector<std::string>& names) {
    auto end = std::chrono::steady_clock::now() + until_known_max;
    for (;;) {
      auto counts = partition_counts();
      if (std::all_of(names.begin(), names.end(),
                      [&counts](const auto& n) { return counts.contains(n); }))
        return;
      if (std::chrono::steady_clock::now() > end)
        throw std::runtime_error("the topics were created, but the broker does "
                                 "not show them yet: try again in a moment");
      std::this_thread::sleep_for(50ms);
    }
  }

  /// Waits for the answer to an admin request.
  event_ptr answer(const std::string& request) {
    event_ptr event{
      rd_kafka_queue_poll(queue_.get(), as_ms(settings_.connect_timeout + 5s))};
    if (event == nullptr)
      throw_not_reachable();
    if (auto code = rd_kafka_event_error(event.get()); nobody_answered(code))
      throw_not_reachable();
    else if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
      throw std::runtime_error("the broker refuses to " + request + ": "
                               + rd_kafka_event_error_string(event.get()));
    return event;
  }

  [[nodiscard]] options_ptr options(rd_kafka_admin_op_t op) const {
    options_ptr o{rd_kafka_AdminOptions_new(client_.get(), op)};
    std::array<char, 256> why{};
    rd_kafka_AdminOptions_set_request_timeout(
      o.get(), as_ms(settings_.connect_timeout), why.data(), why.size());
    return o;
  }

private:
  static void complained(rd_kafka_t*, int code, const char* text, void* self) {
    if (code != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
      static_cast<admin*>(self)->complaint_ = text;
  }

  const settings& settings_;
  std::string complaint_;
  client_ptr client_;
  queue_ptr queue_;
};

/// Settings of topics by topic name, without those that we may not look at.
using topic_configs = std::map<std::string, std::map<std::string, std::string>>;

topic_configs describe(admin& a, const std::vector<std::string>& names) {
  std::vector<resource_ptr> resources;
  std::vector<rd_kafka_ConfigResource_t*> raw;
  for (const auto& name : names) {
    resources.emplace_back(
      rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, name.c_str()));
    raw.push_back(resources.back().get());
  }
  auto options = a.options(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS);
  rd_kafka_DescribeConfigs(a.client(), raw.data(), raw.size(), options.get(),
                           a.queue());
  auto event = a.answer("describe the topics");
  std::size_t n = 0;
  const auto* found = rd_kafka_DescribeConfigs_result_resources(
    rd_kafka_event_DescribeConfigs_result(event.get()), &n);
  topic_configs out;
  for (std::size_t i = 0; i < n; ++i) {
    if (rd_kafka_ConfigResource_error(found[i]) != RD_KAFKA_RESP_ERR_NO_ERROR)
      continue;
    std::size_t entries = 0;
    const auto* entry = rd_kafka_ConfigResource_configs(found[i], &entries);
    auto& config = out[rd_kafka_ConfigResource_name(found[i])];
    for (std::size_t k = 0; k < entries; ++k)
      if (const auto* value = rd_kafka_ConfigEntry_value(entry[k]))
        config[rd_kafka_ConfigEntry_name(entry[k])] = value;
  }
  return out;
}

std::string value_of(const std::map<std::string, std::string>& config,
                     const std::string& name) {
  auto at = config.find(name);
  return at == config.end() ? "" : at->second;
}

topic topic_at(std::size_t i) {
  return static_cast<topic>(i);
}

} // namespace

std::vector<topic_setting> settings_of(topic t, const topics_plan& plan) {
  std::vector<topic_setting> out{
    {"max.message.bytes", std::to_string(message_bytes_max)},
    {"message.timestamp.type",
     // Publishers' clocks lie, and the order of steps would depend on them.
     // `rekey` is ours: a forwarded record keeps its timestamp (R47).
     is_input(t) && t != topic::rekey && !plan.inputs_keep_timestamps
       ? "LogAppendTime"
       : "CreateTime"}};
  if (t == topic::state) {
    out.push_back({"cleanup.policy", "compact"});
  } else {
    out.push_back({"cleanup.policy", "delete"});
    auto ms = std::chrono::hours{24} * plan.retention_days;
    out.push_back(
      {"retention.ms", std::to_string(std::chrono::milliseconds{ms}.count())});
  }
  return out;
}

std::vector<topic> all_topics() {
  std::vector<topic> out;
  for (std::size_t i = 0; i < topic_count; ++i)
    out.push_back(topic_at(i));
  return out;
}

topics_report check_topics(const settings& s, const std::vector<topic>& which) {
  admin a{s};
  auto counts = a.partition_counts();
  topics_report out;
  std::vector<std::string> there;
  std::vector<std::string> missing;
  for (auto t : which) {
    auto name = topic_name(s, t);
    (counts.contains(name) ? there : missing).push_back(name);
  }
  if (!missing.empty()) {
    std::string list;
    for (const auto& name : missing)
      list += (list.empty() ? "" : ", ") + name;
    out.problems.push_back((missing.size() == 1 ? "the topic " : "the topics ")
                           + list + (missing.size() == 1 ? " is" : " are")
                           + " missing: run `" + create_command(s) + '`');
  }
  if (there.empty())
    return out;
  // The count that most of them have is the right one, more likely than not.
  std::map<std::int32_t, int> votes;
  for (const auto& name : there)
    ++votes[counts.at(name)];
  auto usual
    = std::max_element(votes.begin(), votes.end(), [](auto& x, auto& y) {
        return x.second < y.second;
      })->first;
  for (const auto& name : there)
    if (counts.at(name) != usual)
      out.problems.push_back(
        "the topic " + name + " has " + std::to_string(counts.at(name))
        + " partitions, but the others have " + std::to_string(usual)
        + ": all topics need the same number; delete it and run `fairlead "
          "topics create --partitions "
        + std::to_string(usual) + '`');
  if (votes.size() == 1 && missing.empty())
    out.partitions = usual;
  auto configs = describe(a, there);
  for (auto t : which) {
    auto name = topic_name(s, t);
    if (!counts.contains(name))
      continue;
    auto at = configs.find(name);
    if (at == configs.end()) {
      out.warnings.push_back("the settings of the topic " + name
                             + " can't be checked: the ACL DescribeConfigs on "
                               "the topic "
                             + name + " is missing");
      continue;
    }
    auto telling = [&name](const std::string& setting, const char* advice) {
      std::string text = "the topic ";
      text.append(name).append(" has ").append(setting).append(advice);
      return text;
    };
    auto policy = value_of(at->second, "cleanup.policy");
    if (t == topic::state && policy != "compact")
      out.problems.push_back(
        telling("cleanup.policy=" + policy,
                ", so the broker would delete the state: set "
                "cleanup.policy=compact"));
    auto bytes = value_of(at->second, "max.message.bytes");
    if (!bytes.empty() && std::stoll(bytes) < message_bytes_max)
      out.problems.push_back(
        telling("max.message.bytes=" + bytes,
                ", so a batch of outputs could not be written for ever: set "
                "max.message.bytes to 1048576 or more"));
    if (t != topic::state && policy.find("compact") != std::string::npos)
      out.problems.push_back(
        telling("cleanup.policy=" + policy,
                ", so the broker would delete events that have the same key: "
                "set cleanup.policy=delete"));
    if (is_input(t) && t != topic::rekey
        && value_of(at->second, "message.timestamp.type") != "LogAppendTime")
      out.warnings.push_back(
        telling("message.timestamp.type=CreateTime",
                ", so a publisher with a wrong clock changes the order of "
                "events: set LogAppendTime"));
  }
  return out;
}

std::string create_command(const settings& s) {
  std::string out = "fairlead topics create";
  if (s.topic_prefix != settings{}.topic_prefix)
    out += " --topic-prefix " + s.topic_prefix;
  return out;
}

topics_created create_topics(const settings& s, const topics_plan& plan,
                             const std::vector<topic>& which) {
  if (plan.partitions < 1)
    throw settings_error("the number of partitions must be > 0");
  if (plan.replication_factor == 0 || plan.replication_factor < -1)
    throw settings_error("the replication factor must be > 0");
  if (plan.retention_days < 1)
    throw settings_error("the retention must be at least one day");
  admin a{s};
  auto counts = a.partition_counts();
  topics_created out;
  std::vector<new_topic_ptr> topics;
  std::vector<rd_kafka_NewTopic_t*> raw;
  std::array<char, 512> why{};
  for (auto t : which) {
    auto name = topic_name(s, t);
    if (counts.contains(name)) {
      out.existing.push_back(name);
      continue;
    }
    topics.emplace_back(rd_kafka_NewTopic_new(name.c_str(), plan.partitions,
                                              plan.replication_factor,
                                              why.data(), why.size()));
    if (topics.back() == nullptr)
      throw settings_error("the topic " + name
                           + " can't be created: " + why.data());
    raw.push_back(topics.back().get());
    for (const auto& one : settings_of(t, plan))
      rd_kafka_NewTopic_set_config(raw.back(), one.name.c_str(),
                                   one.value.c_str());
  }
  if (raw.empty())
    return out;
  auto options = a.options(RD_KAFKA_ADMIN_OP_CREATETOPICS);
  rd_kafka_AdminOptions_set_operation_timeout(
    options.get(), as_ms(s.connect_timeout), why.data(), why.size());
  rd_kafka_CreateTopics(a.client(), raw.data(), raw.size(), options.get(),
                        a.queue());
  auto event = a.answer("create the topics");
  std::size_t n = 0;
  const auto* results = rd_kafka_CreateTopics_result_topics(
    rd_kafka_event_CreateTopics_result(event.get()), &n);
  std::string failures;
  for (std::size_t i = 0; i < n; ++i) {
    std::string name = rd_kafka_topic_result_name(results[i]);
    auto code = rd_kafka_topic_result_error(results[i]);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
      out.created.push_back(name);
    } else if (code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
      out.existing.push_back(name);
    } else if (failures.empty()) {
      // As a rule the others fail for the same reason.
      const auto* text = rd_kafka_topic_result_error_string(results[i]);
      failures = "the topic " + name + " could not be created: "
                 + (text == nullptr ? text_of(code) : std::string{text});
      if (code == RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR)
        failures += " Give --replication-factor; for a single broker it is 1.";
    }
  }
  if (!failures.empty())
    throw std::runtime_error(failures);
  // Somebody else may have made some of them just now.
  auto all = out.created;
  all.insert(all.end(), out.existing.begin(), out.existing.end());
  a.wait_until_known(all);
  return out;
}

void use_broker_time(const settings& s, const topics_plan& plan) {
  admin a{s};
  auto last = plan;
  last.inputs_keep_timestamps = false;
  std::vector<resource_ptr> resources;
  std::vector<rd_kafka_ConfigResource_t*> raw;
  for (auto t : all_topics()) {
    if (!is_input(t) || t == topic::rekey)
      continue;
    resources.emplace_back(rd_kafka_ConfigResource_new(
      RD_KAFKA_RESOURCE_TOPIC, topic_name(s, t).c_str()));
    raw.push_back(resources.back().get());
    // This request replaces them all.
    for (const auto& one : settings_of(t, last))
      rd_kafka_ConfigResource_set_config(raw.back(), one.name.c_str(),
                                         one.value.c_str());
  }
  auto options = a.options(RD_KAFKA_ADMIN_OP_ALTERCONFIGS);
  rd_kafka_AlterConfigs(a.client(), raw.data(), raw.size(), options.get(),
                        a.queue());
  static_cast<void>(a.answer("alter the settings of the input topics"));
}

} // namespace fairlead::kafka
