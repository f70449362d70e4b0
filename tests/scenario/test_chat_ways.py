"""The same chat by C++ in gatehouse, by the C++ Lambda package and by Python: the same frames."""

import zipfile

import pytest
from chat_scenario import check_chat, check_id_on_connect
from harness import ROOT
from lambda_package import PACKAGE, template_of


def options_of(way, folder):
    if way == "cpp":
        return ()
    if way == "python":
        return (ROOT / "examples/chat/ws-starter-python.yaml",)
    if way == "lambda":
        return (template_of(PACKAGE, folder),)
    with zipfile.ZipFile(PACKAGE) as package:
        bootstrap = folder / package.extract("bootstrap", folder / "code")
    bootstrap.chmod(0o755)
    return (template_of(bootstrap.parent, folder),)


@pytest.mark.parametrize("way", ["cpp", "lambda", "python"])
async def test_frames(way, start_gatehouse, tmp_path):
    await check_chat(start_gatehouse(*options_of(way, tmp_path)))


@pytest.mark.parametrize("way", ["cpp", "lambda", "lambda-folder", "python"])
async def test_id_on_connect(way, start_gatehouse, tmp_path):
    options = options_of(way, tmp_path)
    await check_id_on_connect(start_gatehouse(*options, "--parameter", "SendIdOnConnect=true"))
