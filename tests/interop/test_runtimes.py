"""Our runtimes beside AWS's runtime interface clients: the same functions, the same outcome."""

import pytest
from runtime_cases_node import node_cases, node_24_cases
from runtime_cases_python import VERSION_NAMES, VERSIONS, python_cases
from runtime_clients import compare, run_node, run_python


def named(cases):
    return [pytest.param(case, id=case.name.replace(" ", "-")) for case in cases]


PYTHON = list(python_cases())


@pytest.mark.parametrize("case", named(PYTHON))
def test_python(case, tmp_path):
    compare(case, run_python(case, tmp_path / "task"))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("case", named(case for case in PYTHON if case.name in VERSION_NAMES))
def test_python_of_the_version_asked_for(case, version, tmp_path):
    compare(case, run_python(case, tmp_path / "task", version))


@pytest.mark.parametrize("case", named(node_cases()))
def test_node(case, tmp_path):
    compare(case, run_node(case, tmp_path / "task"))


@pytest.mark.parametrize("case", named(node_24_cases()))
def test_node_24(case, tmp_path):
    compare(case, run_node(case, tmp_path / "task", 24))


def test_there_are_enough_of_them():
    for cases in (PYTHON, list(node_cases()), list(node_24_cases())):
        assert len({case.name for case in cases}) == len(cases) >= 250
