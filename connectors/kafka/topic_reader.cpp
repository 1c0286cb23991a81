#include "connectors/kafka/topic_reader.hpp"

#include "connectors/kafka/client.hpp"
#include "connectors/kafka/dead_letters.hpp"
#include "connectors/kafka/partition_reader.hpp"
#include "connectors/kafka/topics.hpp"
#include "connectors/log.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>

namespace fairlead::kafka {
namespace {

using clock = std::chrono::steady_clock;

/// One partition that is read.
struct part {
  std::int64_t position = 0;
  std::int64_t end = 0; // a committed reader's, when the reader was opened
};

std::int32_t partitions_of(rd_kafka_t* client, const settings& s,
                           const std::string& name) {
  topic_ptr t{rd_kafka_topic_new(client, name.c_str(), nullptr)};
  const rd_kafka_metadata_t* raw = nullptr;
  auto code
    = rd_kafka_metadata(client, 0, t.get(), &raw, as_ms(s.connect_timeout));
  metadata_ptr metadata{raw};
  if (nobody_answered(code))
    throw not_reachable("no Kafka broker answered at " + s.brokers
                        + ": is Kafka running there, and is the address "
                          "right?");
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
    throw std::runtime_error("the topic " + name
                             + " can't be read: " + text_of(code));
  for (int i = 0; i < metadata->topic_cnt; ++i)
    if (metadata->topics[i].topic == name
        && metadata->topics[i].err == RD_KAFKA_RESP_ERR_NO_ERROR)
      return metadata->topics[i].partition_cnt;
  throw std::runtime_error("the topic " + name + " is missing: run `"
                           + create_command(s) + '`');
}

std::int64_t resume_at(const topic_reader::resumed& was, const watermarks& w,
                       const std::string& name) {
  if (was.next > w.high)
    throw std::runtime_error(name + " ends at " + std::to_string(w.high)
                             + " and was read up to " + std::to_string(was.next)
                             + " before: it has been deleted and created anew");
  if (was.next < w.low)
    log_warning(name + " was read up to " + std::to_string(was.next)
                + " before and begins at " + std::to_string(w.low)
                + ": what was between them is missing");
  return std::clamp(was.from, w.low, w.high);
}

/// Each topic has a queue of its own in which records wait: less will do.
settings with_little_ahead(settings s) {
  s.properties.try_emplace("queued.min.messages", "5000");
  s.properties.try_emplace("queued.max.messages.kbytes", "1024");
  return s;
}

} // namespace

struct topic_reader::impl {
  impl(const kafka::settings& s, const options& what)
    : settings{s},
      reading{what.by_time && what.topics.size() > 1 ? with_little_ahead(s) : s,
              client_role::reader} {
    // A second handle for the questions: one that fetches answers late.
    auto asking = make_client(settings, client_role::admin);
    std::vector<std::pair<std::string, std::int32_t>> all;
    for (auto t : what.topics) {
      auto name = topic_name(settings, t);
      auto count = partitions_of(asking.get(), settings, name);
      auto queue = what.by_time ? names.size() : 0;
      names[name] = {.on = t, .queue = queue};
      if (queue == heads.size()) {
        heads.emplace_back();
        behind.push_back(0);
      }
      for (std::int32_t p = 0; p < count; ++p)
        if (!what.partition || *what.partition == p)
          all.emplace_back(name, p);
    }
    auto ends = query_watermarks(asking.get(), all, settings.connect_timeout);
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto& [name, p] = all[i];
      const auto& w = ends[i];
      const auto& t = names.at(name);
      auto from = what.from == read_start::beginning ? w.low : w.high;
      if (auto at = what.at.find({t.on, p}); at != what.at.end())
        from = resume_at(at->second, w, name + '/' + std::to_string(p));
      parts[{t.on, p}] = {.position = from, .end = w.high};
      behind[t.queue] += from < w.high ? 1U : 0U;
      reading.add(name, p, from, t.queue);
    }
  }

  struct read_topic {
    topic on = topic::leads;
    std::size_t queue = 0;
  };

  void move(const read_topic& t, std::int32_t partition, std::int64_t to) {
    auto& p = parts[{t.on, partition}];
    auto was = p.position;
    p.position = std::max(p.position, to);
    if (was < p.end && p.position >= p.end)
      --behind[t.queue];
  }
  [[nodiscard]] bool caught_up() const {
    return std::all_of(behind.begin(), behind.end(),
                       [](std::size_t n) { return n == 0; })
           && std::none_of(heads.begin(), heads.end(),
                           [](const auto& h) { return h.has_value(); });
  }
  std::optional<raw_record> take(std::size_t queue,
                                 std::chrono::milliseconds wait);
  std::optional<raw_record> oldest(std::chrono::milliseconds wait);

  kafka::settings settings;
  std::map<std::string, read_topic, std::less<>> names;
  std::map<std::pair<topic, std::int32_t>, part> parts;
  // Of each queue the partitions that are not read yet, and the next record.
  std::vector<std::size_t> behind;
  std::vector<std::optional<raw_record>> heads;
  bool joined = false;
  clock::duration waited{0}; // in vain, since something came
  partition_reader reading;
};

topic_reader::topic_reader(const settings& s, const options& what)
  : impl_{std::make_unique<impl>(s, what)} {
}

topic_reader::~topic_reader() = default;

std::optional<raw_record>
topic_reader::impl::take(std::size_t queue, std::chrono::milliseconds wait) {
  using namespace std::chrono_literals;
  clock::time_point end{}, since{};
  for (;;) {
    // What is there needs no clock: to ask it costs as much as a record.
    auto m = reading.next(0ms, queue);
    if (m == nullptr) {
      if (end == clock::time_point{}) {
        since = clock::now();
        end = since + wait;
      }
      auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        end - clock::now());
      m = reading.next(std::max(left, 0ms), queue);
    }
    if (m == nullptr) {
      waited += clock::now() - since;
      // There is something to read, so a broker would have answered.
      if (!caught_up() && waited > settings.connect_timeout)
        throw not_reachable("Kafka no longer answers at " + settings.brokers
                            + ": not everything could be read; try again "
                              "when it is back");
      return std::nullopt;
    }
    auto at = m->rkt == nullptr
                ? names.end()
                : names.find(std::string_view{rd_kafka_topic_name(m->rkt)});
    if (at == names.end()
        || (m->err != RD_KAFKA_RESP_ERR_NO_ERROR
            && m->err != RD_KAFKA_RESP_ERR__PARTITION_EOF)) {
      log_warning(std::string{"reading topics: "}
                  + rd_kafka_message_errstr(m.get()));
      continue;
    }
    waited = clock::duration{0};
    if (end != clock::time_point{})
      since = clock::now();
    const auto& t = at->second;
    if (m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      // The caller must get a chance to see that everything is read.
      bool was = behind[t.queue] == 0;
      move(t, m->partition, m->offset);
      if (!was && behind[t.queue] == 0)
        return std::nullopt;
      continue;
    }
    move(t, m->partition, m->offset + 1);
    auto r = to_raw_record(*m, t.on);
    return t.on == topic::dead_letters ? from_kafka(settings, std::move(r))
                                       : std::move(r);
  }
}

/// The oldest of the records that are next in their topics.
std::optional<raw_record>
topic_reader::impl::oldest(std::chrono::milliseconds wait) {
  auto first = heads.end();
  for (auto h = heads.begin(); h != heads.end(); ++h) {
    auto queue = static_cast<std::size_t>(h - heads.begin());
    if (!*h && behind[queue] > 0) {
      *h = take(queue, wait);
      if (!*h && behind[queue] > 0)
        return std::nullopt;
    }
    if (*h && (first == heads.end() || (*h)->timestamp < (*first)->timestamp))
      first = h;
  }
  return first == heads.end() ? std::nullopt
                              : std::exchange(*first, std::nullopt);
}

std::optional<raw_record> topic_reader::next(std::chrono::milliseconds wait) {
  if (impl_->joined)
    return impl_->take(0, wait);
  if (impl_->heads.size() > 1 && !impl_->caught_up())
    return impl_->oldest(wait);
  impl_->reading.join_queues();
  impl_->joined = true;
  return impl_->take(0, wait);
}

bool topic_reader::caught_up() const {
  return impl_->caught_up();
}

std::int64_t first_offset(const settings& s, topic on, std::int32_t partition) {
  auto client = make_client(s, client_role::admin);
  return query_watermarks(client.get(), topic_name(s, on), partition,
                          s.connect_timeout)
    .low;
}

} // namespace fairlead::kafka
