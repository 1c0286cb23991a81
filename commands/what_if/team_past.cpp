#include "commands/what_if/team_past.hpp"

#include "actors/partition/state_key.hpp"
#include "commands/past/past.hpp"
#include "messages/partitioner.hpp"
#include "messages/wire/decode.hpp"
#include "messages/wire/read_outputs.hpp"

#include <array>
#include <chrono>
#include <unordered_map>
#include <utility>
#include <variant>

namespace fairlead::what_if {
namespace {

using namespace std::chrono_literals;

struct by_offset {
  std::size_t operator()(const position& p) const {
    return std::hash<std::int64_t>{}(
      p.offset * static_cast<std::int64_t>(input_topic_count)
      + static_cast<std::int64_t>(p.on));
  }
};

/// Reads the inputs first, then the journal and what was published: so what is
/// not the team's is never kept.
class reading {
public:
  reading(const endpoint& source, const std::string& team, const bounds& within)
    : source_{source}, within_{within} {
    out_.team = team;
    source_.team = team;
    out_.partitions = partition_count(source);
    out_.partition = partition_of(team, out_.partitions);
    first_.fill(-1);
    last_.fill(-1);
  }

  team_past read() {
    each({topic::roster, topic::leads, topic::calls, topic::rekey},
         [this](raw_record r) { input(std::move(r)); });
    each({topic::journal, topic::decisions, topic::rings},
         [this](const raw_record& r) {
           if (r.on == topic::journal)
             journal(r);
           else if (r.key == out_.team)
             published(r);
         });
    for (const auto& s : out_.steps)
      if (s.is.record) {
        const auto& r = out_.inputs[s.input];
        if (r.on != topic::calls && r.on != topic::rekey)
          continue;
        auto read = json_decoder().decode(r);
        if (const auto* e = std::get_if<input_event>(&read))
          out_.calls.input(e->body, s.is.now);
      }
    return std::move(out_);
  }

private:
  template <class F>
  void each(const std::vector<topic>& topics, F f) {
    auto reader = open_topics(source_, topics, read_start::beginning);
    for (std::uint64_t n = 0;; ++n) {
      if (n % 256 == 0 && within_.go_on && !within_.go_on())
        throw broken_off{};
      auto r = reader->next(200ms);
      if (!r) {
        if (within_.go_on && !within_.go_on())
          throw broken_off{};
        if (reader->caught_up())
          return;
        continue;
      }
      if (r->partition == out_.partition)
        f(std::move(*r));
    }
  }

  void count(std::size_t bytes) {
    bytes_ += bytes;
    if (++records_ > within_.records_max || bytes_ > within_.bytes_max)
      throw too_much{"The team's past is larger than what is looked at: "
                     + std::to_string(within_.records_max) + " records, "
                     + std::to_string(within_.bytes_max / 1024 / 1024)
                     + " MiB of them."};
  }

  void input(raw_record r) {
    auto on = static_cast<std::size_t>(r.on);
    if (first_[on] < 0)
      first_[on] = r.offset;
    last_[on] = r.offset;
    if (auto team = team_of(r); !team || *team != out_.team)
      return;
    count(bytes_of(r));
    place_.emplace(r.where(), out_.inputs.size());
    out_.inputs.push_back(std::move(r));
  }

  void journal(const raw_record& r) {
    if (r.key) {
      auto name = split_state_key(*r.key);
      if (takes_over_ && name && name->team == out_.team) {
        count(bytes_of(r));
        out_.taken_over[*r.key] = r.value.value_or("");
      }
      return;
    }
    auto entry = decode_journal(r.value.value_or(""));
    if (!begun_ && !entry.takes_over)
      out_.cut
        = !begins_with(source_, topic::journal, out_.partition, r.offset);
    begun_ = true;
    if (entry.takes_over) {
      takes_over_ = true;
      out_.taken_over.clear();
      out_.steps.clear();
      out_.cut = false;
      return;
    }
    takes_over_ = false;
    if (entry.edition < rules_edition) { // its rules are not in this program
      out_.cut = true;
      return;
    }
    for (auto& s : entry.steps)
      step(std::move(s));
  }

  void step(journal_step s) {
    if (over_)
      return;
    if (!s.record) {
      if (s.team != out_.team)
        return;
      count(sizeof(past_step) + s.team.size() + s.timer.id.size());
      out_.steps.push_back({.is = std::move(s), .input = 0});
      return;
    }
    auto on = static_cast<std::size_t>(s.record->on);
    if (s.record->offset > last_[on]) {
      over_ = true; // it came after the inputs had been read
      return;
    }
    // It may have been the team's.
    if (s.record->offset < first_[on])
      out_.cut = true;
    auto it = place_.find(*s.record);
    if (it != place_.end())
      out_.steps.push_back({.is = std::move(s), .input = it->second});
  }

  void published(const raw_record& r) {
    auto o = read_output(r);
    if (!o || !o->body)
      return;
    if (const auto* d = std::get_if<decision_recorded>(&*o->body)) {
      out_.choices.push_back(choice_of(*d, o->lead_id, o->time));
      count(sizeof(choice) + out_.choices.back().about.size());
    } else {
      count(sizeof(past_leg));
      out_.calls.output(*o);
    }
  }

  endpoint source_;
  const bounds& within_;
  team_past out_;
  std::array<std::int64_t, input_topic_count> first_{}, last_{};
  std::unordered_map<position, std::size_t, by_offset> place_;
  std::size_t records_ = 0, bytes_ = 0;
  bool begun_ = false, takes_over_ = false, over_ = false;
};

} // namespace

choice choice_of(const decision_recorded& d, const std::string& lead,
                 instant at) {
  choice c{.at = at,
           .about = std::string{to_string(d.kind)} + '\x1f' + lead + '\x1f'
                    + d.call_id.value_or("") + '\x1f'
                    + (d.attempt ? std::to_string(*d.attempt) : ""),
           .chosen = {}};
  for (const auto& agent : d.chosen)
    c.chosen += agent + '\x1f';
  return c;
}

team_past read_team_past(const endpoint& source, const std::string& team,
                         const bounds& within) {
  return reading{source, team, within}.read();
}

} // namespace fairlead::what_if
