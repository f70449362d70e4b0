"""`gatehouse check --print-expanded` against the SAM translator from PyPI: the same resources,
names and properties, order aside. Templates: the documents of the folder sam, and one for each of
SAM's policy templates."""

import copy
import json
import logging
import os
import pathlib
import re
import subprocess

import pytest
from harness import BINARY, ENVIRONMENT, ROOT

logging.disable(logging.CRITICAL)
os.environ["AWS_DEFAULT_REGION"] = "us-east-1"

# pylint: disable=wrong-import-position
from samtranslator.parser.parser import Parser  # noqa: E402
from samtranslator.translator.translator import Translator  # noqa: E402
from samtranslator.yaml_helper import yaml_parse  # noqa: E402

FOLDER = pathlib.Path(__file__).resolve().parent / "sam"
HEAD = "Transform: AWS::Serverless-2016-10-31\n"
POLICIES = json.loads((ROOT / "src/stack/sam/policy_templates.json").read_text())


def documents():
    """(what it is about, its text) of every template in the folder."""
    for path in sorted(FOLDER.glob("*.yaml")):
        for part in re.split(r"^--- # ", path.read_text(), flags=re.MULTILINE)[1:]:
            title, text = part.split("\n", 1)
            yield f"{path.stem}: {title}", HEAD + text


def policy_document(name):
    """A function with one policy template."""
    values = {parameter: {"Ref": "T"} for parameter in POLICIES[name]["Parameters"]}
    function = {"Handler": "a.b", "Runtime": "python3.12", "CodeUri": "s3://b/k",
                "Policies": ["AWSLambdaRole", {name: values}]}
    return json.dumps({
        "Transform": "AWS::Serverless-2016-10-31",
        "Resources": {"F": {"Type": "AWS::Serverless::Function", "Properties": function},
                      "T": {"Type": "AWS::Serverless::SimpleTable"}}})


DOCUMENTS = dict(documents())


def expanded(text, folder):
    path = folder / "template.yaml"
    path.write_text(text)
    result = subprocess.run([BINARY, "check", "--print-expanded", path], capture_output=True,
                            text=True, check=False, env={**os.environ, **ENVIRONMENT})
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def translated(text):
    template = yaml_parse(text)
    return Translator(None, Parser()).translate(copy.deepcopy(template), {})


def plain(value):
    """Without the differences that mean nothing: 3 and 3.0, one dependency and a list of it."""
    if isinstance(value, dict):
        value = {name: plain(member) for name, member in value.items()}
        depends = value.get("DependsOn")
        if depends is not None:
            value["DependsOn"] = sorted(depends) if isinstance(depends, list) else [depends]
        return value
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    return float(value) if isinstance(value, (int, float)) else str(value)


def test_there_are_templates_enough():
    assert len(DOCUMENTS) + len(POLICIES) >= 80
    assert len(DOCUMENTS) >= 60


@pytest.mark.parametrize("title", DOCUMENTS)
def test_template(title, tmp_path):
    text = DOCUMENTS[title]
    assert plain(expanded(text, tmp_path)) == plain(translated(text))


@pytest.mark.parametrize("name", POLICIES)
def test_policy_template(name, tmp_path):
    text = policy_document(name)
    assert plain(expanded(text, tmp_path)) == plain(translated(text))


def test_every_policy_template_is_known():
    folder = pathlib.Path(__import__("samtranslator").__file__).parent / "policy_templates_data"
    theirs = json.loads((folder / "policy_templates.json").read_text())["Templates"]
    assert sorted(POLICIES) == sorted(theirs)
