"""What ./dev bench measures: parts of scenarios, each a run of bench/load against some servers."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Scenario:
    """One row of a table: the same load on each server; costs relative to `reference`."""
    key: str
    title: str
    mode: str
    options: tuple
    servers: tuple
    reference: str


@dataclasses.dataclass(frozen=True)
class Part:
    """Scenarios of one table. `kind` picks how they are counted and shown (report.py)."""
    name: str
    about: str
    scenarios: tuple
    kind: str = "cost"
    rounds_max: int = 1000


def _row(key, title, mode, servers, reference, **options):
    words = tuple(word for name, value in options.items() for word in ("--" + name, str(value)))
    return Scenario(key, title, mode, words, servers, reference)


REST_SECONDS = 5  # of the memory part
PEERS = ("gatehouse", "uws", "bun", "uws again")
ECHO = ("gatehouse", "echo floor", "bun", "bun again")
IDLE = {"connections": 1000, "more": 15000}
STALLED = {"connections": 500, "messages": 1000}

PARTS = (
    Part("broadcast", "one text of 128 bytes from a client to everybody", (
        _row("b100", "to 100", "broadcast", PEERS, "uws", connections=100),
        _row("b1000", "to 1,000", "broadcast", PEERS + ("gatehouse, debug", "send floor"), "uws",
             connections=1000),
        _row("b10000", "to 10,000", "broadcast", PEERS + ("send floor",), "uws",
             connections=10000),
        _row("burst", "bursts of 8 to 1,000", "broadcast", PEERS + ("gatehouse, debug",), "uws",
             connections=1000, depth=8),
        _row("churned", "to 10,000, after churn", "broadcast", ("gatehouse", "uws", "send floor"),
             "uws", connections=10000, churn=3),
    )),
    Part("chat", "the chat's sendMessage to 1,000: a scan of the table, then posts", (
        _row("chat", "sendMessage to 1,000", "broadcast", ("chat", "gatehouse", "chat, debug"),
             "gatehouse", connections=1000),
    )),
    Part("echo", "100 connections; a route, an in-process handler, its route response", (
        _row("e1", "64 B, depth 1", "echo", ECHO + ("gatehouse, debug",), "bun",
             connections=100, bytes=64),
        _row("e1k", "1 KiB, depth 1", "echo", ECHO, "bun", connections=100, bytes=1024),
        _row("e16", "64 B, depth 16", "echo",
             ("gatehouse", "echo floor", "bun", "floor again", "gatehouse, debug"), "echo floor",
             connections=100, bytes=64, depth=16),
        _row("e16k", "1 KiB, depth 16", "echo",
             ("gatehouse", "echo floor", "bun", "floor again"), "echo floor",
             connections=100, bytes=1024, depth=16),
    )),
    Part("connect", "connect, handshake, reset; 32 at a time", (
        _row("connect", "connect", "connect", PEERS, "uws", depth=32),
    )),
    Part("post", "POST @connections, 64 connections to 1,000; unsigned unless said", (
        _row("post", "128 B", "post",
             ("gatehouse", "post floor", "post floor again", "gatehouse, debug"), "post floor",
             connections=1000, senders=64),
        _row("signed", "128 B, signed by a role that may", "post", ("gatehouse",), "gatehouse",
             connections=1000, senders=64, lender="bench-lender"),
    )),
    Part("memory", "anonymous memory from 1,000 to 15,000 idle connections, then 5 s of rest", (
        _row("idle", "no $connect integration", "idle", ("gatehouse", "uws", "bun"), "uws", **IDLE),
        _row("idle_chat", "the chat's row on disk", "idle", ("chat",), "chat", **IDLE),
    ), "memory", 1),
    Part("stalled", "1,000 broadcasts of 64 KB to 500 readers, beside 500 that never read", (
        _row("with", "500 stalled", "stalled", ("gatehouse",), "gatehouse", stalled=500, **STALLED),
        _row("without", "none stalled", "stalled", ("gatehouse",), "gatehouse", stalled=0,
             **STALLED),
    ), "stalled", 2),
)

# A chat server is asked by another action than bench/bench.yaml.
ACTIONS = {"chat": "sendMessage", "chat, debug": "sendMessage"}
