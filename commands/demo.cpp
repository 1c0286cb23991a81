#include "commands/demo.hpp"

#include "commands/exit_codes.hpp"
#include "commands/files/json_places.hpp"
#include "commands/files/json_text.hpp"
#include "commands/files/sample.hpp"
#include "commands/publish.hpp"
#include "commands/service/log.hpp"
#include "commands/service/service.hpp"
#include "commands/service/signals.hpp"
#include "commands/telephony.hpp"
#include "commands/words/report.hpp"
#include "commands/words/tell.hpp"
#include "connectors/http/client/client.hpp"
#include "messages/zones.hpp"

#include <nlohmann/json.hpp>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <map>
#include <ostream>
#include <thread>
#include <vector>

namespace fairlead {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

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

struct sample_event {
  instant at;
  std::string text;
  json event;
};

std::vector<sample_event> events_in(std::string_view text) {
  std::vector<sample_event> out;
  for (const auto& v : json_values(text)) {
    sample_event e;
    e.text = text.substr(v.from, v.to - v.from);
    e.event = json::parse(e.text);
    e.at = from_rfc3339(e.event.at("time").get<std::string>()).value();
    out.push_back(std::move(e));
  }
  return out;
}

std::string dollars(std::int64_t n) {
  auto digits = std::to_string(n);
  for (auto i = static_cast<std::ptrdiff_t>(digits.size()) - 3; i > 0; i -= 3)
    digits.insert(static_cast<std::size_t>(i), ",");
  return "$" + digits;
}

/// Tells the morning to a broker: what comes in and what becomes of it.
class storyteller {
public:
  explicit storyteller(std::ostream& out)
    : out_{out}, colour_{wants_colour(STDOUT_FILENO)} {}

  void learn(const json& event) {
    const auto& data = event.at("data");
    auto team = text_in(event, "partitionkey");
    if (text_in(event, "type") == "team.configured") {
      teams_[team]
        = {text_in(data, "name"), find_zone(text_in(data, "time_zone"))};
      words_.know_zone(team, teams_[team].at);
    } else if (text_in(event, "type") == "agent.configured") {
      words_.know(team, text_in(data, "agent_id"), text_in(data, "name"));
    }
  }

  /// An event of the morning.
  void comes_in(const json& event, instant at) {
    const auto& data = event.at("data");
    auto team = text_in(event, "partitionkey");
    if (auto contact = data.find("contact"); contact != data.end())
      if (auto name = text_in(*contact, "name"); !name.empty())
        leads_[{team, text_in(data, "lead_id")}] = name;
    auto said = in_words(text_in(event, "type"), team, data);
    if (!said.empty())
      line(team, at, toned(said, text_tone::strong, colour_));
  }

  /// An output of the service.
  void comes_out(const raw_record& r) {
    auto t = words_.tell(r);
    if (!t || is_small_talk(*t, r))
      return;
    auto who = lead_name(t->team, t->subject);
    line(
      t->team, t->time,
      "  " + std::string{t->tone == text_tone::bad ? "!" : "→"} + " "
        + (who.empty() || t->type == "agent.auto_unavailable" ? "" : who + ": ")
        + toned(t->text, t->tone, colour_));
  }

private:
  struct team_facts {
    std::string name;
    const zone* at = nullptr;
  };

  [[nodiscard]] std::string lead_name(const std::string& team,
                                      const std::string& lead) const {
    auto it = leads_.find({team, lead});
    return it == leads_.end() ? lead : it->second;
  }
  [[nodiscard]] std::string lead_of(const std::string& team,
                                    const json& data) const {
    return lead_name(team, text_in(data, "lead_id"));
  }
  [[nodiscard]] std::string agent_of(const std::string& team,
                                     const json& data) const {
    return words_.name_of_agent(team, text_in(data, "agent_id"));
  }

  [[nodiscard]] std::string in_words(const std::string& type,
                                     const std::string& team,
                                     const json& data) const {
    auto lead = lead_of(team, data);
    if (type == "lead.received") {
      std::string out = lead + " asks, via " + text_in(data, "source");
      for (auto key : {"lead_type", "city"})
        if (auto t = text_in(data, key); !t.empty())
          out += ", " + t;
      if (auto p = data.find("price");
          p != data.end() && p->is_number_integer())
        out += ", " + dollars(p->get<std::int64_t>());
      if (auto a = text_in(data, "assigned_agent"); !a.empty())
        out += ", for " + words_.name_of_agent(team, a);
      return out;
    }
    if (type == "transfer.requested")
      return lead + " is on the phone with the bot and wants a human";
    if (type == "outreach.requested")
      return "a text for lead " + lead + " is ready to go out";
    if (type == "lead.closed")
      return lead + " is lost: " + text_in(data, "reason");
    if (type == "lead.assignment_requested")
      return words_.name_of_agent(team, text_in(data, "by")) + " wants "
             + agent_of(team, data) + " to have " + lead;
    if (type == "call.outcome")
      return "the call with " + lead + " is tagged " + text_in(data, "outcome");
    if (type == "agent.removed")
      return agent_of(team, data) + " leaves the company";
    if (type == "task.completed")
      return "somebody ticks off a task that does not exist";
    if (type != "agent.availability_changed")
      return {};
    std::string out = agent_of(team, data);
    for (auto [key, on, off] :
         {std::tuple{"accepting_leads", " takes leads again",
                     " stops taking leads for a while"},
          std::tuple{"available_for_calls", " takes calls again",
                     " stops taking calls for a while"}})
      if (auto v = data.find(key); v != data.end() && v->is_boolean())
        out += v->get<bool>() ? on : off;
    if (auto why = text_in(data, "reason"); !why.empty())
      out += " (" + why + ")";
    return out;
  }

  /// What a broker would not want to hear about every lead.
  static bool is_small_talk(const telling& t, const raw_record& r) {
    if (t.type == "decision.recorded" || t.type == "lead.stage_changed")
      return true;
    if (t.type == "ring.cancelled")
      return r.value->find("answered_elsewhere") != std::string::npos;
    if (t.type != "notification.requested")
      return false;
    return r.value->find(R"("kind":"re_inquiry")") == std::string::npos
           && r.value->find(R"("kind":"cover")") == std::string::npos;
  }

  void line(const std::string& team, instant at, const std::string& text) {
    std::string name = team;
    std::string time;
    if (auto t = teams_.find(team); t != teams_.end() && t->second.at) {
      name = t->second.name;
      auto minutes = to_local(*t->second.at, at).ms_of_day / 60'000;
      auto two = [](int n) { return (n < 10 ? "0" : "") + std::to_string(n); };
      time = two(minutes / 60) + ":" + two(minutes % 60);
    }
    out_ << toned(time, text_tone::quiet, colour_) << "  " << padded(name, 21)
         << text << std::endl;
  }

  std::ostream& out_;
  bool colour_;
  teller words_;
  std::map<std::string, team_facts> teams_;
  std::map<std::pair<std::string, std::string>, std::string> leads_;
};

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
      outputs_{http::open_stream(
        {.url = url, .token = {}, .team = {}},
        {topic::assignments, topic::rings, topic::tasks, topic::notifications,
         topic::outreach, topic::decisions, topic::dead_letters},
        read_start::beginning)},
      phones_{{.of = read_habits(std::string{sample::phones},
                                 "config/sample/phones.jsonl")}},
      story_{out} {}

  void configure() {
    for (auto file : {sample::teams, sample::agents})
      for (const auto& e : events_in(file)) {
        story_.learn(e.event);
        summary_.input(as_raw(e));
        post({e.text});
      }
    settle();
  }

  /// False if somebody asked to stop.
  bool play(const stop_signals& signals) {
    auto events = events_in(sample::morning);
    std::size_t next = 0;
    auto end = events.back().at + afterwards;
    auto before = std::chrono::steady_clock::now();
    while (clock_.now() < end) {
      if (signals.came(0ms))
        return false;
      move_on(next < events.size() ? std::optional{events[next].at}
                                   : std::nullopt,
              before);
      for (; next < events.size() && events[next].at <= clock_.now(); ++next)
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
    if (!said.empty())
      post(said);
  }
  void print_summary(std::ostream& out) const { summary_.print(out); }

private:
  static raw_record as_raw(const sample_event& e) {
    raw_record r;
    r.key = text_in(e.event, "partitionkey");
    r.value = e.text;
    r.timestamp = e.at;
    return r;
  }

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

  void hand_in(const sample_event& e) {
    story_.comes_in(e.event, clock_.now());
    const auto& data = e.event.at("data");
    if (text_in(e.event, "type") == "lead.received")
      summary_.lead_came(text_in(e.event, "partitionkey"),
                         text_in(data, "lead_id"), real_time());
    post({e.text});
    // What becomes of it is told right below.
    settle();
  }

  void post(const std::vector<std::string>& events) {
    std::vector<new_record> records;
    for (const auto& e : events)
      records.push_back(record_for(e));
    append_all(*sink_, std::move(records));
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
The service is still running. Three things to try in another terminal:

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
  auto first = events_in(sample::morning).front().at;
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
      << url << "; times are local to each office.\n"
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
