#include "commands/replay.hpp"

#include "actors/core/visits/decide.hpp"
#include "actors/partition/partition.hpp"
#include "commands/exit_codes.hpp"
#include "commands/past/older_part.hpp"
#include "commands/past/past.hpp"
#include "commands/words/counts.hpp"
#include "commands/words/output_lines.hpp"
#include "commands/words/terminal.hpp"
#include "connectors/embedded/stored_state.hpp"
#include "messages/wire/decode.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace fairlead {
namespace {

using namespace std::chrono_literals;

/// What a repeated record and the published one have in common.
struct compared {
  std::optional<std::string> key, value;
  std::vector<header> headers;
  instant timestamp;
  friend bool operator==(const compared&, const compared&) = default;
};

compared of(const new_record& r) {
  return {r.key, r.value, headers_of(r), r.timestamp};
}

compared of(const raw_record& r) {
  return {r.key, r.value, r.headers, r.timestamp};
}

std::string forwarded_from(const std::vector<header>& headers) {
  for (const auto& [name, value] : headers)
    if (name == forwarded_header && value)
      return *value;
  return {};
}

/// The text, or its beginning: a dead letter may hold a megabyte of anything.
std::string shown(const std::optional<std::string>& text) {
  constexpr std::size_t shown_max = 10'000;
  if (!text || text->size() <= shown_max)
    return text.value_or("null");
  return text->substr(0, shown_max) + "... (" + std::to_string(text->size())
         + " bytes)";
}

std::string shown(const compared& c) {
  std::string out = "key " + shown(c.key) + ", at " + to_rfc3339(c.timestamp)
                    + "\n    " + shown(c.value);
  for (const auto& [name, value] : c.headers)
    if (name.starts_with("kafka_dlt-exception"))
      out += "\n    " + name + ": " + shown(value);
  return out;
}

/// One topic of one partition: what was published and what the repeated steps
/// wrote, each in its order, until they are compared.
class pairing {
public:
  void published(const raw_record& r) {
    published_.emplace_back(r.offset, of(r));
    meet(r.on, r.partition);
  }
  void again(const new_record& r) {
    again_.push_back(of(r));
    meet(r.on, r.partition);
  }
  [[nodiscard]] std::size_t same() const { return same_; }
  /// The first difference.
  [[nodiscard]] const std::optional<std::string>& first() const {
    return first_;
  }
  /// Takes out what was published by an older edition.
  template <class Older>
  void leave_out(Older is_older) {
    std::erase_if(published_,
                  [&](const auto& p) { return is_older(p.second); });
  }
  /// What is published here does not tell its edition: what an older one wrote
  /// stands first, so both sides are compared once all is there, from the end.
  void compare_last() { last_ones_ = true; }
  /// At the end: what is left on either side.
  void finish(topic on, std::int32_t partition) {
    if (last_ones_) {
      while (published_.size() > again_.size())
        published_.pop_front();
      last_ones_ = false;
      meet(on, partition);
    }
    if (first_)
      return;
    auto where = std::string{name_of(on)} + "/" + std::to_string(partition);
    if (!published_.empty())
      first_ = where + "/" + std::to_string(published_.front().first)
               + " was published, but is not written again:\n  "
               + shown(published_.front().second);
    else if (!again_.empty())
      first_ = "Written again, but never published on " + where + ":\n  "
               + shown(again_.front());
  }

private:
  void meet(topic on, std::int32_t partition) {
    while (!first_ && !last_ones_ && !published_.empty() && !again_.empty()) {
      auto& [offset, was] = published_.front();
      if (was != again_.front()) {
        first_ = std::string{name_of(on)} + "/" + std::to_string(partition)
                 + "/" + std::to_string(offset) + "\n  published: " + shown(was)
                 + "\n  again:     " + shown(again_.front());
        return;
      }
      ++same_;
      published_.pop_front();
      again_.pop_front();
    }
  }

  std::deque<std::pair<std::int64_t, compared>> published_;
  std::deque<compared> again_;
  std::size_t same_ = 0;
  bool last_ones_ = false;
  std::optional<std::string> first_;
};

/// The whole service once more, without its actors and without a log.
class rerun {
public:
  /// `begins_with`: whether the journal of a partition begins with the record
  /// at this offset, and not only what is left of it.
  using beginning = std::function<bool(std::int32_t, std::int64_t)>;

  rerun(int partitions, std::string group, beginning begins_with)
    : count_{partitions},
      group_{std::move(group)},
      begins_with_{std::move(begins_with)},
      past_{[this](past_transaction t) { work(std::move(t)); }} {}

  /// Begins with that state, and not with none. Once, first.
  void begin_with(const embedded::stored_state& state) {
    auto& p = part(0);
    for (const auto& [key, value] : state.snapshots)
      p.restore(key, value);
    (void)p.restored();
    from_ = {.ends = state.ends, .positions = state.positions, .snapshots = {}};
  }

  void read(raw_record r) {
    if (from_ && is_past(r))
      return;
    if (r.on == topic::journal || is_input(r.on)) {
      if (r.on == topic::rekey)
        // Several partitions write to the same one of rekey, in the log's
        // order.
        forwarded_[{r.partition, forwarded_from(r.headers)}].published(r);
      past_.read(std::move(r));
      return;
    }
    if (r.on == topic::dead_letters)
      note_given_up(r);
    else if (auto o = older_.find(r.partition);
             o != older_.end() && o->second.has(r.on, r.value))
      return;
    topics_[{r.on, r.partition}].published(r);
  }
  /// All topics have been read to their end.
  void all_read() { past_.skip_to_takeover(); }

  void finish() {
    for (auto& [number, o] : older_)
      if (!parts_.contains(number)) {
        o.goes_to_the_end();
        leave_out(number, o);
      }
    for (auto& [number, o] : older_)
      if (auto fault = o.fault(); fault && !failure_)
        failure_ = "Of partition " + std::to_string(number)
                   + ", under an older edition of the rules: " + *fault;
    for (auto& [where, p] : topics_)
      p.finish(where.first, where.second);
    for (auto& [where, p] : forwarded_)
      if (!is_older(where.second))
        p.finish(topic::rekey, where.first);
  }
  [[nodiscard]] bool has_older_part() const { return !older_.empty(); }
  void tell_editions(std::ostream& out) const {
    for (const auto& [number, o] : older_)
      o.tell(number, out);
  }
  [[nodiscard]] std::optional<std::string> difference() const {
    if (failure_)
      return failure_;
    for (const auto& [unused, p] : topics_)
      if (p.first())
        return p.first();
    for (const auto& [unused, p] : forwarded_)
      if (p.first())
        return p.first();
    return std::nullopt;
  }
  /// What retention has deleted, so that nothing can be repeated.
  [[nodiscard]] std::optional<std::string> cut() const {
    if (cut_)
      return cut_;
    if (auto gap = past_.first_gap())
      return "the journal of partition " + std::to_string(gap->partition)
             + " names " + to_string(gap->missing)
             + ", which is not there any more";
    return std::nullopt;
  }
  /// True if there is no use in reading on.
  [[nodiscard]] bool decided() const { return cut_ || difference(); }
  [[nodiscard]] std::size_t outputs() const {
    std::size_t n = 0;
    for (const auto& [unused, p] : topics_)
      n += p.same();
    for (const auto& [unused, p] : forwarded_)
      n += p.same();
    return n;
  }
  [[nodiscard]] std::size_t steps() const { return steps_; }
  [[nodiscard]] std::size_t transactions() const { return transactions_; }
  [[nodiscard]] const fairlead::past& history() const { return past_; }

private:
  /// Whether a record had its effect on the state that this begins with.
  [[nodiscard]] bool is_past(const raw_record& r) const {
    auto i = static_cast<std::size_t>(r.on);
    return r.offset < (is_input(r.on) ? from_->positions[i] : from_->ends[i]);
  }

  /// The first transaction after that state, and of these rules.
  bool follows(const past_transaction& t) {
    auto next = from_->ends[static_cast<std::size_t>(topic::journal)];
    if (t.offset != next)
      cut_ = "the backup ends before transaction " + std::to_string(next)
             + ", and retention has deleted what follows up to transaction "
             + std::to_string(t.offset);
    else if (t.edition < rules_edition)
      failure_ = "The backup is of an older edition of the rules, which is in "
                 "the program of that time (fairlead 0.1)";
    begins_ = false;
    return !cut_ && !failure_;
  }

  partition& part(std::int32_t number) {
    auto& p = parts_[number];
    if (!p) {
      partition::settings s;
      s.number = number;
      s.count = count_;
      s.consumer_group = group_;
      p = std::make_unique<partition>(s, json_decoder());
      (void)p->restored();
    }
    return *p;
  }

  /// Where the edition changes, the newer one begins with the state that it
  /// took over, as the service did.
  bool has_begun(const past_transaction& t) {
    if (from_ && begins_)
      return follows(t);
    if (t.edition < rules_edition) {
      older_[t.partition].took(t);
      return false;
    }
    if (parts_.contains(t.partition))
      return true;
    if (!t.before) {
      if (older_.contains(t.partition))
        failure_ = "The edition of the rules changes with transaction "
                   + std::to_string(t.offset) + " of partition "
                   + std::to_string(t.partition)
                   + ", and the journal does not have the state that it took "
                     "over; what comes after can't be compared";
      else if (!begins_with_(t.partition, t.offset))
        cut_
          = "the journal of partition " + std::to_string(t.partition)
            + " begins with transaction " + std::to_string(t.offset)
            + (t.steps.empty() ? std::string{}
                               : " (" + to_rfc3339(t.steps.front().now) + ")")
            + "; retention has deleted what came before";
      return !failure_ && !cut_;
    }
    auto& p = part(t.partition);
    for (const auto& [key, value] : t.before->snapshots)
      p.restore(key, value);
    (void)p.restored();
    auto& o = older_[t.partition];
    o.ended(*t.before);
    leave_out(t.partition, o);
    topics_[{topic::dead_letters, t.partition}].compare_last();
    return true;
  }

  void leave_out(std::int32_t partition, older_part& older) {
    for (auto& [where, lane] : topics_)
      if (where.second == partition)
        lane.leave_out([&, on = where.first](const compared& c) {
          return older.has(on, c.value);
        });
  }

  /// Whether a record was forwarded under an older edition; `from`: where it
  /// stood.
  [[nodiscard]] bool is_older(const std::string& from) const {
    raw_record r;
    r.on = topic::rekey;
    r.headers = {{forwarded_header, from}};
    auto input = origin_of(r);
    auto o = older_.find(input.partition);
    return o != older_.end() && o->second.has(input);
  }

  void work(past_transaction t) {
    if (failure_ || cut_ || !has_begun(t))
      return;
    auto& p = part(t.partition);
    p.begin({});
    for (const auto& s : t.steps) {
      ++steps_;
      step* made = nullptr;
      try {
        if (s.record) {
          if (auto it = given_up_.find(*s.record); it != given_up_.end())
            p.quarantine(*s.record, it->second);
          made = p.replay_record(t.inputs.at(*s.record), s.wall);
        } else {
          made = p.replay_timer({s.due, s.team, s.timer}, s.now, s.wall, s.way);
        }
        if (made == nullptr)
          continue;
        make_visits(*made);
        p.finish();
      } catch (const std::exception& e) {
        failure_
          = (s.record ? "The step of " + to_string(*s.record)
                      : "A timer of team " + s.team + " (" + s.timer.id + ")")
            + " at " + to_rfc3339(s.now) + " can't be repeated: " + e.what();
        return;
      }
    }
    ++transactions_;
    auto written = p.result(no_positions);
    for (const auto& r : written.records) {
      if (r.on == topic::state || r.on == topic::journal)
        continue;
      if (r.on == topic::rekey)
        forwarded_[{r.partition, forwarded_from(r.headers)}].again(r);
      else
        topics_[{r.on, r.partition}].again(r);
    }
    p.committed(written);
  }

  /// A record that the service gave up: its step must not be repeated, either.
  void note_given_up(const raw_record& r) {
    auto f = facts_of(r.headers);
    if (f.reason != to_string(dead_letter_reason::internal_error))
      return;
    if (auto on = topic_named(f.topic))
      given_up_[{*on, f.partition, f.offset}] = f.message;
  }

  std::int32_t count_;
  std::string group_;
  beginning begins_with_;
  fairlead::past past_;
  std::map<std::int32_t, std::unique_ptr<partition>> parts_;
  std::map<std::pair<topic, std::int32_t>, pairing> topics_;
  std::map<std::pair<std::int32_t, std::string>, pairing> forwarded_;
  std::map<position, std::string> given_up_;
  std::map<std::int32_t, older_part> older_; /// where the edition changed
  std::size_t steps_ = 0, transactions_ = 0;
  std::optional<std::string> failure_;
  std::optional<std::string> cut_;
  std::optional<embedded::stored_state> from_; /// its snapshots are restored
  bool begins_ = true;
};

} // namespace

int replay(const replay_options& o, std::ostream& out) {
  std::vector<topic> topics = output_topics();
  // The journal comes last, so most inputs that it names have been read.
  for (auto t : {topic::roster, topic::leads, topic::calls, topic::rekey,
                 topic::journal})
    topics.push_back(t);
  rerun all{partition_count(o.source), consumer_group_of(o.source.config),
            [&o](std::int32_t partition, std::int64_t first) {
              return begins_with(o.source, topic::journal, partition, first);
            }};
  if (!o.backup.empty())
    all.begin_with(embedded::read_state(o.backup));
  auto reader = open_topics(o.source, topics, read_start::beginning);
  {
    progress_bar bar{"Replaying", 0};
    std::uint64_t n = 0;
    while (!all.decided()) {
      auto r = reader->next(500ms);
      if (r) {
        all.read(std::move(*r));
        if (++n % 1000 == 0)
          bar.set(n);
      } else if (reader->caught_up()) {
        break;
      }
    }
  }
  if (!all.decided())
    all.all_read();
  if (auto cut = all.cut(); cut && !all.difference()) {
    out << "can't be replayed: " << *cut
        << ". Replay needs inputs and journal from the beginning, from a "
           "change of the edition, or from a backup on (--from-backup); "
           "`fairlead audit` needs neither.\n";
    return exit_code::incomplete;
  }
  if (!all.difference())
    all.finish();
  all.tell_editions(out);
  if (auto d = all.difference()) {
    out << "different after " << count_of(all.steps(), "step") << " and "
        << count_of(all.outputs(), "identical output") << ":\n"
        << *d << '\n';
    return exit_code::failed;
  }
  if (all.transactions() == 0 && all.has_older_part()) {
    out << "nothing was compared: no step is of the edition of this program\n";
    return exit_code::failed;
  }
  out << "identical: " << count_of(all.outputs(), "output") << " of "
      << count_of(all.steps(), "step") << " in "
      << count_of(all.transactions(), "transaction");
  if (auto left = all.history().inputs_left(); left > 0)
    out << "; " << count_of(left, "input") << " not processed yet";
  out << '\n';
  return exit_code::fine;
}

} // namespace fairlead
