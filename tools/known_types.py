#!/usr/bin/env python3
"""Writes src/stack/resource/known_types.txt, the resource types that CloudFormation knows:
known_types.py FOLDER, where FOLDER has an unpacked cfn-lint (PyPI), whose cfnlint/data/schemas are
the schemas that AWS publishes, region by region. Run it when the list is to be newer.
"""

import json
import pathlib
import sys

OUT = pathlib.Path(__file__).resolve().parent.parent / "src/stack/resource/known_types.txt"


def top(schema, key):
    """Names of the top level in a list of JSON pointers: "/properties/Arn" is Arn."""
    paths = [path.removeprefix("/properties/") for path in schema.get(key) or []]
    return [path for path in paths if "/" not in path]


def row(name, schema):
    """One line: TYPE [NAME-PROPERTY|-] REPLACING-PROPERTY…"""
    read_only = top(schema, "readOnlyProperties")
    create_only = top(schema, "createOnlyProperties")
    identifier = top(schema, "primaryIdentifier")
    if len(identifier) == 1 and identifier[0] not in read_only:
        named = identifier[0]
    else:
        own = name.rsplit("::", 1)[1] + "Name"
        candidates = [own, own.removeprefix("DB"), "Name"]
        named = next((each for each in candidates if each in create_only), "")
    others = sorted(set(create_only) - {named})
    return " ".join([name, *([named or "-"] if named or others else []), *others])


def main():
    schemas = pathlib.Path(sys.argv[1]) / "cfnlint/data/schemas"
    date = json.loads((schemas / "version.json").read_text())["schema_date"][:10]
    types = {}
    regions = sorted(schemas.glob("providers/*.json"))
    for region in sorted(regions, key=lambda path: path.stem != "us-east-1"):
        for name, key in json.loads(region.read_text()).items():
            types.setdefault(name, key)
    lines = [f"# Source: CloudFormation's published schemas of {date}, by tools/known_types.py."]
    for name in sorted(types):
        if name.startswith("AWS::Serverless::"):
            continue  # a transform's, before it ran
        schema = json.loads((schemas / "resources" / f"{types[name]}.json").read_text())
        lines.append(row(name, schema))
    OUT.write_text("\n".join(lines) + "\n")
    print(f"{len(lines) - 1} types in {OUT}")


main()
