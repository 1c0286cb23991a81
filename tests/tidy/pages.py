#!/usr/bin/python3
"""The pages keep up with the tree.

In every Markdown file: relative links and their anchors lead somewhere, paths
in backticks exist, names in backticks occur in the sources, drawings fit into
80 columns and no line of prose is longer than 300 characters. In docs/images:
each picture was made from the source that stands beside it.
"""

import argparse
import hashlib
import pathlib
import re
import sys

SKIPPED = {".git", "build", "node_modules"}
PROSE_COLUMNS = 300
DRAWING_COLUMNS = 80
# It tells of names that have gone.
HISTORY = {"CHANGELOG.md"}

FENCE = re.compile(r"^( *)(```+|~~~+)(.*)$")
HEADING = re.compile(r"^#{1,6} +(.*?) *#*$")
LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(<?([^()\s>]+)>?(?: +\"[^\"]*\")?\)")
CODE = re.compile(r"(`+)(.+?)\1")
DRAWN = re.compile("[─│┌┐└┘├┤▶▼▲◀]")
PATH = re.compile(r"^[\w.*-]+(/[\w.*-]+)*/?$")
FILE_NAME = re.compile(r"^[\w-]+(\.[\w-]+)*\.(cpp|hpp|py|md|dot|svg|jsonl|yaml|cmake)$")
NAME = re.compile(r"^[a-z][a-z0-9]*(_[a-z0-9]+)+$")
SOURCE_MARK = re.compile(r"<!-- made from (\S+), sha256 ([0-9a-f]{64}) -->")


def files_of(root):
    for path in sorted(root.rglob("*")):
        if path.is_file() and not SKIPPED.intersection(path.relative_to(root).parts):
            yield path


def slug(heading):
    """The anchor that GitHub gives a heading."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
    text = re.sub(r"[^\w\- ]", "", text.lower())
    return text.replace(" ", "-")


class Page:
    """One Markdown file, taken apart into what is checked."""

    def __init__(self, text):
        self.anchors, self.links, self.codes, self.lines = set(), [], [], []
        self.drawings = []
        fence = None
        for number, line in enumerate(text.splitlines(), 1):
            mark = FENCE.match(line)
            if fence is not None:
                if mark and mark.group(2).startswith(fence) and not mark.group(3).strip():
                    fence = None
                elif DRAWN.search(line):
                    self.drawings.append((number, line))
                continue
            if mark:
                fence = mark.group(2)
                continue
            if heading := HEADING.match(line):
                name = slug(heading.group(1))
                twins = sum(1 for a in self.anchors if re.fullmatch(re.escape(name) + r"(-\d+)?", a))
                self.anchors.add(f"{name}-{twins}" if twins else name)
            self.codes += [(number, c.group(2)) for c in CODE.finditer(line)]
            self.links += [(number, t) for t in LINK.findall(CODE.sub("", line))]
            # A link may have code in its text.
            self.links += [(number, t) for t in LINK.findall(line)
                           if (number, t) not in self.links]
            if not line.lstrip().startswith("|"):
                self.lines.append((number, line))


class Tree:
    """What the pages may speak of."""

    def __init__(self, root):
        self.root = root
        self.files = list(files_of(root))
        self.names = {f.name for f in self.files}
        self.top = {p.name for p in root.iterdir() if p.name not in SKIPPED}
        words = set()
        for f in self.files:
            if f.suffix not in (".md", ".svg"):
                words.update(re.findall(r"\w+", f.read_bytes().decode("utf-8", "replace")))
        self.words = words

    def there(self, base, path):
        """A file, a folder, a pattern, or a file without its ending."""
        path = path.rstrip("/")
        return (base / path).exists() or any(base.glob(path)) or any(base.glob(path + ".*"))

    def fault_of_code(self, page, text):
        word = text.split()[0] if text.split() else ""
        word = re.sub(r":\d+$", "", word)
        if word.startswith("build/"):
            return None
        if "/" in word and PATH.match(word) and not word.startswith("."):
            first = word.split("/", maxsplit=1)[0]
            bases = [b for b in (self.root, page.parent) if (b / first).exists()]
            bases = [b for b in bases if b != self.root or first in self.top]
            if bases and not any(self.there(b, word) for b in bases):
                return f"there is no {word}"
        elif FILE_NAME.match(word) and word not in self.names:
            return f"no file is called {word}"
        elif NAME.match(text) and text not in self.words:
            return f"no source knows the name {text}"
        return None


def check_pictures(root):
    folder = root / "docs" / "images"
    sources = {p.stem: p for p in sorted(folder.glob("*.dot"))}
    for picture in sorted(folder.glob("*.svg")):
        if picture.stem not in sources:
            yield f"docs/images/{picture.name}: has no source"
    for stem, source in sources.items():
        picture = folder / f"{stem}.svg"
        mark = SOURCE_MARK.search(picture.read_text()) if picture.exists() else None
        digest = hashlib.sha256(source.read_bytes()).hexdigest()
        if mark is None or mark.groups() != (source.name, digest):
            yield f"docs/images/{stem}.svg: is not made from {source.name}: run script/pictures"


def check(root):
    """Returns the faults as printable lines, and how much was read."""
    tree = Tree(root)
    pages = {f: Page(f.read_text(encoding="utf-8")) for f in tree.files if f.suffix == ".md"}
    faults, links = [], 0
    for file, page in pages.items():
        where = file.relative_to(root).as_posix()

        def fault(line, what, where=where):
            faults.append(f"{where}:{line}: {what}")

        for line, target in page.links:
            if re.match(r"[a-z][a-z0-9+.-]*:", target):
                continue
            links += 1
            path, _, anchor = target.partition("#")
            to = (file.parent / path).resolve() if path else file
            if not to.exists():
                fault(line, f"{path} does not exist")
            elif root not in (to, *to.parents):
                fault(line, f"{path} is outside of the tree")
            elif anchor and to in pages and anchor not in pages[to].anchors:
                fault(line, f"{path or where} has no heading #{anchor}")
        if where not in HISTORY:
            for line, text in page.codes:
                if what := tree.fault_of_code(file, text):
                    fault(line, what)
        for line, text in page.drawings:
            if len(text) > DRAWING_COLUMNS:
                fault(line, f"a drawing of {len(text)} columns")
        for line, text in page.lines:
            if len(text) > PROSE_COLUMNS:
                fault(line, f"a line of {len(text)} characters")
    faults += check_pictures(root)
    if not pages:
        faults.append(f"{root}: no page found: is this the root?")
    return faults, f"{len(pages)} pages, {links} links"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=pathlib.Path,
                        default=pathlib.Path(__file__).resolve().parents[2])
    root = parser.parse_args().root.resolve()
    faults, read = check(root)
    for line in faults:
        print(line)
    print(f"{read} read, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
