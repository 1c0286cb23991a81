#include "connectors/kafka/partition/input_reader.hpp"

#include "connectors/kafka/partition_reader.hpp"
#include "connectors/log.hpp"

#include <algorithm>
#include <stdexcept>
#include <thread>

namespace fairlead::kafka {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

constexpr auto slice = 500ms;

// A batch of records of a megabyte must not be read ahead.
constexpr std::size_t poll_bytes_max = 16'000'000;

// How long an open transaction of a publisher is nothing special.
constexpr std::chrono::milliseconds held_up_told_after = 10s;

topic input_at(std::size_t i) {
  return static_cast<topic>(i);
}

} // namespace

input_reader::input_reader(partition_lease& lease) : lease_{lease} {
  for (std::size_t i = 0; i < input_topic_count; ++i)
    names_[i] = topic_name(*lease_.settings, input_at(i));
}

partitions_ptr input_reader::inputs() const {
  partitions_ptr list{rd_kafka_topic_partition_list_new(input_topic_count)};
  for (const auto& name : names_)
    rd_kafka_topic_partition_list_add(list.get(), name.c_str(),
                                      lease_.partition);
  return list;
}

void input_reader::start(const input_positions& from,
                         const std::array<bool, input_topic_count>& elsewhere) {
  skip_to_ = from;
  seek(skip_to_, elsewhere);
  for (std::size_t i = 0; i < input_topic_count; ++i)
    ends_[i].start(skip_to_[i], elsewhere[i]);
  update_ends(false);
}

// What was fetched from where the reader was before is left out by librdkafka,
// or else by poll().
void input_reader::seek(const input_positions& to,
                        const std::array<bool, input_topic_count>& which) {
  partitions_ptr list{rd_kafka_topic_partition_list_new(input_topic_count)};
  for (std::size_t i = 0; i < input_topic_count; ++i)
    if (which[i])
      rd_kafka_topic_partition_list_add(list.get(), names_[i].c_str(),
                                        lease_.partition)
        ->offset
        = to[i] >= 0 ? to[i] : RD_KAFKA_OFFSET_BEGINNING;
  if (list->cnt == 0)
    return;
  lease_.watched->begins("seeking");
  for (auto end = clock::now() + 10s; clock::now() < end;) {
    if (!lease_.control.patient())
      throw_partition_taken(lease_.partition);
    error_ptr error{rd_kafka_seek_partitions(
      lease_.consumer, list.get(), as_ms(lease_.control.at_most(slice)))};
    auto code = error == nullptr ? RD_KAFKA_RESP_ERR_NO_ERROR
                                 : rd_kafka_error_code(error.get());
    for (int i = 0; i < list->cnt; ++i)
      if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
        code = list->elems[i].err;
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
      return;
    // The fetching has not begun yet.
    std::this_thread::sleep_for(10ms);
  }
  // Without `read_anew` it is only slower: poll() leaves out what was read.
  if (lease_.read_anew)
    throw std::runtime_error("partition " + std::to_string(lease_.partition)
                             + " stops: its inputs can't be read anew");
}

std::optional<std::size_t> input_reader::input_of(const rd_kafka_message_t& m) {
  for (std::size_t i = 0; i < input_topic_count; ++i)
    if (topics_[i] == m.rkt && m.rkt != nullptr)
      return i;
  if (m.rkt == nullptr)
    return std::nullopt;
  // A handle's topic objects live as long as the handle.
  std::string_view name{rd_kafka_topic_name(m.rkt)};
  for (std::size_t i = 0; i < input_topic_count; ++i)
    if (names_[i] == name) {
      topics_[i] = m.rkt;
      return i;
    }
  return std::nullopt;
}

void input_reader::update_ends(bool drained) {
  partitions_ptr list;
  for (std::size_t i = 0; i < input_topic_count; ++i) {
    std::int64_t low = -1;
    std::int64_t high = -1;
    if (rd_kafka_get_watermark_offsets(lease_.consumer, names_[i].c_str(),
                                       lease_.partition, &low, &high)
        != RD_KAFKA_RESP_ERR_NO_ERROR)
      high = -1;
    at_end_[i] = ends_[i].reached(high, drained);
    tell_progress(i, high);
    if (at_end_[i] || !drained)
      continue;
    // Behind the last record may stand the marker of its transaction, which
    // only librdkafka sees.
    if (list == nullptr) {
      list = inputs();
      if (rd_kafka_position(lease_.consumer, list.get())
          != RD_KAFKA_RESP_ERR_NO_ERROR)
        continue;
    }
    if (list->elems[i].offset >= 0) {
      ends_[i].position(list->elems[i].offset);
      at_end_[i] = ends_[i].reached(high, drained);
    }
  }
}

void input_reader::tell_progress(std::size_t input, std::int64_t high) {
  auto& p = lease_.progress[input];
  auto behind = high < 0 || ends_[input].position() < 0
                  ? 0
                  : std::max<std::int64_t>(high - ends_[input].position(), 0);
  p.lag = behind;
  // A committed reader is not given what stands behind an open transaction.
  if (behind == 0 || !ends_[input].at_announced_end()) {
    p.held_up = 0;
    held_up_told_[input] = false;
    return;
  }
  std::int64_t now = std::chrono::duration_cast<std::chrono::milliseconds>(
                       clock::now().time_since_epoch())
                       .count();
  std::int64_t not_yet = 0;
  p.held_up.compare_exchange_strong(not_yet, now);
  if (held_up_told_[input] || now - p.held_up < held_up_told_after.count())
    return;
  held_up_told_[input] = true;
  log_warning("partition " + std::to_string(lease_.partition) + ": "
              + names_[input] + " has " + std::to_string(behind)
              + " offsets that can't be read: a publisher has left a "
                "transaction open, and all inputs of the partition wait for it "
                "until the broker ends it");
}

polled input_reader::poll(std::chrono::milliseconds wait,
                          std::size_t records_max) {
  lease_.watched->rests();
  polled out;
  auto end = clock::now() + wait;
  std::size_t bytes = 0;
  bool new_end = false;
  while (out.records.size() < records_max && bytes < poll_bytes_max) {
    // Once something is there, what is buffered is taken along, no more.
    auto left
      = out.records.empty() && !new_end
          ? std::max(std::chrono::duration_cast<std::chrono::milliseconds>(
                       end - clock::now()),
                     0ms)
          : 0ms;
    message_ptr m{rd_kafka_consume_queue(lease_.queue.get(), as_ms(left))};
    if (m == nullptr)
      break; // the time is over, somebody woke us, or nothing is left
    auto input = input_of(*m);
    if (m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF && input) {
      if (!ends_[*input].end_event(m->offset))
        stop_reading(made_anew(*input, m->offset));
      new_end = new_end || !at_end_[*input];
      continue;
    }
    if (m->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      // librdkafka goes on by itself; what it can't repair comes to the group
      // member.
      log_warning("partition " + std::to_string(lease_.partition) + ": "
                  + rd_kafka_message_errstr(m.get())
                  + missing_right(m->err, *lease_.settings, "Read",
                                  input ? names_[*input] : ""));
      continue;
    }
    if (!input)
      continue;
    if (!ends_[*input].record(m->offset))
      stop_reading(made_anew(*input, m->offset));
    if (m->offset < skip_to_[*input])
      continue;
    bytes += m->len + m->key_len;
    out.records.push_back(to_raw_record(*m, input_at(*input)));
    lease_.progress[*input].read_to = ms_of(out.records.back().timestamp);
  }
  update_ends(rd_kafka_queue_length(lease_.queue.get()) == 0);
  explain_gaps();
  out.at_end = at_end_;
  lease_.watched->begins("its own work");
  return out;
}

std::string input_reader::made_anew(std::size_t input,
                                    std::int64_t offset) const {
  return names_[input] + '/' + std::to_string(lease_.partition)
         + " has been read further than offset " + std::to_string(offset)
         + ", where it continues now: the topic was deleted and made anew, or "
           "has lost records; delete the group's offsets and the state topic "
           "to start over";
}

void input_reader::stop_reading(const std::string& why) {
  lease_.phase = partition_phase::stopped;
  lease_.watched->rests();
  throw std::runtime_error("it stops: " + why);
}

// Offsets that never come are mostly markers of a publisher's transactions and
// what it has aborted. But where the topic begins behind them, records are gone
// that nobody has read.
void input_reader::explain_gaps() {
  auto jumped = std::any_of(ends_.begin(), ends_.end(),
                            [](const read_end& e) { return !!e.jumped(); });
  if (!jumped || clock::now() - gaps_asked_ < 1s)
    return;
  gaps_asked_ = clock::now();
  for (std::size_t i = 0; i < input_topic_count; ++i) {
    if (!ends_[i].jumped())
      continue;
    lease_.watched->begins("asking for a topic's beginning");
    auto first
      = query_first_offset(lease_.consumer, names_[i], lease_.partition,
                           lease_.control.at_most(slice));
    if (!first)
      continue; // asked again in a second
    auto gap = *ends_[i].jumped();
    ends_[i].gap_is_explained();
    if (*first <= gap.from)
      continue;
    auto lost = std::min(*first, gap.to) - gap.from;
    if (lease_.counts != nullptr)
      lease_.counts->records_lost += static_cast<std::uint64_t>(lost);
    log_error("up to " + std::to_string(lost) + " records of " + names_[i] + '/'
              + std::to_string(lease_.partition) + ", from offset "
              + std::to_string(gap.from)
              + " on, were deleted before they were read: the topic's "
                "retention is too short, or this service was away too long");
  }
}

} // namespace fairlead::kafka
