#!/usr/bin/env python3
"""Makes docs/tables.md of src/table/operations.txt, and holds that file to what src/table serves.

  tools/tables_page.py          write the page
  tools/tables_page.py --check  fail if the page or the file is out of date
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
TABLE = ROOT / "src" / "table"
PAGE = ROOT / "docs" / "tables.md"
HEAD = """# DynamoDB: every operation and parameter

Made by `tools/tables_page.py` of `src/table/operations.txt`; `./dev check` holds it.
**done**: as on AWS; **different**: on purpose, and how; **missing**: not yet. What that means in
detail stands in [compatibility.md](compatibility.md).
"""


def read():
    """[(operation, [(parameter, state, sentence)])], in the file's order."""
    operations = []
    for line in (TABLE / "operations.txt").read_text().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if not line.startswith(" "):
            operations.append((line.strip(), []))
            continue
        name, mark, sentence = re.fullmatch(r"  (\w+)(?: ([~-]) ?(.*))?", line).groups()
        state = {"~": "different", "-": "missing", None: "done"}[mark]
        operations[-1][1].append((name, state, sentence or ""))
    return operations


def served():
    text = (TABLE / "wire" / "dynamodb_api.cc").read_text()
    return set(re.findall(r'Operation\{"(\w+)"', text)) | {"DescribeEndpoints"}


def problems(operations):
    """What the file says that the sources do not, and the other way round."""
    known = served()
    names = [name for name, _ in operations]
    sources = "".join(path.read_text() for path in sorted(TABLE.glob("**/*.cc"))
                      if not path.stem.endswith("_test"))
    for name in sorted(known - set(names)):
        yield f"{name} is served and not in operations.txt"
    for name in names:
        if names.count(name) > 1:
            yield f"{name} stands twice in operations.txt"
    for name, parameters in operations:
        if name not in known and parameters:
            yield f"{name} has parameters in operations.txt, but dynamodb_api.cc does not serve it"
        for parameter, state, sentence in parameters:
            if state != "missing" and name in known and f'"{parameter}"' not in sources:
                yield f"{name}'s {parameter} is {state} in operations.txt, but nothing reads it"
            if state == "different" and not sentence:
                yield f"{name}'s {parameter} is different, but operations.txt does not say how"


def page(operations):
    known = served()
    lines = [HEAD, "| operation | done | different | missing |", "| --- | --- | --- | --- |"]
    for name, parameters in operations:
        if name not in known:
            continue
        cells = []
        for wanted in ("done", "different", "missing"):
            cells.append(", ".join(f"{parameter}" + (f" ({sentence})" if sentence else "")
                                   for parameter, state, sentence in parameters if state == wanted))
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    missing = [name for name, _ in operations if name not in known]
    lines += ["", f"Missing as a whole, with an error that says so: {', '.join(missing)}.", ""]
    return "\n".join(lines)


def main():
    operations = read()
    found = list(problems(operations))
    text = page(operations)
    if "--check" in sys.argv and (not PAGE.exists() or PAGE.read_text() != text):
        found.append("docs/tables.md is not what tools/tables_page.py makes; run it")
    if found:
        print("\n".join(found))
        return 1
    if "--check" not in sys.argv:
        PAGE.write_text(text)
    print(f"docs/tables.md: {len(operations)} operations, {len(served())} served")
    return 0


if __name__ == "__main__":
    sys.exit(main())
