"""Runs the scripts of this folder; they find npm's packages by NODE_PATH."""

import pathlib
import shutil
import subprocess

import pytest

FOLDER = pathlib.Path(__file__).resolve().parent
NODE = shutil.which("node")


def run_node(script, *arguments):
    """The lines that it prints."""
    if not NODE:
        pytest.fail("no node here (package nodejs)")
    result = subprocess.run([NODE, FOLDER / script, *arguments], capture_output=True, text=True,
                            timeout=60, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout.splitlines()
