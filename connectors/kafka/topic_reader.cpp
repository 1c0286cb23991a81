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

// A part of what may wait for the caller (client.cpp, queued.min.messages, and
// messages of 2 KiB for queued.max.messages.kbytes).
constexpr std::size_t much_at_once = 4'000;

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

} // namespace

struct topic_reader::impl {
  impl(const kafka::settings& s, const options& what)
    : settings{s}, reading{s, client_role::reader} {
    // A second handle for the questions: one that fetches answers late.
    auto asking = make_client(settings, client_role::admin);
    std::vector<std::pair<std::string, std::int32_t>> all;
    for (auto t : what.topics) {
      auto name = topic_name(settings, t);
      auto count = partitions_of(asking.get(), settings, name);
      names[name] = t;
      for (std::int32_t p = 0; p < count; ++p)
        if (!what.partition || *what.partition == p)
          all.emplace_back(name, p);
    }
    auto ends = query_watermarks(asking.get(), all, settings.connect_timeout);
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto& [name, p] = all[i];
      const auto& w = ends[i];
      auto t = names.at(name);
      auto from = what.from == read_start::beginning ? w.low : w.high;
      if (auto at = what.at.find({t, p}); at != what.at.end())
        from = resume_at(at->second, w, name + '/' + std::to_string(p));
      parts[{t, p}] = {.position = from, .end = w.high};
      behind += from < w.high ? 1 : 0;
      reading.add(name, p, from);
    }
  }

  void move(topic t, std::int32_t partition, std::int64_t to) {
    auto& p = parts[{t, partition}];
    auto was = p.position;
    p.position = std::max(p.position, to);
    if (was < p.end && p.position >= p.end)
      --behind;
  }

  kafka::settings settings;
  std::map<std::string, topic, std::less<>> names;
  std::map<std::pair<topic, std::int32_t>, part> parts;
  std::size_t behind = 0;    // partitions
  clock::duration waited{0}; // in vain, since something came
  std::size_t at_once = 0;   // came since there was nothing
  partition_reader reading;
};

topic_reader::topic_reader(const settings& s, const options& what)
  : impl_{std::make_unique<impl>(s, what)} {
}

topic_reader::~topic_reader() = default;

std::optional<raw_record> topic_reader::next(std::chrono::milliseconds wait) {
  using namespace std::chrono_literals;
  clock::time_point end{}, since{};
  for (;;) {
    // What is there needs no clock: to ask it costs as much as a record.
    auto m = impl_->reading.next(0ms);
    if (m == nullptr) {
      if (end == clock::time_point{}) {
        since = clock::now();
        end = since + wait;
        if (impl_->at_once > much_at_once)
          impl_->reading.hurry();
        impl_->at_once = 0;
      }
      auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        end - clock::now());
      m = impl_->reading.next(std::max(left, 0ms));
    }
    if (m == nullptr) {
      impl_->waited += clock::now() - since;
      // There is something to read, so a broker would have answered.
      if (!caught_up() && impl_->waited > impl_->settings.connect_timeout)
        throw not_reachable("Kafka no longer answers at "
                            + impl_->settings.brokers
                            + ": not everything could be read; try again "
                              "when it is back");
      return std::nullopt;
    }
    auto at
      = m->rkt == nullptr
          ? impl_->names.end()
          : impl_->names.find(std::string_view{rd_kafka_topic_name(m->rkt)});
    if (at == impl_->names.end()
        || (m->err != RD_KAFKA_RESP_ERR_NO_ERROR
            && m->err != RD_KAFKA_RESP_ERR__PARTITION_EOF)) {
      log_warning(std::string{"reading topics: "}
                  + rd_kafka_message_errstr(m.get()));
      continue;
    }
    impl_->waited = clock::duration{0};
    if (end != clock::time_point{})
      since = clock::now();
    if (m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      // The caller must get a chance to see that everything is read.
      bool was = caught_up();
      impl_->move(at->second, m->partition, m->offset);
      if (!was && caught_up())
        return std::nullopt;
      continue;
    }
    impl_->move(at->second, m->partition, m->offset + 1);
    ++impl_->at_once;
    auto r = to_raw_record(*m, at->second);
    return at->second == topic::dead_letters
             ? from_kafka(impl_->settings, std::move(r))
             : std::move(r);
  }
}

bool topic_reader::caught_up() const {
  return impl_->behind == 0;
}

std::int64_t first_offset(const settings& s, topic on, std::int32_t partition) {
  auto client = make_client(s, client_role::admin);
  return query_watermarks(client.get(), topic_name(s, on), partition,
                          s.connect_timeout)
    .low;
}

} // namespace fairlead::kafka
