"""Fixtures for clients that are not ours; see tests/harness.py."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
pytest.register_assert_rewrite("chat_scenario", "harness", "readme")

# pylint: disable=wrong-import-position,unused-import
from harness import (environment, gatehouse, pytest_pyfunc_call,  # noqa: E402,F401
                     pytest_runtest_makereport, start_gatehouse, tls)
from spec_rows import handler  # noqa: E402,F401
