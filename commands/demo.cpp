#include "commands/demo.hpp"

#include "commands/endpoints/endpoint.hpp"
#include "commands/exit_codes.hpp"
#include "commands/files/event_lines.hpp"
#include "commands/files/json_file.hpp"
#include "commands/files/sample.hpp"
#include "commands/service/service.hpp"
#include "commands/service/signals.hpp"
#include "commands/simulated/phones.hpp"
#include "commands/words/report.hpp"
#include "commands/words/storyteller.hpp"
#include "connectors/http/client/client.hpp"
#include "connectors/log.hpp"
#include "messages/wire/decode.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

namespace fairlead {
namespace {

using namespace std::chrono_literals;

// Plays the morning's 40 minutes in about one.
constexpr double usual_speed = 42;
constexpr auto tick = 10ms;
// Without waiting, the clock moves by this much at a time.
constexpr auto stride = 1s;
// The phones go on ringing for a while after the last event.
constexpr auto afterwards = 5min;

instant real_time() {
  return std::chrono::floor<std::chrono::milliseconds>(
    std::chrono::system_clock::now());
}

/// A folder that is deleted with this object.
class temporary_folder {
public:
  temporary_folder() {
    auto name
      = (std::filesystem::temp_directory_path() / "fairlead-demo-XXXXXX")
          .string();
    if (::mkdtemp(name.data()) == nullptr)
      throw std::runtime_error("Can't create a folder in "
                               + std::filesystem::temp_directory_path().string()
                               + "; set TMPDIR to a folder that can be "
                                 "written to.");
    path_ = name;
  }
  ~temporary_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

private:
  std::string path_;
};

/// The events of a sample file, in their order; the timestamp is their time.
std::vector<raw_record> events_in(std::string_view file) {
  std::vector<raw_record> out;
  for (const auto& v : json_values(file)) {
    auto line = read_event_line(std::string{file.substr(v.from, v.to - v.from)},
                                static_cast<std::int64_t>(out.size()));
    out.push_back(std::get<record_line>(std::move(line)).record);
  }
  return out;
}

/// The service's clock. Only the demo moves it, so a machine that stalls just
/// makes the morning longer.
struct moved_clock {
  std::atomic<std::int64_t> ms;
  void set(instant t) { ms = ms_of(t); }
  [[nodiscard]] instant now() const { return at_ms(ms); }
};

/// One morning, played against a running service.
class morning_play {
public:
  morning_play(const demo_options& o, const service& office, moved_clock& clock,
               const std::string& url, std::ostream& out)
    : o_{o},
      office_{office},
      clock_{clock},
      sink_{http::open_sink({.url = url, .token = {}, .team = {}})},
      outputs_{http::open_stream({.url = url, .token = {}, .team = {}},
                                 output_topics(), read_start::beginning)},
      phones_{{.of = read_habits(std::string{sample::phones},
                                 "config/sample/phones.jsonl")}},
      story_{out} {}

  void configure() {
    for (auto file : {sample::teams, sample::agents})
      for (const auto& e : events_in(file)) {
        story_.learn(e);
        summary_.input(e);
        post({*e.value});
      }
    settle();
  }

  /// False if somebody asked to stop.
  bool play(const stop_signals& signals) {
    auto events = events_in(sample::morning);
    std::size_t next = 0;
    auto end = events.back().timestamp + afterwards;
    auto before = std::chrono::steady_clock::now();
    while (clock_.now() < end) {
      if (signals.came(0ms))
        return false;
      move_on(next < events.size() ? std::optional{events[next].timestamp}
                                   : std::nullopt,
              before);
      for (; next < events.size() && events[next].timestamp <= clock_.now();
           ++next)
        hand_in(events[next]);
      answer_phones();
      if (o_.no_wait)
        settle();
      else
        listen(0ms);
    }
    settle();
    return true;
  }

  void listen(std::chrono::milliseconds wait) {
    while (auto r = outputs_->next(wait)) {
      if (r->on == topic::rings)
        phones_.hear(*r, clock_.now());
      summary_.output(r->on, r->value, real_time());
      story_.comes_out(*r);
      wait = 0ms;
    }
  }
  void answer_phones() {
    auto said = phones_.due(clock_.now());
    for (const auto& report : said) {
      raw_record r;
      r.value = report;
      story_.comes_in(r, clock_.now());
    }
    if (!said.empty())
      post(said);
  }
  void print_summary(std::ostream& out) const { summary_.print(out); }

private:
  /// Moves the clock by the real time that has passed, sped up, but never past
  /// what comes next.
  void move_on(std::optional<instant> event,
               std::chrono::steady_clock::time_point& before) {
    auto to = clock_.now() + stride;
    if (!o_.no_wait) {
      std::this_thread::sleep_for(tick);
      auto now = std::chrono::steady_clock::now();
      auto gone = std::min(
        std::chrono::duration<double, std::milli>(now - before).count(), 100.0);
      before = now;
      to = clock_.now()
           + std::chrono::milliseconds{
             static_cast<std::int64_t>(gone * usual_speed * o_.speed)};
    }
    for (auto limit : {event, phones_.next()})
      if (limit && *limit > clock_.now())
        to = std::min(to, *limit);
    clock_.set(to);
  }

  void hand_in(const raw_record& event) {
    story_.comes_in(event, clock_.now());
    auto read = json_decoder().decode(event);
    if (const auto* e = std::get_if<input_event>(&read))
      if (const auto* lead = std::get_if<lead_received>(&e->body))
        summary_.lead_came(e->team, lead->lead_id, real_time());
    post({*event.value});
    // What becomes of it is told right below.
    settle();
  }

  void post(const std::vector<std::string>& events) {
    std::vector<new_record> records;
    records.reserve(events.size());
    for (const auto& e : events)
      records.push_back(record_for(e));
    append_all(*sink_, records);
  }

  /// Waits until everything that came in is processed, and tells it.
  void settle() {
    for (int i = 0; i < 2'000 && !office_.idle(); ++i)
      listen(1ms);
    listen(o_.no_wait ? 2ms : 10ms);
  }

  const demo_options& o_;
  const service& office_;
  moved_clock& clock_;
  std::unique_ptr<event_sink> sink_;
  std::unique_ptr<topic_reader> outputs_;
  phones phones_;
  storyteller story_;
  report summary_;
};

/// How to call this program from another terminal.
std::string own_path() {
  std::error_code ec;
  auto path = std::filesystem::read_symlink("/proc/self/exe", ec);
  return ec ? "fairlead" : path.string();
}

void print_what_next(std::ostream& out, const std::string& url) {
  out
    << R"(
The service is still running, and the board shows it: )"
    << url << R"(/

Three things to try in another terminal:

  curl -s )"
    << url
    << R"(/v1/events -H 'Content-Type: application/cloudevents+json' -d '{"specversion":"1.0","id":"try-1","source":"/me","type":"lead.received","partitionkey":"harbor","data":{"lead_id":"my-lead","contact":{"name":"Robin Hill","phone":"+1 212 555 0142"},"source":"zillow","lead_type":"buyer"}}'

  curl -s ')"
    << url << R"(/v1/topics/assignments/records?team=harbor&limit=1000'

  curl -sN ')"
    << url << R"(/v1/stream?topics=assignments,rings&after=0'

And, with this program, ask why a lead went where it did:

  )" << own_path()
    << " explain harbor h-02 --url " << url
    << "\n\nPress Ctrl-C to stop; everything is thrown away.\n"
    << std::endl;
}

} // namespace

int demo(const demo_options& o, std::ostream& out) {
  if (o.speed <= 0)
    throw wrong_use("--speed must be greater than 0; 1 takes about a minute.");
  stop_signals signals;
  start_log("error");
  auto first = events_in(sample::morning).front().timestamp;
  moved_clock clock{ms_of(first - 30s)};
  temporary_folder folder;
  settings s;
  s.embedded = folder.path();
  s.http = "127.0.0.1:" + std::to_string(o.port);
  // The clock runs faster than the engine expects, so it must look often.
  s.idle_wait_ms = 5;
  service office{s, [&clock] { return clock.now(); }};
  while (!office.ready()) {
    if (auto why = office.failure())
      throw std::runtime_error(*why);
    std::this_thread::sleep_for(5ms);
  }
  auto url = "http://127.0.0.1:" + std::to_string(office.port());
  out << "Three offices, thirteen agents, a Monday morning. Events go in by "
         "HTTP to\n"
      << url
      << "; times are local to each office.\nWatch it on the board: " << url
      << "/\n"
      << std::endl;
  morning_play play{o, office, clock, url, out};
  play.configure();
  auto finished = play.play(signals);
  if (finished) {
    out
      << "\nThe morning in figures (time to owner is real time: from the POST "
         "until a\nclient sees the answer)\n";
    play.print_summary(out);
    out.flush();
  }
  if (finished && !o.no_wait) {
    print_what_next(out, url);
    // From here on, time passes at its usual speed.
    auto began = std::chrono::steady_clock::now();
    auto from = clock.now();
    while (!signals.came(0ms) && !office.failure()) {
      clock.set(from
                + std::chrono::floor<std::chrono::milliseconds>(
                  std::chrono::steady_clock::now() - began));
      play.answer_phones();
      play.listen(50ms);
    }
  }
  stop_deadline deadline{4800ms};
  office.stop();
  if (auto why = office.failure())
    throw std::runtime_error(*why);
  return exit_code::fine;
}

} // namespace fairlead
