#!/usr/bin/python3
"""Plants one fault after the other and demands that pages.py finds it."""

import hashlib
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import pages  # noqa: E402

DOT = "digraph { a -> b }\n"
MARK = f"<!-- made from one.dot, sha256 {hashlib.sha256(DOT.encode()).hexdigest()} -->\n"

# A tree that is as it should be; each case adds or replaces one file.
CLEAN = {
    "README.md": """# One tree

See [docs](docs/guide.md#the-settings-two), [here](#one-tree), [out](https://example.org/x),
`actors/lead.cpp:7`, `actors/lead`, `actors/*.cpp`, `script/build release`, `build/release/x`,
`lead.cpp`, `batch_max` and `application/json`.

```
[not a link](nowhere.md) and not `actors/gone.cpp`, but a drawing ──▶
```
""",
    "docs/guide.md": "# Guide\n\n## The settings\n\n## The settings, `two`\n\n"
                     "## The settings\n\n[again](#the-settings-1) ![p](images/one.svg)\n",
    "docs/images/one.dot": DOT,
    "docs/images/one.svg": "<svg/>\n" + MARK,
    "CHANGELOG.md": "`gone_max` and `actors/gone.cpp` have gone.\n",
    "actors/lead.cpp": "int batch_max;\n",
    "actors/README.md": "`core/limits.hpp` stands below.\n",
    "actors/core/limits.hpp": "\n",
    "script/build": "#!/bin/sh\n",
}

# (what is planted where, a part of the sentence that must come)
PLANTED = [
    ("docs/bad.md", "[x](gone.md)\n", "gone.md does not exist"),
    ("docs/bad.md", "[`x`](gone.md)\n", "gone.md does not exist"),
    ("docs/bad.md", "![x](images/gone.svg)\n", "images/gone.svg does not exist"),
    ("docs/bad.md", "[x](guide.md#gone)\n", "guide.md has no heading #gone"),
    ("docs/bad.md", "[x](#gone)\n", "docs/bad.md has no heading #gone"),
    ("docs/bad.md", "[x](../..)\n", "is outside of the tree"),
    ("docs/bad.md", "`actors/gone.cpp`\n", "there is no actors/gone.cpp"),
    ("docs/bad.md", "`script/gone --now`\n", "there is no script/gone"),
    ("docs/bad.md", "`actors/gone_*.cpp`\n", "there is no actors/gone_*.cpp"),
    ("actors/core/README.md", "`actors/core/gone`\n", "there is no actors/core/gone"),
    ("actors/README.md", "`core/gone.hpp`\n", "there is no core/gone.hpp"),
    ("docs/bad.md", "`gone.hpp`\n", "no file is called gone.hpp"),
    ("docs/bad.md", "| `gone_max` |\n", "no source knows the name gone_max"),
    ("docs/bad.md", "```\n" + "─" * 81 + "\n```\n", "a drawing of 81 columns"),
    ("docs/bad.md", "x" * 301 + "\n", "a line of 301 characters"),
    ("docs/images/one.dot", DOT + "\n", "is not made from one.dot"),
    ("docs/images/two.dot", DOT, "is not made from two.dot"),
    ("docs/images/two.svg", MARK, "has no source"),
]


def tree(folder, files):
    for name, text in files.items():
        path = pathlib.Path(folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return pathlib.Path(folder).resolve()


class PagesTest(unittest.TestCase):
    def test_a_clean_tree_has_no_fault(self):
        with tempfile.TemporaryDirectory() as folder:
            faults, read = pages.check(tree(folder, CLEAN))
        self.assertEqual((faults, read), ([], "4 pages, 4 links"))

    def test_every_planted_fault_is_found_and_no_other(self):
        for name, text, told in PLANTED:
            with self.subTest(file=name, text=text[:60]):
                with tempfile.TemporaryDirectory() as folder:
                    faults, _ = pages.check(tree(folder, dict(CLEAN, **{name: text})))
                self.assertEqual(len(faults), 1, faults)
                self.assertIn(told, faults[0])

    def test_the_line_of_a_fault_is_told(self):
        with tempfile.TemporaryDirectory() as folder:
            faults, _ = pages.check(
                tree(folder, dict(CLEAN, **{"docs/bad.md": "# Bad\n\n[x](gone.md)\n"})))
        self.assertTrue(faults[0].startswith("docs/bad.md:3: "), faults)

    def test_an_empty_tree_is_a_fault(self):
        with tempfile.TemporaryDirectory() as folder:
            faults, _ = pages.check(tree(folder, {}))
        self.assertEqual(len(faults), 1)


if __name__ == "__main__":
    unittest.main()
