#include "commands/command_line/subcommands.hpp"

#include "commands/audit.hpp"
#include "commands/backup.hpp"
#include "commands/board.hpp"
#include "commands/check.hpp"
#include "commands/command_line/shared_options.hpp"
#include "commands/demo.hpp"
#include "commands/exit_codes.hpp"
#include "commands/explain.hpp"
#include "commands/publish.hpp"
#include "commands/replay.hpp"
#include "commands/run.hpp"
#include "commands/simulate.hpp"
#include "commands/simulate_telephony.hpp"
#include "commands/topics.hpp"
#include "commands/watch.hpp"
#include "commands/what_if.hpp"

#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace fairlead {
namespace {

constexpr const char* try_group = "Try it";
constexpr const char* service_group = "Run the service";
constexpr const char* events_group = "Events in, results out";
constexpr const char* test_group = "Test and verify";

// Each function adds one command. What its options fill lives as long as the
// command that may be chosen.

void add_demo(CLI::App& app, chosen_command& chosen) {
  auto o = std::make_shared<demo_options>();
  auto* c = app.add_subcommand(
    "demo", "Play a busy morning at a sample brokerage, told line by line");
  c->group(try_group);
  named(c->add_option("--speed", o->speed,
                      "1 plays the morning in about a minute, 2 in half of "
                      "that (default: 1)"),
        "FACTOR");
  c->add_flag("--no-wait", o->no_wait, "Play as fast as possible, then exit");
  named(c->add_option("--port", o->port,
                      "The port for HTTP on 127.0.0.1 (default: any free one)")
          ->check(CLI::Range(0, 65'535)),
        "PORT");
  c->callback([o, &chosen] { chosen = [o] { return demo(*o, std::cout); }; });
}

void add_run(CLI::App& app, chosen_command& chosen) {
  struct state {
    given_settings config;
    std::vector<std::string> others;
    bool print_config = false;
  };
  const settings defaults;
  auto s = std::make_shared<state>();
  auto* c = app.add_subcommand(
    "run", "Run the service, on Kafka or on an embedded log in a folder");
  c->group(service_group);
  add_log_options(*c, s->config);
  add_setting(*c, s->config, "--embedded", "embedded", "FOLDER",
              "Instead of Kafka: a folder for the service's own log")
    ->group("Where the topics are");
  add_setting(*c, s->config, "--group-id", "group_id", "NAME",
              "The consumer group; its instances share the partitions "
              "(default: the topic prefix)")
    ->group("Kafka");
  add_setting(*c, s->config, "--instance-id", "instance_id", "NAME",
              "Be a static member of the group under this name (default: a "
              "dynamic member)")
    ->group("Kafka");
  add_setting(*c, s->config, "--http", "http", "ADDRESS:PORT",
              "Listen here, or off (default: " + defaults.http + ")")
    ->group("HTTP");
  add_setting(*c, s->config, "--http-token-file", "http_token_file", "FILE",
              "A file with the bearer token that clients must send; required "
              "for any address except loopback")
    ->group("HTTP");
  add_setting(*c, s->config, "--retention-days", "retention_days", "DAYS",
              "How long an embedded log keeps records (default: "
                + std::to_string(defaults.retention_days) + ")");
  add_setting(*c, s->config, "--log-level", "log_level", "LEVEL",
              "trace, debug, info, warn, error or off (default: "
                + defaults.log_level + ")");
  named(c->add_option("--set", s->others,
                      "Any other setting of the settings file; may be "
                      "repeated"),
        "NAME=VALUE")
    ->allow_extra_args(false);
  c->add_flag("--print-config", s->print_config,
              "Print the effective settings, secrets masked, and exit");
  c->footer("Examples:\n"
            "  fairlead run --embedded ./office\n"
            "  fairlead run --brokers kafka-1:9092,kafka-2:9092 --http "
            "127.0.0.1:8080\n"
            "  fairlead run --config fairlead.json --print-config");
  c->callback([s, &chosen] {
    chosen = [s] {
      for (const auto& text : s->others)
        s->config.values.push_back(split_property("--set", text));
      return run({.config = load(s->config), .print_config = s->print_config},
                 std::cout);
    };
  });
}

void add_board(CLI::App& app, chosen_command& chosen) {
  const settings defaults;
  auto s = std::make_shared<given_settings>();
  auto* c = app.add_subcommand(
    "board", "Show the offices and answer questions about them, on Kafka; an "
             "embedded service has its board on its own port");
  c->group(service_group);
  add_log_options(*c, *s);
  add_setting(
    *c, *s, "--group-id", "group_id", "NAME",
    "The service's consumer group, to say who works on what (default: "
    "the topic prefix)")
    ->group("Kafka");
  add_setting(*c, *s, "--http", "http", "ADDRESS:PORT",
              "Listen here (default: " + defaults.http + ")")
    ->group("HTTP");
  add_setting(*c, *s, "--http-token-file", "http_token_file", "FILE",
              "A file with the bearer token that clients must send; required "
              "for any address except loopback")
    ->group("HTTP");
  add_setting(*c, *s, "--data", "data", "FOLDER",
              "Keep the history here, so that its sums outlive the topics and "
              "a restart goes on where this one ended (default: in memory "
              "only)")
    ->group("History");
  add_setting(*c, *s, "--sums-days", "sums_days", "DAYS",
              "How long the sums of each hour are kept (default: "
                + std::to_string(defaults.sums_days) + ")")
    ->group("History");
  add_setting(*c, *s, "--log-level", "log_level", "LEVEL",
              "trace, debug, info, warn, error or off (default: "
                + defaults.log_level + ")");
  c->footer("Example:\n  fairlead board --brokers kafka:9092 --http "
            "127.0.0.1:8090");
  c->callback([s, &chosen] {
    chosen = [s] { return run_board({.config = load(*s)}, std::cout); };
  });
}

void add_topics(CLI::App& app, chosen_command& chosen) {
  struct state {
    given_settings config;
    topics_options o;
    std::string to_prefix;
  };
  auto s = std::make_shared<state>();
  auto* c
    = app.add_subcommand("topics", "Create, check or copy the topics on Kafka");
  c->group(service_group);
  c->require_subcommand(1);
  auto* create
    = c->add_subcommand("create", "Create the topics that are missing");
  auto* check = c->add_subcommand(
    "check", "Check that the service can start on the topics");
  auto* move = c->add_subcommand(
    "move", "Copy a stopped service's state and unread inputs to a new prefix, "
            "which may have another number of partitions");
  for (auto* one : {create, check, move}) {
    one->group("Commands");
    add_log_options(*one, s->config);
  }
  for (auto* one : {create, move}) {
    named(one
            ->add_option("--partitions", s->o.partitions,
                         "Partitions of each topic (default: "
                           + std::to_string(topics_options{}.partitions)
                           + "); can't be changed later")
            ->check(CLI::Range(1, 10'000)),
          "COUNT");
    named(one
            ->add_option("--replication-factor", s->o.replication_factor,
                         "Copies of each partition (default: the broker's)")
            ->check(CLI::Range(1, 100)),
          "COUNT");
    add_setting(*one, s->config, "--retention-days", "retention_days", "DAYS",
                "How long records are kept, in all topics except state "
                "(default: "
                  + std::to_string(settings{}.retention_days) + ")");
  }
  named(move
          ->add_option("--to-prefix", s->to_prefix,
                       "The new topics' prefix; it must be unused")
          ->required(),
        "PREFIX");
  move->footer("The service must be stopped, and publishers, too. Outputs that "
               "were written stay where they are.\n\n"
               "Example:\n"
               "  fairlead topics move --brokers kafka-1:9092 "
               "--to-prefix fairlead2 --partitions 24");
  move->callback([s, &chosen] {
    chosen = [s] {
      s->o.config = load(s->config);
      return topics_move(s->o, s->to_prefix, std::cout, std::cerr);
    };
  });
  create->footer("Example:\n"
                 "  fairlead topics create --brokers kafka-1:9092 "
                 "--partitions 24");
  create->callback([s, &chosen] {
    chosen = [s] {
      s->o.config = load(s->config);
      return topics_create(s->o, std::cout, std::cerr);
    };
  });
  check->callback([s, &chosen] {
    chosen = [s] {
      s->o.config = load(s->config);
      return topics_check(s->o, std::cout, std::cerr);
    };
  });
}

void add_backup(CLI::App& app, chosen_command& chosen) {
  auto o = std::make_shared<backup_options>();
  auto* c = app.add_subcommand(
    "backup", "Copy an embedded log, while the service runs or not");
  c->group(service_group);
  c->add_option("FOLDER", o->folder, "The folder of the embedded log")
    ->required();
  c->add_option("TO", o->to, "The copy: a folder that does not exist yet")
    ->required();
  c->footer("The copy is of one moment, has been looked through and is on the "
            "disk when the\ncommand ends. It is a folder as `fairlead run "
            "--embedded` takes it: to restore\nit, stop the service, move the "
            "old folder away and copy the backup to its place.\n\n"
            "Example:\n"
            "  fairlead backup ./office /backup/office-monday");
  c->callback([o, &chosen] { chosen = [o] { return backup(*o, std::cout); }; });
}

void add_check(CLI::App& app, chosen_command& chosen) {
  auto o = std::make_shared<check_options>();
  auto* c = app.add_subcommand(
    "check", "Validate team and agent documents and event files");
  c->group(events_group);
  c->add_option("FILE", o->files,
                "JSON documents, or events as JSON lines or an array; - reads "
                "standard input")
    ->required();
  c->footer("Every fault is a line `file:line: pointer what`.\n\n"
            "Example:\n"
            "  fairlead check team.json agents.jsonl");
  c->callback(
    [o, &chosen] { chosen = [o] { return check(*o, std::cout, std::cerr); }; });
}

void add_publish(CLI::App& app, chosen_command& chosen) {
  struct state {
    given_endpoint target;
    publish_options o;
  };
  auto s = std::make_shared<state>();
  auto* c = app.add_subcommand("publish", "Send events to the service");
  c->group(events_group);
  c->add_option("FILE", s->o.files,
                "Events as JSON lines or an array; - reads standard input "
                "(default: -)");
  add_log_options(*c, s->target.config);
  add_http_options(*c, s->target);
  c->add_flag("--unchecked", s->o.unchecked, "Send invalid events as well");
  c->footer("Examples:\n"
            "  fairlead publish --url http://127.0.0.1:8080 events.jsonl\n"
            "  fairlead publish --brokers kafka-1:9092 < events.jsonl");
  c->callback([s, &chosen] {
    chosen = [s] {
      s->o.target = load(s->target);
      return publish(s->o, std::cout, std::cerr);
    };
  });
}

void add_watch(CLI::App& app, chosen_command& chosen) {
  struct state {
    given_endpoint source;
    watch_options o;
  };
  auto s = std::make_shared<state>();
  auto* c = app.add_subcommand(
    "watch", "Follow the outputs: who gets a lead, whose phone rings");
  c->group(events_group);
  c->add_option("TOPIC", s->o.topics,
                "assignments, rings, notifications, tasks, outreach, "
                "decisions, dead-letters (default: all except decisions)");
  add_log_options(*c, s->source.config);
  add_embedded_option(*c, s->source.config);
  add_http_options(*c, s->source);
  named(c->add_option("--team", s->source.team, "Only the outputs of TEAM"),
        "TEAM");
  add_from_option(*c, s->o.from_beginning);
  c->add_flag("--until-end", s->o.until_end,
              "With --from beginning: exit when everything that is there now "
              "has been shown");
  c->add_flag("--json", s->o.json, "Print the events themselves, one per line");
  c->footer("Examples:\n"
            "  fairlead watch --url http://127.0.0.1:8080 --team harbor\n"
            "  fairlead watch --embedded ./office --from beginning "
            "--until-end --json rings");
  c->callback([s, &chosen] {
    chosen = [s] {
      s->o.source = load(s->source);
      if (s->o.until_end && !s->o.from_beginning)
        throw wrong_use("--until-end requires --from beginning.");
      return watch(s->o, std::cout);
    };
  });
}

void add_explain(CLI::App& app, chosen_command& chosen) {
  struct state {
    given_endpoint source;
    explain_options o;
  };
  auto s = std::make_shared<state>();
  auto* c = app.add_subcommand(
    "explain", "Explain in words every decision about a lead or a call");
  c->group(events_group);
  c->add_option("TEAM", s->o.team, "The id of the team")->required();
  c->add_option("ID", s->o.about, "The id of the lead or the call")->required();
  named(c->add_option("--agent", s->o.agent,
                      "Answer \"why not me?\" for this agent"),
        "AGENT");
  add_log_options(*c, s->source.config);
  add_embedded_option(*c, s->source.config);
  add_http_options(*c, s->source);
  c->footer("Examples:\n"
            "  fairlead explain --url http://127.0.0.1:8080 harbor h-02\n"
            "  fairlead explain --embedded ./office harbor h-02 --agent ana");
  c->callback([s, &chosen] {
    chosen = [s] {
      s->o.source = load(s->source);
      return explain(s->o, std::cout);
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
    "simulate", "Run event files in virtual time and print the outputs");
  c->group(test_group);
  c->add_option("FILE", s->o.files,
                "Events as JSON lines, in the order of their times; - reads "
                "standard input")
    ->required();
  named(c->add_option("--until", s->until,
                      "Run until this time, e.g. 2026-03-02T15:00:00Z "
                      "(default: 15 minutes after the last event)"),
        "TIME");
  c->add_flag("--text", s->o.text, "Print lines for people instead of JSON");
  c->add_flag("--report", s->o.report,
              "Print a summary instead of JSON: fairness, answer rate, time "
              "to owner, figures for each agent");
  c->footer("Example:\n"
            "  fairlead simulate teams.jsonl agents.jsonl monday.jsonl "
            "--report");
  c->callback([s, &chosen] {
    chosen = [s] {
      if (!s->until.empty()) {
        s->o.until = from_rfc3339(s->until);
        if (!s->o.until)
          throw wrong_use("--until must be a time such as "
                          "2026-03-02T15:00:00Z, not \""
                          + s->until + "\".");
      }
      return simulate(s->o, std::cout);
    };
  });
}

void add_simulate_telephony(CLI::App& app, chosen_command& chosen) {
  struct state {
    given_endpoint service;
    simulate_telephony_options o;
  };
  const phone_habits defaults;
  auto s = std::make_shared<state>();
  auto* c = app.add_subcommand(
    "simulate-telephony",
    "Play the phones: answer what rings and publish the reports");
  c->group(test_group);
  add_log_options(*c, s->service.config);
  add_http_options(*c, s->service);
  named(c->add_option("--team", s->service.team, "Only the phones of TEAM"),
        "TEAM");
  add_from_option(*c, s->o.from_beginning);
  named(c->add_option("--script", s->o.script,
                      "How single numbers behave: JSON lines with phone, "
                      "does, after_s, talk_s; the other phones roll dice"),
        "FILE")
    ->group("Behaviour of the phones");
  auto& h = s->o.habits;
  auto add_percent = [c](const char* option, int& to, const std::string& help) {
    named(
      c->add_option(option, to, help + " (default: " + std::to_string(to) + ")")
        ->check(CLI::Range(0, 100)),
      "PERCENT")
      ->group("Behaviour of the phones");
  };
  add_percent("--answered", h.answered_percent, "Legs that are answered");
  add_percent("--declined", h.declined_percent, "Legs that are declined");
  add_percent("--busy", h.busy_percent,
              "Legs that are busy; the rest ring out");
  named(c->add_option("--seed", h.seed,
                      "The random seed; the same seed gives the same answers "
                      "(default: "
                        + std::to_string(defaults.seed) + ")"),
        "NUMBER")
    ->group("Behaviour of the phones");
  c->footer("Example:\n"
            "  fairlead simulate-telephony --url http://127.0.0.1:8080 "
            "--answered 80");
  c->callback([s, &chosen] {
    chosen = [s] {
      s->o.service = load(s->service);
      return simulate_telephony(s->o, std::cout);
    };
  });
}

void add_what_if(CLI::App& app, chosen_command& chosen) {
  struct state {
    given_settings config;
    what_if_options o;
  };
  auto s = std::make_shared<state>();
  auto* c = app.add_subcommand(
    "what-if", "Decide a team's past again under other rules and compare");
  c->group(test_group);
  named(c->add_option("--team", s->o.team, "The id of the team")->required(),
        "TEAM");
  named(c->add_option("--document", s->o.document,
                      "A team document that would have been in force"),
        "FILE");
  named(c->add_option("--agent", s->o.agents,
                      "An agent document, the same; may be repeated"),
        "FILE")
    ->allow_extra_args(false);
  named(c->add_option("--from", s->o.from,
                      "From when on: a date in the team's zone, or a time "
                      "(default: seven days before --to)"),
        "DATE");
  named(c->add_option("--to", s->o.to,
                      "Until when (default: the end of what is there)"),
        "DATE");
  c->add_flag("--json", s->o.json, "Print the answer as JSON");
  c->add_flag("--anyway", s->o.anyway,
              "Compare even if the past can't be repeated faithfully");
  add_log_options(*c, s->config);
  add_embedded_option(*c, s->config);
  c->footer("First it decides again under the documents as they were (the "
            "control). If that\nagrees with less than 98 % of what was "
            "published, it says so and exits with 1.\n\n"
            "Example:\n"
            "  fairlead what-if --embedded ./office --team harbor --from "
            "2026-03-02\n    --to 2026-03-09 --document new.json");
  c->callback([s, &chosen] {
    chosen = [s] {
      s->o.source.config = load(s->config);
      const auto& config = s->o.source.config;
      if (config.brokers.empty() && config.embedded.empty())
        throw wrong_use("Specify where the topics are: --brokers HOST:PORT or "
                        "--embedded FOLDER.");
      return run_what_if(s->o, std::cout, std::cerr);
    };
  });
}

/// Commands that read the whole log. The command, for options of its own, which
/// go to the options that are returned, too.
template <class Options, class Command>
std::pair<CLI::App*, std::shared_ptr<Options>>
add_log_command(CLI::App& app, chosen_command& chosen, const char* name,
                const char* help, const char* footer, Command command) {
  auto config = std::make_shared<given_settings>();
  auto o = std::make_shared<Options>();
  auto* c = app.add_subcommand(name, help);
  c->group(test_group);
  add_log_options(*c, *config);
  add_embedded_option(*c, *config);
  add_setting(*c, *config, "--group-id", "group_id", "NAME",
              "The service's consumer group, which dead letters name "
              "(default: the topic prefix)")
    ->group("Kafka");
  c->footer(footer);
  c->callback([config, o, command, &chosen] {
    chosen = [config, o, command] {
      o->source.config = load(*config);
      const auto& s = o->source.config;
      if (s.brokers.empty() && s.embedded.empty())
        throw wrong_use("Specify where the topics are: --brokers HOST:PORT or "
                        "--embedded FOLDER.");
      return command(*o, std::cout);
    };
  });
  return {c, o};
}

} // namespace

void add_subcommands(CLI::App& app, chosen_command& chosen) {
  add_demo(app, chosen);
  add_run(app, chosen);
  add_board(app, chosen);
  add_topics(app, chosen);
  add_backup(app, chosen);
  add_check(app, chosen);
  add_publish(app, chosen);
  add_watch(app, chosen);
  add_explain(app, chosen);
  add_simulate(app, chosen);
  add_simulate_telephony(app, chosen);
  add_what_if(app, chosen);
  auto [c, o] = add_log_command<replay_options>(
    app, chosen, "replay",
    "Repeat every decision and compare the outputs with the published ones",
    "Prints `identical`, or the first difference and exits with 1. If "
    "retention\nhas deleted the beginning, nothing can be repeated: it says "
    "so and exits with 4.",
    replay);
  named(c->add_option("--from-backup", o->backup,
                      "A backup of the embedded log: begin with its state"),
        "FOLDER")
    ->needs(c->get_option("--embedded"));
  add_log_command<audit_options>(
    app, chosen, "audit", "Check Fairlead's promises by counting in the topics",
    "Prints a line for each fault, and exits with 1 if there are any.", audit);
}

} // namespace fairlead
