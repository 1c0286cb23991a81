#include "commands/audit.hpp"

#include "commands/exit_codes.hpp"
#include "commands/past/audit_team.hpp"
#include "commands/past/past.hpp"
#include "commands/words/counts.hpp"
#include "commands/words/output_lines.hpp"
#include "commands/words/terminal.hpp"
#include "connectors/embedded/topic_reader.hpp"
#include "messages/wire/decode.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <ostream>
#include <set>
#include <string>
#include <utility>
#include <variant>

namespace fairlead {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t faults_shown_max = 100;

/// The audits of all teams, fed with the records of the topics.
class whole_audit {
public:
  whole_audit() : past_{[this](const past_transaction& t) { take(t); }} {}

  void read(raw_record r) {
    if (r.on == topic::journal || is_input(r.on)) {
      past_.read(std::move(r));
    } else if (r.on == topic::dead_letters) {
      ++dead_letters_;
      auto f = facts_of(r.headers);
      if (auto on = topic_named(f.topic))
        rejected_.insert({*on, f.partition, f.offset});
    } else if (r.key) {
      team(*r.key).output(r);
    }
  }

  [[nodiscard]] audit_counts finish() {
    audit_counts all;
    for (auto& [id, t] : teams_) {
      auto c = t.finish(until_, rejected_);
      for (auto m : {&audit_counts::leads, &audit_counts::assigned,
                     &audit_counts::unassigned, &audit_counts::transfers,
                     &audit_counts::connected, &audit_counts::missed,
                     &audit_counts::open, &audit_counts::tasks,
                     &audit_counts::repeated, &audit_counts::outputs,
                     &audit_counts::choices, &audit_counts::rings})
        all.*m += c.*m;
      all.faults.insert(all.faults.end(), c.faults.begin(), c.faults.end());
    }
    return all;
  }
  [[nodiscard]] std::size_t teams() const { return teams_.size(); }
  [[nodiscard]] std::size_t dead_letters() const { return dead_letters_; }
  [[nodiscard]] const past& history() const { return past_; }

private:
  audit_team& team(const std::string& id) {
    return teams_.try_emplace(id, id).first->second;
  }

  void take(const past_transaction& t) {
    for (const auto& s : t.steps) {
      until_ = std::max(until_, s.wall);
      if (!s.record) {
        team(s.team).timer(s.timer, s.now);
        continue;
      }
      const auto& r = t.inputs.at(*s.record);
      auto read = json_decoder().decode(r);
      if (const auto* e = std::get_if<input_event>(&read))
        team(e->team).input(*e, origin_of(r), s.now, t.edition,
                            r.on == topic::rekey);
    }
  }

  past past_;
  std::map<std::string, audit_team> teams_;
  std::set<position> rejected_;
  std::size_t dead_letters_ = 0;
  instant until_;
};

void print(const audit_counts& c, const whole_audit& all, std::ostream& out) {
  auto verb = [](std::uint64_t n, const char* one, const char* many) {
    return std::to_string(n) + (n == 1 ? one : many);
  };
  out << "P1  " << count_of(all.teams(), "team") << ": "
      << count_of(c.leads, "lead") << " came, "
      << verb(c.assigned, " has an owner", " have an owner")
      << (c.assigned > c.leads ? " (including unknown callers)" : "") << ", "
      << verb(c.unassigned, " is waiting", " are waiting") << '\n'
      << "    " << count_of(c.transfers, "transfer") << ": " << c.connected
      << " connected, " << c.missed << " missed, " << c.open << " open; "
      << count_of(c.tasks, "task")
      << (c.repeated == 0
            ? ""
            : ", " + verb(c.repeated, " repeated miss", " repeated misses"))
      << '\n'
      << "P2  " << count_of(c.outputs, "output") << " counted; "
      << count_of(all.dead_letters(), "dead letter") << '\n'
      << "P3  the step of every output looked up in the journal (`fairlead "
         "replay` repeats the steps)\n"
      << "P4  " << count_of(c.rings, "ring attempt") << " checked\n"
      << "P5  " << count_of(c.choices, "choice") << " recounted\n";
}

} // namespace

int audit(const audit_options& o, std::ostream& out) {
  auto topics = output_topics();
  for (auto t : {topic::roster, topic::leads, topic::calls, topic::rekey,
                 topic::journal})
    topics.push_back(t);
  whole_audit all;
  // What no reader of topics sees: the state, the indices, the pages.
  if (o.source.url.empty() && !o.source.config.embedded.empty())
    embedded::look_through(o.source.config.embedded);
  auto reader = open_topics(o.source, topics, read_start::beginning);
  {
    progress_bar bar{"Auditing", 0};
    std::uint64_t n = 0;
    for (;;) {
      if (auto r = reader->next(500ms)) {
        all.read(std::move(*r));
        if (++n % 1000 == 0)
          bar.set(n);
      } else if (reader->caught_up()) {
        break;
      }
    }
  }
  auto c = all.finish();
  for (std::size_t i = 0; i < std::min(c.faults.size(), faults_shown_max); ++i)
    out << c.faults[i] << '\n';
  if (c.faults.size() > faults_shown_max)
    out << "… and " << c.faults.size() - faults_shown_max << " more\n";
  print(c, all, out);
  auto gap = all.history().first_gap();
  if (gap)
    out << "The journal names " << to_string(gap->missing)
        << ", which is not there any more: nothing before it could be "
           "checked.\n";
  if (auto left = all.history().inputs_left(); left > 0 && !gap)
    out << count_of(left, "input") << (left == 1 ? " has" : " have")
        << " not been processed yet.\n";
  if (c.faults.empty()) {
    out << "Everything adds up.\n";
    return exit_code::fine;
  }
  out << count_of(c.faults.size(), "fault") << ".\n";
  return exit_code::failed;
}

} // namespace fairlead
