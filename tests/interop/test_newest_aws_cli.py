"""Every command of README.md, in order, by the newest AWS CLI v1 from PyPI."""

import pathlib
import sys

from readme import aftermath, blocks, run


def test_readme_word_for_word(start_gatehouse, tmp_path):
    server = start_gatehouse("--empty")
    folder = tmp_path / "reader"
    folder.mkdir()
    commands = blocks()
    commands[0] = f'eval "$(gatehouse env --port {server.port})"\n'
    clients = pathlib.Path(sys.executable).parent
    aftermath(run("\n".join(commands), folder, clients=clients), folder)
