#!/usr/bin/env python3
"""Checks that what refers to a document finds it: check_links.py [FOLDER].

Links of Markdown lead to files and headings that are there. Wherever a page of docs/ is named, in
text or in a comment, it exists, and the section behind it (docs/aws/lambda.md §14, design
§7.6, which is docs/design/design.md). Nothing leads outside the repository.
"""

import pathlib
import re
import sys

from check_text import kind, tracked

DESIGN = "docs/design/design.md"
PAGE = r"docs/(?:aws/|design/)?[a-z][a-z-]*\.md"
# A page of another house is named with it: [ninja: docs/manual.md].
ELSEWHERE = re.compile(r"\[[a-z]+: [^\]]*\]")
SECTIONS = r"§\d+(?:\.\d+)?(?:[–-]\d+(?:\.\d+)?|(?:,| and|, and)[\s/#*>]*§\d+(?:\.\d+)?)*"
# A comment may break after a name: blanks and the signs of comments stand between.
GAP = r"[\s/#*>`\"]{1,12}"
NAMED = re.compile(rf"({PAGE})`?(?:{GAP}({SECTIONS}))?|\b[Dd]esign{GAP}({SECTIONS})")
LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(([^)\s]+)\)")
# Written in two halves, so that this file does not report itself.
OUTSIDE = re.compile("shared" r"/(?:design|style|seed|spec|cases)|(?<![\w/-])spec" r"/[a-z-]+\.md")


def anchor(heading):
    """The name by which a heading is reached, as forges make it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def headings(text):
    """The headings outside of code."""
    code = False
    for line in text.split("\n"):
        if line.startswith("```"):
            code = not code
        elif not code and re.match(r"#+ ", line):
            yield line.lstrip("#").strip()


def sections(text):
    """The numbers that can stand behind §: of headings, of numbered points below them."""
    found, chapter = set(), ""
    for line in text.split("\n"):
        if match := re.match(r"#+ (\d+(?:\.\d+)*)\.? ", line):
            chapter = match[1]
            found.add(chapter)
        elif match := re.match(r"(\d+)\. ", line):
            found.add(f"{chapter}.{match[1]}")
        elif match := re.match(r"(\d+\.\d+) ", line):
            found.add(match[1])
    return found


class House:
    """The documents of a folder, read when they are asked for."""

    def __init__(self, root):
        self.root = root
        self.sections = {}
        self.anchors = {}

    def section_is_there(self, page, number):
        if page not in self.sections:
            self.sections[page] = sections((self.root / page).read_text(encoding="utf-8"))
        return number in self.sections[page]

    def anchor_is_there(self, page, name):
        if page not in self.anchors:
            text = page.read_text(encoding="utf-8")
            self.anchors[page] = {anchor(heading) for heading in headings(text)}
        return name in self.anchors[page]


def bad_names(house, text):
    """Pages and sections that are named and are not there."""
    ours = ELSEWHERE.sub(lambda match: " " * len(match[0]), text)
    for match in NAMED.finditer(ours):
        page, numbers = match[1] or DESIGN, match[2] or match[3]
        if not (house.root / page).is_file():
            yield match.start(), f"{page} is not there"
            continue
        for number in re.findall(r"\d+(?:\.\d+)?", numbers or ""):
            if not house.section_is_there(page, number):
                yield match.start(), f"{page} has no §{number}"


def bad_links(house, path, text):
    """Links of Markdown that lead nowhere; those to the web are not followed."""
    for match in LINK.finditer(text):
        target, _, name = match[1].partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        page = (path.parent / target).resolve() if target else path
        if not page.exists():
            yield match.start(), f"{match[1]} is not there"
        elif name and page.suffix == ".md" and not house.anchor_is_there(page, name):
            yield match.start(), f"{match[1]}: no such heading"


def faults(house, path, kind_of_file):
    text = path.read_text(encoding="utf-8", errors="replace")
    found = list(bad_names(house, text))
    found += [(match.start(), f"{match[0]} is outside") for match in OUTSIDE.finditer(text)]
    if kind_of_file == ".md":
        found += bad_links(house, path, text)
    for at, what in sorted(found):
        yield text.count("\n", 0, at) + 1, what


def main(arguments):
    root = pathlib.Path(arguments[0] if arguments else ".").resolve()
    house, complaints, files = House(root), [], 0
    for path in tracked(root):
        kind_of_file = kind(path)
        if kind_of_file is None or path.name == "check_test.py":  # which plants faults
            continue
        files += 1
        complaints += [f"{path.relative_to(root)}:{number}: {what}"
                       for number, what in faults(house, path, kind_of_file)]
    print(*complaints, sep="\n", end="\n" if complaints else "")
    print(f"references of {files} text files, {len(complaints)} complaints")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
