"""README.md's commands as one script, in the order in which a reader meets them."""

import os
import pathlib
import re
import subprocess

from harness import BINARY, ROOT

AWS = pathlib.Path("/usr/bin/aws")
BLOCK = re.compile(r"^```bash\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks():
    """Those that a reader runs against a running gatehouse; what starts one is marked sh."""
    return BLOCK.findall((ROOT / "README.md").read_text())


def run(script, folder, **variables):
    """Runs it in a fresh shell, with this build's gatehouse and Debian's AWS CLI on the PATH."""
    (folder / "examples").symlink_to(ROOT / "examples")
    (folder / "home").mkdir()
    path = f"{BINARY.parent}:/usr/bin:/bin"
    environment = {"PATH": path, "HOME": str(folder / "home"), "LANG": "C.UTF-8",
                   "AWS_PAGER": "", "XDG_RUNTIME_DIR": os.environ["XDG_RUNTIME_DIR"],
                   "XDG_DATA_HOME": os.environ["XDG_DATA_HOME"], **variables}
    return subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=folder, env=environment,
                          capture_output=True, text=True, timeout=100, check=False)
