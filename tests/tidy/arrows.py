#!/usr/bin/python3
"""Reads the tree and fails where it leaves the architecture.

usage: arrows.py [--root FOLDER]

All headers of Debian share /usr/include, so no missing link stops a wrong
#include: this does. The arrows are those of docs/architecture.md, folders:

  main.cpp -> commands -> { connectors, config } -> actors
           -> actors/partition -> actors/core -> messages

and those of the rooms inside them, which the table below has.

It also looks for what a compiler does not: a folder with sources that has no
README.md or too many names, a header without #pragma once, a clock in a
decision, a shell script that does not parse. A long file is only told about.
"""

import argparse
import pathlib
import re
import subprocess
import sys

# Who may include whom, besides itself: a folder, or one file of a folder. The
# longest name that fits a file is its module: actors/core/state/rotation.cpp is
# in actors/core/state. A folder without a line belongs to the one above it.
WORDS = ("messages", "messages/json", "messages/wire")
STATE = ("actors/core",) + WORDS
STEP = ("actors/core/state",) + STATE
OWNER = ("actors/core/step",) + STEP
OUTCOME = ("actors/core/owner",) + OWNER
RING = ("actors/core/outcome",) + OUTCOME
VISITS = ("actors/core/ring",) + RING
PARTITION = ("actors/core/visits",) + VISITS
ACTORS = ("actors/partition",) + PARTITION
# A connector knows the port that it serves and what the keys of `state` and its
# meta record are; no more of the actors, and none of the other connectors.
CONNECTOR = ("connectors", "actors/partition/ports.hpp",
             "actors/partition/meta_record.hpp",
             "actors/partition/state_key.hpp") + WORDS
# The board reads what the engine has stored, and asks the core what it would
# say now; it decides nothing and knows no connector.
BOARD = ("actors/partition/meta_record.hpp", "actors/partition/state_key.hpp",
         "actors/core/owner/eligibility.hpp", "actors/core/owner/stand_in.hpp",
         "actors/core/state", "messages/english") + STATE
COMMANDS = ("board", "web", "messages/english", "config", "connectors",
            "connectors/board_store", "connectors/embedded", "connectors/http", "connectors/http/client",
            "connectors/kafka", "actors") + ACTORS
ARROWS = {
    "messages": (),
    "messages/json": ("messages",),
    "messages/wire": ("messages", "messages/json"),
    "messages/english": ("messages",),
    # Open to all rooms of the core.
    "actors/core": ("messages",),
    "actors/core/state": STATE,
    "actors/core/step": STEP,
    "actors/core/owner": OWNER,
    "actors/core/ring": RING,
    "actors/core/outcome": OUTCOME,
    "actors/core/visits": VISITS,
    "actors/partition": PARTITION,
    "actors": ACTORS,
    "board": BOARD,
    "web": (),
    "config": ("actors/partition", "messages"),
    "connectors": WORDS,
    # The port that it serves is the board's; what it writes to is a folder, as
    # the embedded log.
    "connectors/board_store": CONNECTOR + (
        "board/past/keeping.hpp", "connectors/embedded/folder.hpp",
        "connectors/embedded/row_sums.hpp", "connectors/embedded/sqlite.hpp"),
    "connectors/embedded": CONNECTOR,
    "connectors/http": CONNECTOR,
    "connectors/http/client": CONNECTOR,
    "connectors/kafka": CONNECTOR,
    "connectors/memory": CONNECTOR,
    "commands": COMMANDS,
    "commands/command_line": ("commands",) + COMMANDS,
    "main.cpp": ("commands/command_line",),
    "tests": ("commands", "connectors/memory") + COMMANDS,
}

# Rooms of which others see the doors only: these headers. The tests look into
# every room.
DOORS = {
    "messages/wire": ("decode.hpp", "encode.hpp", "dead_letter_record.hpp", "known_names.hpp",
                      "read_outputs.hpp"),
}
SOURCE_FOLDERS = ("actors", "board", "commands", "config", "connectors", "messages", "tests", "web")

# Libraries: how their headers look, and where they may stand (folder prefixes).
# The tests may look at what the code beside them uses. "actors/*" is that folder
# itself, without those inside of it.
LIBRARIES = {
    "CAF": (r"caf/", ("actors/*", "tests")),
    "librdkafka": (r"librdkafka/|rdkafka", ("connectors/kafka", "tests/kafka", "tests/unit/kafka", "tests/bench")),
    "SQLite": (r"sqlite3(ext)?\.h$", ("connectors/embedded", "tests/embedded", "tests/bench")),
    "Boost": (r"boost/", ("connectors/http/*",)),
    "libcurl": (r"curl/", ("connectors/http/client",)),
    "zlib": (r"zlib\.h$", ("connectors/http/*",)),
    "CLI11": (r"CLI/", ("commands/command_line",)),
    "prometheus": (r"prometheus/", ("connectors", "tests")),
    "spdlog": (r"spdlog/", ("connectors",)),
}

# Decisions and words know nothing of the outside.
PURE = re.compile(
    r"caf/|nlohmann/|librdkafka/|rdkafka|boost/|curl/|zlib\.h$|sqlite3|CLI/|prometheus/"
    r"|spdlog/|openssl/|(random|iostream|fstream|thread|mutex|future|locale)$"
)
# Each costs its includer a second or more: one .cpp behind a plain interface.
EXPENSIVE = re.compile(
    r"nlohmann/json\.hpp$|CLI/|phonenumbers/|spdlog/|date/tz\.h$"
)
# What would make a decision differ between two runs.
IMPURE_CALL = re.compile(
    r"\b(system_clock|steady_clock|high_resolution_clock)::now\b|\bgetenv\b"
    r"|\brandom_device\b|\b(std::)?s?rand\(|\bstd::time\(|\blocaltime\w*\("
)

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)
LONG_FILE = 500
# Names in a folder, whatever their endings; more are several ideas in one room.
CROWD = 16
SKIPPED = {"build", ".git", "__pycache__", "node_modules"}


def module_of(path):
    """The module of a path such as "actors/core/x.cpp", or None."""
    fits = [m for m in ARROWS if path == m or path.startswith(m + "/")]
    return max(fits, key=len) if fits else None


def inside(path, folders):
    def fits(folder):
        if folder.endswith("/*"):
            return path.rpartition("/")[0] == folder[:-2]
        return path == folder or path.startswith(folder + "/")
    return any(fits(f) for f in folders)


def without_comments(text):
    """Comments become blank, so that lines keep their numbers."""
    def blank(match):
        kept = match.group(0)
        return kept if kept[0] in "\"'" else re.sub(r"[^\n]", " ", kept)
    return re.sub(
        r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'',
        blank, text, flags=re.DOTALL)


def check_include(path, quote, name):
    """Yields what is wrong with one #include of the file at path."""
    header = path.endswith(".hpp")
    mine = module_of(path)
    theirs = module_of(name) if quote == '"' else None
    if quote == '"' and theirs is None:
        yield f'"{name}": write own headers from the root: "folder/file.hpp"'
    elif theirs and theirs != mine and not {theirs, name} & set(ARROWS[mine]):
        yield f"forbidden arrow: {mine} may not include {theirs} ({name})"
    for room, doors in DOORS.items():
        if inside(name, (room,)) and not inside(path, (room, "tests")):
            if name.removeprefix(room + "/") not in doors:
                yield f"{name} is behind the doors of {room}: {', '.join(doors)}"
    if name == "caf/all.hpp":
        yield "caf/all.hpp costs every file all of CAF: include what is used"
    core = inside(path, ("actors/core",))
    if core or (header and inside(path, ("messages",))):
        # The forward declarations cost nothing and show no value.
        if PURE.match(name) and (core or name != "nlohmann/json_fwd.hpp"):
            yield f"{mine} must not know <{name}>"
            return
    for library, (pattern, folders) in LIBRARIES.items():
        if re.match(pattern, name) and not inside(path, folders):
            yield f"{library} belongs into {', '.join(folders)} only ({name})"
    if header and EXPENSIVE.match(name) and not path.startswith("tests/"):
        yield f"<{name}> is expensive: .cpp files only"


def check_source(path, text):
    """Yields (line, fault) for one C++ file."""
    code = without_comments(text)
    for match in INCLUDE.finditer(code):
        line = code.count("\n", 0, match.start(1)) + 1
        for fault in check_include(path, match.group(1), match.group(2)):
            yield line, fault
    if inside(path, ("actors/core",)):
        for match in IMPURE_CALL.finditer(code):
            line = code.count("\n", 0, match.start()) + 1
            yield line, f"a decision takes this as an argument: {match.group(0)}"
    if path.endswith(".hpp") and "#pragma once" not in code:
        yield 1, "no #pragma once"


def files_of(root, folder):
    for path in sorted((root / folder).rglob("*")):
        parts = path.relative_to(root).parts
        if path.is_file() and not SKIPPED.intersection(parts):
            yield path


def shell_scripts(root):
    for folder in ("script", ".ci", "tests"):
        for path in files_of(root, folder):
            with path.open("rb") as file:
                first = file.readline(200)
            if path.suffix == ".sh" or re.match(rb"#!.*\b(ba)?sh\b", first):
                yield path


def check(root):
    """Returns (faults, warnings) as printable lines, and how much was read."""
    faults, warnings, sources = [], [], 0
    folders = {}
    candidates = [p for f in SOURCE_FOLDERS for p in files_of(root, f)]
    candidates += [root / "main.cpp"] if (root / "main.cpp").exists() else []
    for file in candidates:
        if file.suffix not in (".cpp", ".hpp"):
            continue
        sources += 1
        path = file.relative_to(root).as_posix()
        text = file.read_text(encoding="utf-8")
        faults += [f"{path}:{line}: {what}" for line, what in check_source(path, text)]
        lines = text.count("\n")
        if lines > LONG_FILE:
            warnings.append(f"{path}: {lines} lines: does its name still say what is in it?")
        if file.parent != root:
            folders.setdefault(file.parent, set()).add(file.stem)
    for folder, names in sorted(folders.items()):
        where = folder.relative_to(root)
        if len(names) > CROWD:
            faults.append(f"{where}: {len(names)} names in one folder: which ideas are they?")
        if not (folder / "README.md").exists():
            faults.append(f"{where}: has sources and no README.md")
    scripts = 0
    for script in shell_scripts(root):
        scripts += 1
        done = subprocess.run(
            ["bash", "-n", str(script)], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            faults.append(f"{script.relative_to(root)}: does not parse: {done.stderr.strip()}")
    if sources == 0:
        faults.append(f"{root}: no C++ source found: is this the root?")
    return faults, warnings, f"{sources} C++ files, {scripts} shell scripts"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=pathlib.Path,
                        default=pathlib.Path(__file__).resolve().parents[2])
    root = parser.parse_args().root.resolve()
    faults, warnings, read = check(root)
    for line in warnings:
        print("warning:", line)
    for line in faults:
        print(line)
    print(f"{read} read, {len(faults)} faults, {len(warnings)} warnings")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
