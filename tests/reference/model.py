#!/usr/bin/python3
"""fairlead simulate FILE… [--until TIME], by the reference model."""

import argparse
import sys

from rules import text
from rules.engine import Engine


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--until", metavar="TIME")
    args = parser.parse_args()
    until = None
    if args.until is not None:
        until = text.read_time(args.until)
        if until is None:
            parser.error("--until takes an RFC 3339 time")
    engine, offset = Engine(), 0

    def put_out(lines):
        for line in lines:
            sys.stdout.write(text.write_json(line) + "\n")

    for name in args.files:
        try:
            with open(name, "rb") as file:
                octets = file.read()
        except OSError as e:
            print(f"model.py: can't read {name}: {e.strerror}",
                  file=sys.stderr)
            return 2
        lines = octets.split(b"\n")
        if lines[-1] == b"":
            lines.pop()
        for line in lines:
            offset += 1
            put_out(engine.feed(line, offset))
    put_out(engine.finish(until))
    return 0


if __name__ == "__main__":
    sys.setrecursionlimit(10_000)
    sys.exit(main())
