"""vtl_cases.json has what Apache Velocity gives: asked again, by the engine from Maven."""

import json
import os
import pathlib
import subprocess

import pytest

FOLDER = os.environ.get("GATEHOUSE_VELOCITY")  # ./dev test interop fills it from velocity/
CASES = pathlib.Path(__file__).parents[2] / "src/api/language/vtl_cases.json"


def test_cases_are_velocitys():
    if not FOLDER:
        pytest.fail("GATEHOUSE_VELOCITY names no folder; ./dev test interop fills one")
    cases = json.loads(CASES.read_text(encoding="utf-8"))
    asked = [{"name": str(number), "template": case["template"], "input": case.get("input", "")}
             for number, case in enumerate(cases)]
    judged = subprocess.run(
        ["java", "-Dfile.encoding=UTF-8", "-Dstdout.encoding=UTF-8", "-cp",
         f"{FOLDER}/classes:{FOLDER}/lib/*", "Judge"],
        input=json.dumps(asked), capture_output=True, encoding="utf-8", timeout=120, check=True)
    answers = json.loads(judged.stdout)
    assert len(answers) == len(cases) >= 150
    for number, case in enumerate(cases):
        answer = answers[str(number)]
        if case.get("error"):
            assert isinstance(answer, dict), case["template"]
        else:
            assert answer == case["velocity"], case["template"]
