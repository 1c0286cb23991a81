#!/usr/bin/python3
"""Plants one violation after the other and demands that arrows.py finds it."""

import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import arrows  # noqa: E402

HEADER = "#pragma once\n"

# A tree that is as it should be; each case adds or replaces one file.
CLEAN = {
    "messages/inputs.hpp": HEADER + "#include <nlohmann/json_fwd.hpp>\n#include <string>\n",
    "messages/json.cpp": '#include "messages/inputs.hpp"\n#include <nlohmann/json.hpp>\n',
    "messages/README.md": "words\n",
    "messages/wire/read.cpp": '#include "messages/wire/field_reader.hpp"\n',
    "messages/wire/README.md": "bytes\n",
    "actors/core/rotation.hpp": HEADER + '#include "messages/inputs.hpp"\n',
    "actors/core/README.md": "decisions\n",
    "actors/core/owner/README.md": "who gets a lead\n",
    "actors/core/outcome/README.md": "outcome\n",
    "actors/core/ring/README.md": "whose phone rings\n",
    "actors/partition/ports.hpp": HEADER + '#include "messages/inputs.hpp"\n',
    "actors/lead.cpp": '#include "actors/core/rotation.hpp"\n#include <caf/event_based_actor.hpp>\n',
    "actors/README.md": "actors\n",
    "actors/partition/README.md": "what they drive\n",
    "connectors/kafka/log.cpp": '#include "actors/partition/ports.hpp"\n#include <librdkafka/rdkafka.h>\n',
    "connectors/kafka/README.md": "kafka\n",
    "commands/run.cpp": "// #include <sqlite3.h> is said only in a comment\n",
    "commands/command_line/options.cpp": "#include <CLI/CLI.hpp>\n",
    "commands/command_line/README.md": "arguments\n",
    "commands/check.cpp": '#include "messages/wire/decode.hpp"\n',
    "commands/README.md": "commands\n",
    "config/README.md": "settings\n",
    "connectors/README.md": "connectors\n",
    "connectors/http/README.md": "http\n",
    "messages/json/README.md": "JSON\n",
    "actors/core/state/README.md": "what is remembered\n",
    "actors/core/step/README.md": "what travels\n",
    "main.cpp": '#include "commands/command_line/command_line.hpp"\n',
    "script/build": "#!/usr/bin/env bash\nif true; then :; fi\n",
}

# (what is planted where, a part of the sentence that must come)
PLANTED = [
    ("messages/bad.cpp", '#include "actors/core/rotation.hpp"\n', "messages may not include actors/core"),
    ("actors/core/bad.cpp", '#include "actors/partition/ports.hpp"\n', "actors/core may not include actors/partition"),
    ("actors/partition/bad.cpp", '#include "actors/lead.hpp"\n',
     "actors/partition may not include actors (actors/lead.hpp)"),
    ("actors/partition/bad.cpp", "#include <caf/actor.hpp>\n", "CAF belongs into actors/*"),
    ("connectors/kafka/bad.cpp", '#include "actors/lead.hpp"\n',
     "connectors/kafka may not include actors (actors/lead.hpp)"),
    ("connectors/kafka/bad.cpp", '#include "actors/partition/partition.hpp"\n',
     "connectors/kafka may not include actors/partition (actors/partition/partition.hpp)"),
    ("connectors/kafka/bad.cpp", '#include "actors/core/state/team.hpp"\n',
     "connectors/kafka may not include actors/core/state"),
    ("connectors/kafka/bad.cpp", '#include "connectors/embedded/log.hpp"\n',
     "connectors/kafka may not include connectors/embedded"),
    ("connectors/http/bad.cpp", '#include "connectors/http/client/client.hpp"\n',
     "connectors/http may not include connectors/http/client"),
    ("connectors/bad.cpp", '#include "connectors/kafka/log.hpp"\n',
     "connectors may not include connectors/kafka"),
    ("actors/core/state/bad.cpp", '#include "actors/core/step/step.hpp"\n',
     "actors/core/state may not include actors/core/step"),
    ("actors/core/step/bad.cpp", '#include "actors/core/visits/decide.hpp"\n',
     "actors/core/step may not include actors/core/visits"),
    ("actors/core/owner/bad.cpp", '#include "actors/core/ring/cascade.hpp"\n',
     "actors/core/owner may not include actors/core/ring"),
    ("actors/core/outcome/bad.cpp", '#include "actors/core/ring/cascade.hpp"\n',
     "actors/core/outcome may not include actors/core/ring"),
    ("actors/core/limits.hpp", HEADER + '#include "actors/core/state/team.hpp"\n',
     "actors/core may not include actors/core/state"),
    ("actors/bad.cpp", '#include "connectors/kafka/log.hpp"\n', "actors may not include connectors"),
    ("actors/bad.cpp", '#  include  "config/settings.hpp"\n', "actors may not include config"),
    ("connectors/kafka/bad.cpp", '#include "commands/run.hpp"\n', "connectors/kafka may not include commands"),
    ("connectors/kafka/bad.cpp", '#include "config/settings.hpp"\n', "connectors/kafka may not include config"),
    ("commands/bad.cpp", '#include "tests/support.hpp"\n', "commands may not include tests"),
    ("commands/bad.cpp", '#include "run.hpp"\n', "write own headers from the root"),
    ("commands/bad.cpp", '#include "messages/wire/field_reader.hpp"\n', "behind the doors of messages/wire"),
    ("actors/core/owner/bad.cpp", '#include "messages/wire/read_events.hpp"\n', "behind the doors of messages/wire"),
    ("messages/bad.cpp", '#include "messages/wire/decode.hpp"\n', "messages may not include messages/wire"),
    ("messages/json/bad.cpp", '#include "messages/wire/encode.hpp"\n',
     "messages/json may not include messages/wire"),
    ("config/bad.cpp", '#include "actors/core/limits.hpp"\n', "config may not include actors/core"),
    ("commands/bad.cpp", '#include "commands/command_line/options.hpp"\n',
     "commands may not include commands/command_line"),
    ("commands/bad.cpp", '#include "connectors/memory/broker.hpp"\n',
     "commands may not include connectors/memory"),
    ("actors/core/bad.cpp", "#include <caf/actor.hpp>\n", "actors/core must not know <caf/actor.hpp>"),
    ("actors/core/bad.cpp", "#include <nlohmann/json_fwd.hpp>\n", "actors/core must not know"),
    ("actors/core/bad.cpp", "#include <random>\n", "actors/core must not know <random>"),
    ("actors/core/bad.cpp", "auto t = std::chrono::system_clock::now();\n", "takes this as an argument"),
    ("actors/core/bad.cpp", 'auto e = std::getenv("TZ");\n', "takes this as an argument"),
    ("messages/bad.hpp", HEADER + "#include <nlohmann/json.hpp>\n", "messages must not know <nlohmann/json.hpp>"),
    ("messages/bad.hpp", HEADER + "#include <sqlite3.h>\n", "messages must not know <sqlite3.h>"),
    ("messages/bad.hpp", HEADER + "#include <curl/curl.h>\n", "messages must not know <curl/curl.h>"),
    ("messages/bad.hpp", HEADER + "#include <librdkafka/rdkafka.h>\n", "messages must not know"),
    ("messages/bad.hpp", HEADER + "#include <phonenumbers/phonenumberutil.h>\n", "is expensive"),
    ("actors/bad.hpp", HEADER + "#include <date/tz.h>\n", "is expensive"),
    ("tests/bad.cpp", "#include <caf/all.hpp>\n", "caf/all.hpp costs every file"),
    ("messages/bad.cpp", "#include <caf/actor.hpp>\n", "CAF belongs into"),
    ("commands/bad.cpp", "#include <librdkafka/rdkafka.h>\n", "librdkafka belongs into"),
    ("connectors/kafka/bad.cpp", "#include <sqlite3.h>\n", "SQLite belongs into"),
    ("actors/bad.cpp", "#include <boost/asio.hpp>\n", "Boost belongs into"),
    ("actors/bad.cpp", "#include <CLI/CLI.hpp>\n", "CLI11 belongs into"),
    ("commands/bad.cpp", "#include <CLI/CLI.hpp>\n", "CLI11 belongs into"),
    ("main.cpp", '#include "config/settings.hpp"\n', "main.cpp may not include config"),
    ("messages/bad.hpp", "#include <string>\n", "no #pragma once"),
    ("commands/words/tell.cpp", "int x;\n", "commands/words: has sources and no README.md"),
    ("script/bad", "#!/bin/bash\nif true; then\n", "does not parse"),
    ("tests/bad.sh", "case x in\n", "does not parse"),
]


def tree(folder, files):
    for name, text in files.items():
        path = pathlib.Path(folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return pathlib.Path(folder)


class ArrowsTest(unittest.TestCase):
    def test_a_clean_tree_has_no_fault(self):
        with tempfile.TemporaryDirectory() as folder:
            faults, warnings, _ = arrows.check(tree(folder, CLEAN))
        self.assertEqual((faults, warnings), ([], []))

    def test_every_planted_violation_is_found_and_no_other(self):
        for name, text, told in PLANTED:
            with self.subTest(file=name, text=text):
                planted = dict(CLEAN, **{name: text})
                if name.startswith("tests/"):
                    planted["tests/README.md"] = "tests\n"
                with tempfile.TemporaryDirectory() as folder:
                    faults, _, _ = arrows.check(tree(folder, planted))
                self.assertEqual(len(faults), 1, faults)
                self.assertIn(told, faults[0])
                self.assertIn(name.split("/", maxsplit=1)[0], faults[0])

    def test_the_line_of_a_fault_is_told(self):
        text = "/* a\n b */\n\n#include <sqlite3.h>\n"
        with tempfile.TemporaryDirectory() as folder:
            faults, _, _ = arrows.check(tree(folder, dict(CLEAN, **{"actors/bad.cpp": text})))
        self.assertTrue(faults[0].startswith("actors/bad.cpp:4: "), faults)

    def test_a_long_file_is_a_warning_only(self):
        with tempfile.TemporaryDirectory() as folder:
            faults, warnings, _ = arrows.check(
                tree(folder, dict(CLEAN, **{"actors/long.cpp": "int x;\n" * 501})))
        self.assertEqual((faults, len(warnings)), ([], 1))

    def test_a_crowded_folder_is_a_fault(self):
        crowd = {f"connectors/kafka/{i}.cpp": "int x;\n" for i in range(arrows.CROWD)}
        with tempfile.TemporaryDirectory() as folder:
            faults, _, _ = arrows.check(tree(folder, dict(CLEAN, **crowd)))
        self.assertEqual(len(faults), 1, faults)
        self.assertIn("connectors/kafka: 17 names in one folder", faults[0])

    def test_an_empty_tree_is_a_fault(self):
        with tempfile.TemporaryDirectory() as folder:
            faults, _, _ = arrows.check(pathlib.Path(folder))
        self.assertEqual(len(faults), 1)


if __name__ == "__main__":
    unittest.main()
