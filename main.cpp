// The command line: what can be said, and which command it means.

#include "commands/audit.hpp"
#include "commands/check.hpp"
#include "commands/demo.hpp"
#include "commands/endpoints/endpoints.hpp"
#include "commands/endpoints/kafka_endpoint.hpp"
#include "commands/exit_codes.hpp"
#include "commands/explain.hpp"
#include "commands/publish.hpp"
#include "commands/replay.hpp"
#include "commands/run.hpp"
#include "commands/service/log.hpp"
#include "commands/simulate.hpp"
#include "commands/telephony.hpp"
#include "commands/topics.hpp"
#include "commands/version.hpp"
#include "commands/watch.hpp"

#include <CLI/CLI.hpp>

#include <cstdlib>
#include <functional>
#include <iostream>
#include <string>

extern char** environ;

namespace {

using namespace fairlead;

/// What was chosen, to be run when the whole line has been read.
using chosen_command = std::function<int()>;

/// Settings as they come in on the command line.
struct said_settings {
  std::string file;
  setting_values values;
  std::vector<std::string> kafka;
};

void add_setting(CLI::App& c, said_settings& s, const std::string& option,
                 const std::string& key, const std::string& help) {
  c.add_option_function<std::string>(
    option, [&s, key](const std::string& v) { s.values.emplace_back(key, v); },
    help);
}

void add_config_options(CLI::App& c, said_settings& s) {
  c.add_option("--config", s.file, "Settings file (JSON with comments)");
}

void add_kafka_options(CLI::App& c, said_settings& s) {
  add_setting(c, s, "--brokers", "brokers", "Kafka, HOST:PORT[,HOST:PORT…]");
  add_setting(c, s, "--topic-prefix", "topic_prefix",
              "Topics are PREFIX.leads and so on (default: fairlead)");
  c.add_option("-X,--kafka", s.kafka,
               "A librdkafka property, NAME=VALUE (TLS, SASL); again for more")
    ->allow_extra_args(false);
}

/// `of_kafka`: what is said about Kafka will be needed, so it is checked, too.
settings load(const said_settings& said, bool of_kafka = true) {
  auto values = said.values;
  for (const auto& property : said.kafka) {
    auto eq = property.find('=');
    if (eq == std::string::npos || eq == 0)
      throw wrong_use("--kafka wants NAME=VALUE, not " + property + ".");
    values.emplace_back("kafka." + property.substr(0, eq),
                        property.substr(eq + 1));
  }
  auto [s, faults]
    = load_settings({.file = said.file,
                     .environment = environment_settings(environ),
                     .command_line = std::move(values)});
  if (of_kafka && !s.brokers.empty())
    for (auto& f : faults_of(kafka_settings_of(s)))
      faults.sentences.push_back(std::move(f));
  if (!faults.sentences.empty())
    throw wrong_use(lines_of(faults.sentences));
  return s;
}

/// Where a client command finds the topics.
struct said_place {
  said_settings at;
  std::string url, token_file, team;
};

void add_place_options(CLI::App& c, said_place& p, bool embedded) {
  add_kafka_options(c, p.at);
  if (embedded)
    add_setting(c, p.at, "--embedded", "embedded",
                "The folder of an embedded service");
  c.add_option("--url", p.url, "A running service, http://HOST:PORT");
  c.add_option("--token-file", p.token_file,
               "A file with the service's bearer token (or the variable "
               "FAIRLEAD_HTTP_TOKEN)");
  add_config_options(c, p.at);
}

std::string token_of(const std::string& file) {
  if (!file.empty())
    return read_token(file);
  const auto* t = std::getenv("FAIRLEAD_HTTP_TOKEN");
  return t == nullptr ? "" : t;
}

place load(const said_place& p) {
  return {.at = load(p.at, p.url.empty()),
          .url = p.url,
          .token = token_of(p.token_file),
          .team = p.team};
}

// -- one function per command -------------------------------------------------

void add_run(CLI::App& app, chosen_command& chosen) {
  struct state {
    said_settings at;
    bool print_config = false;
  };
  auto s = std::make_shared<state>();
  auto* c = app.add_subcommand(
    "run", "The service: on Kafka, or on a log of its own in a folder");
  add_kafka_options(*c, s->at);
  add_setting(*c, s->at, "--embedded", "embedded",
              "No Kafka: keep the topics in this folder");
  add_setting(*c, s->at, "--http", "http",
              "Listen on ADDR:PORT, or off (default: 127.0.0.1:8080)");
  add_setting(*c, s->at, "--http-token-file", "http_token_file",
              "File with the bearer token that clients send; needed for any "
              "address but loopback");
  add_setting(*c, s->at, "--group-id", "group_id",
              "Instances with one group share the partitions");
  add_setting(*c, s->at, "--instance-id", "instance_id",
              "Be a static member of the group, under this name");
  add_setting(*c, s->at, "--retention-days", "retention_days",
              "How long an embedded log keeps records (default: 30)");
  add_setting(*c, s->at, "--log-level", "log_level",
              "trace, debug, info, warn, error or off");
  c->add_option_function<std::vector<std::string>>(
     "--set",
     [s](const std::vector<std::string>& all) {
       for (const auto& one : all) {
         auto eq = one.find('=');
         if (eq == std::string::npos)
           throw CLI::ValidationError("--set", "wants NAME=VALUE, not " + one);
         s->at.values.emplace_back(one.substr(0, eq), one.substr(eq + 1));
       }
     },
     "Any other setting of the file, NAME=VALUE; again for more")
    ->allow_extra_args(false);
  add_config_options(*c, s->at);
  c->add_flag("--print-config", s->print_config,
              "Show the settings that hold (secrets masked) and end");
  c->callback([s, &chosen] {
    chosen = [s] {
      return run({.at = load(s->at), .print_config = s->print_config},
                 std::cout);
    };
  });
}

void add_topics(CLI::App& app, chosen_command& chosen) {
  struct state {
    said_settings at;
    topics_options o;
  };
  auto s = std::make_shared<state>();
  auto* c = app.add_subcommand("topics", "The topics on Kafka");
  c->require_subcommand(1);
  auto* create = c->add_subcommand("create", "Make those that are missing");
  auto* check = c->add_subcommand("check", "Look whether the service can start "
                                           "on them");
  for (auto* one : {create, check}) {
    add_kafka_options(*one, s->at);
    add_config_options(*one, s->at);
  }
  create
    ->add_option("--partitions", s->o.partitions,
                 "Of each topic (default: 12); can't be changed later")
    ->check(CLI::Range(1, 10'000));
  create
    ->add_option("--replication-factor", s->o.replication_factor,
                 "Copies of each partition (default: the broker's)")
    ->check(CLI::Range(1, 100));
  add_setting(*create, s->at, "--retention-days", "retention_days",
              "How long records are kept, but for state (default: 30)");
  create->callback([s, &chosen] {
    chosen = [s] {
      s->o.at = load(s->at);
      return topics_create(s->o, std::cout, std::cerr);
    };
  });
  check->callback([s, &chosen] {
    chosen = [s] {
      s->o.at = load(s->at);
      return topics_check(s->o, std::cout, std::cerr);
    };
  });
}

void add_check(CLI::App& app, chosen_command& chosen) {
  auto o = std::make_shared<check_options>();
  auto* c = app.add_subcommand(
    "check", "Check team and agent documents and event files");
  c->add_option("files", o->files, "JSON or JSON lines; - is standard input")
    ->required();
  c->callback(
    [o, &chosen] { chosen = [o] { return check(*o, std::cout, std::cerr); }; });
}

void add_publish(CLI::App& app, chosen_command& chosen) {
  struct state {
    said_place to;
    publish_options o;
  };
  auto s = std::make_shared<state>();
  auto* c = app.add_subcommand("publish", "Send events");
  c->add_option("files", s->o.files,
                "JSON lines or an array; - (or none) is standard input");
  add_place_options(*c, s->to, false);
  c->add_flag("--unchecked", s->o.unchecked,
              "Send also what is against the contract");
  c->callback([s, &chosen] {
    chosen = [s] {
      s->o.to = load(s->to);
      return publish(s->o, std::cout, std::cerr);
    };
  });
}

void add_watch(CLI::App& app, chosen_command& chosen) {
  struct state {
    said_place at;
    watch_options o;
    std::string from = "end";
  };
  auto s = std::make_shared<state>();
  auto* c = app.add_subcommand("watch", "Follow what Fairlead decides");
  c->add_option("topics", s->o.topics,
                "assignments, rings, notifications, tasks, outreach, "
                "decisions, dead-letters (default: all but decisions)");
  add_place_options(*c, s->at, true);
  c->add_option("--team", s->at.team, "Only this team");
  c->add_flag("--json", s->o.json, "The events, one a line");
  c->add_option("--from", s->from, "beginning or end (default)")
    ->check(CLI::IsMember({"beginning", "end"}));
  c->add_flag("--until-end", s->o.until_end,
              "End when what is there now has been shown");
  c->callback([s, &chosen] {
    chosen = [s] {
      s->o.at = load(s->at);
      s->o.from_beginning = s->from == "beginning";
      if (s->o.until_end && !s->o.from_beginning)
        throw wrong_use("--until-end goes with --from beginning.");
      return watch(s->o, std::cout);
    };
  });
}

void add_explain(CLI::App& app, chosen_command& chosen) {
  struct state {
    said_place at;
    explain_options o;
  };
  auto s = std::make_shared<state>();
  auto* c = app.add_subcommand(
    "explain", "Why: every decision about a lead or a call, in words");
  c->add_option("team", s->o.team, "The team")->required();
  c->add_option("about", s->o.about, "A lead_id or a call_id")->required();
  c->add_option("--agent", s->o.agent, "\"Why not me?\", for this agent");
  add_place_options(*c, s->at, true);
  c->callback([s, &chosen] {
    chosen = [s] {
      s->o.at = load(s->at);
      return explain(s->o, std::cout);
    };
  });
}

/// Commands that read the whole log and want nothing else.
template <class Options, class Command>
void add_log_command(CLI::App& app, chosen_command& chosen, const char* name,
                     const char* help, Command command) {
  auto at = std::make_shared<said_settings>();
  auto* c = app.add_subcommand(name, help);
  add_kafka_options(*c, *at);
  add_setting(*c, *at, "--embedded", "embedded",
              "The folder of an embedded service");
  add_setting(*c, *at, "--group-id", "group_id",
              "The service's group (it is named in dead letters)");
  add_config_options(*c, *at);
  c->callback([at, command, &chosen] {
    chosen = [at, command] {
      Options o;
      o.at.at = load(*at);
      return command(o, std::cout);
    };
  });
}

void add_simulate(CLI::App& app, chosen_command& chosen) {
  struct state {
    simulate_options o;
    std::string until;
  };
  auto s = std::make_shared<state>();
  auto* c = app.add_subcommand(
    "simulate", "Run event files in virtual time and print what comes of them");
  c->add_option("files", s->o.files,
                "Event files (JSON lines); - is standard input")
    ->required();
  c->add_option("--until", s->until,
                "Run on until this time (RFC 3339); default: 15 minutes after "
                "the last line");
  c->add_flag("--text", s->o.text, "Lines for people instead of JSON");
  c->add_flag("--report", s->o.report,
              "Fairness, answer rate, time to owner, per agent, at the end "
              "(instead of JSON)");
  c->callback([s, &chosen] {
    chosen = [s] {
      if (!s->until.empty()) {
        s->o.until = from_rfc3339(s->until);
        if (!s->o.until)
          throw wrong_use("--until wants a time like 2026-03-02T15:00:00Z.");
      }
      return simulate(s->o, std::cout, std::cerr);
    };
  });
}

void add_telephony(CLI::App& app, chosen_command& chosen) {
  struct state {
    said_place at;
    telephony_options o;
    std::string from = "end";
  };
  auto s = std::make_shared<state>();
  auto* c = app.add_subcommand(
    "simulate-telephony",
    "Play the phones: consume rings, publish what became of each leg");
  add_place_options(*c, s->at, false);
  c->add_option("--team", s->at.team, "Only this team's phones");
  c->add_option("--script", s->o.script,
                "What single numbers do (JSON lines: phone, does, after_s, "
                "talk_s); dice for the others");
  auto percent = CLI::Range(0, 100);
  auto& h = s->o.habits;
  c->add_option("--answered", h.answered_percent, "Percent (default: 65)")
    ->check(percent);
  c->add_option("--declined", h.declined_percent, "Percent (default: 10)")
    ->check(percent);
  c->add_option("--busy", h.busy_percent,
                "Percent (default: 5); the rest is not answered")
    ->check(percent);
  c->add_option("--seed", h.seed, "Another seed, other dice");
  c->add_option("--from", s->from, "beginning or end (default)")
    ->check(CLI::IsMember({"beginning", "end"}));
  c->callback([s, &chosen] {
    chosen = [s] {
      s->o.at = load(s->at);
      s->o.from_beginning = s->from == "beginning";
      return simulate_telephony(s->o, std::cout);
    };
  });
}

void add_demo(CLI::App& app, chosen_command& chosen) {
  auto o = std::make_shared<demo_options>();
  auto* c = app.add_subcommand(
    "demo", "A sample brokerage and a busy morning, told line by line");
  c->add_option("--speed", o->speed,
                "1 (default) takes about a minute, 2 half of it");
  c->add_flag("--no-wait", o->no_wait, "As fast as it goes, then end");
  c->add_option("--port", o->port, "For HTTP (default: any free one)")
    ->check(CLI::Range(0, 65'535));
  c->callback([o, &chosen] { chosen = [o] { return demo(*o, std::cout); }; });
}

/// `Usage: fairlead run [OPTIONS]` of the command that was meant.
std::string usage_of(const CLI::App& app) {
  const auto* meant = &app;
  std::string path;
  for (auto parsed = app.get_subcommands(); !parsed.empty();
       parsed = meant->get_subcommands()) {
    path += (path.empty() ? "" : " ") + meant->get_name();
    meant = parsed.front();
  }
  auto help = meant->help(path);
  auto at = help.find("Usage:");
  if (at == std::string::npos)
    return {};
  auto line = help.substr(at, help.find('\n', at) - at);
  // help() names the command that was meant, not those before it.
  if (line.find("fairlead") == std::string::npos)
    line.replace(0, line.find_first_not_of(' ', 6), "Usage: fairlead ");
  return line;
}

/// The parser says that a subcommand is missing, not which word is none.
std::string what_is_wrong(const CLI::App& app, const CLI::ParseError& e,
                          int argc, char** argv) {
  std::string what = e.what();
  if (what != "A subcommand is required")
    return what;
  std::string command = "fairlead";
  int next = 1;
  for (auto parsed = app.get_subcommands(); !parsed.empty();
       parsed = parsed.front()->get_subcommands(), ++next)
    command += " " + parsed.front()->get_name();
  auto help = "; " + command + " --help lists them";
  if (next < argc && argv[next][0] != '-')
    return std::string{argv[next]} + " is no command of " + command + help;
  return "Say which command" + help;
}

} // namespace

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  CLI::App app{"Fairlead gives every sales lead an owner, rings the right "
               "person on a live call and turns every missed handoff into "
               "somebody's task.",
               "fairlead"};
  app.set_version_flag("--version", version_text());
  app.require_subcommand(1);
  chosen_command chosen;
  add_demo(app, chosen);
  add_run(app, chosen);
  add_topics(app, chosen);
  add_check(app, chosen);
  add_publish(app, chosen);
  add_watch(app, chosen);
  add_explain(app, chosen);
  add_simulate(app, chosen);
  add_log_command<replay_options>(
    app, chosen, "replay",
    "Make every decision again and compare it with what was published", replay);
  add_log_command<audit_options>(
    app, chosen, "audit", "Count from the topics whether the promises hold",
    audit);
  add_telephony(app, chosen);

  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& e) {
    return app.exit(e);
  } catch (const CLI::CallForVersion& e) {
    return app.exit(e);
  } catch (const CLI::Success& e) {
    return app.exit(e);
  } catch (const CLI::ParseError& e) {
    std::cerr << "fairlead: " << what_is_wrong(app, e, argc, argv) << '\n'
              << usage_of(app) << '\n';
    return exit_code::wrong_use;
  }
  start_log("off"); // a command says one sentence itself; run sets its own
  auto code = run_command(chosen, std::cerr);
  if (code == exit_code::wrong_use)
    std::cerr << usage_of(app) << '\n';
  std::cout.flush();
  return code;
}
