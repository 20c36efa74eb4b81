from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import anyio
import psutil
import pytest

from hpm_engine import open_memory
from tests.support.agent_clients import client_of, started
from tests.support.command_runs import PROGRAM
from tests.support.shop import CUE, shop

_GONE = 1.0  # seconds
# Runs at the start of Python, and makes noise once the server has taken its output.
_NOISE = """
import atexit, os, sys, threading, warnings
made = []
def hear(event, arguments):
    if event == "import" and arguments[0].split(".")[0] in ("mcp_types", "numpy", "sqlcipher3"):
        if arguments[0] not in made:
            made.append(arguments[0])
            print("plugin:", arguments[0], flush=True)
            os.write(1, b"plugin writes\\n")
            warnings.warn("plugin warns", DeprecationWarning)
            sys.__stdout__.write("plugin again\\n")
sys.addaudithook(hear)
atexit.register(print, "plugin ends")
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("agents") / "shop.hpm"
    with open_memory(path, create=True) as memory:
        shop(memory)
        memory.recall.prepare()
    return path


def writable(store: Path) -> bool:
    """Whether nothing holds the store any more."""
    with open_memory(store) as memory:
        memory.marks.set_pinned([1], True)
        memory.marks.set_pinned([1], False)
    return not list(store.parent.glob(f"{store.name}-*"))


def test_it_ends_with_its_input_and_holds_nothing(store: Path) -> None:
    with started(store) as process:
        client = client_of(process)
        assert "basket" in client.call("recall", about=CUE)
        assert psutil.Process(process.pid).children(recursive=True) == []
        before = time.monotonic()
        assert client.hang_up() == b""
        assert process.wait(10) == 0
        assert time.monotonic() - before < _GONE
    assert writable(store)


def test_it_ends_when_asked_to(store: Path) -> None:
    with started(store) as process:
        client = client_of(process)
        assert "basket" in client.call("recall", about=CUE)
        before = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert time.monotonic() - before < _GONE
    assert writable(store)


def test_it_is_gone_when_the_agent_was_killed(store: Path) -> None:
    agent = (
        "import subprocess, sys\n"
        f"server = subprocess.Popen({[*PROGRAM, 'mcp', str(store)]!r}, stdin=subprocess.PIPE,"
        " stdout=subprocess.PIPE)\n"
        f"server.stdin.write({_listing()!r}); server.stdin.flush()\n"
        "server.stdout.readline()\n"
        "print(server.pid, flush=True)\n"
        "server.wait()\n"
    )
    with subprocess.Popen([sys.executable, "-c", agent], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        server = psutil.Process(int(parent.stdout.readline()))
        assert server.is_running()
        parent.kill()
        parent.wait()
        before = time.monotonic()
        while server.is_running() and server.status() != psutil.STATUS_ZOMBIE:
            assert time.monotonic() - before < _GONE
            time.sleep(0.02)
    assert writable(store)


def test_it_ends_though_a_call_is_under_way_and_nobody_reads_its_answers(store: Path) -> None:
    with started(store) as process:
        assert process.stdin is not None
        client = client_of(process)
        client.call("find", query="basket")
        line = _listing()
        process.stdin.write(line * 200)  # more replies than the pipe takes
        client.request("tools/call", {"name": "recall", "arguments": {"about": CUE}})
        before = time.monotonic()
        process.stdin.close()
        assert process.wait(10) == 0
        assert time.monotonic() - before < _GONE
    assert writable(store)


def test_nothing_but_messages_comes_out_whatever_libraries_print(
    store: Path, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(_NOISE)
    noisy = {"PYTHONPATH": f"{tmp_path}{os.pathsep}{Path.cwd()}", "PYTHONUNBUFFERED": "1"}
    program = [sys.executable, "-W", "always", *PROGRAM[1:]]
    with started(store, program=program, environment=noisy) as process:
        client = client_of(process)
        assert "basket" in client.call("recall", about=CUE)
        assert client.hang_up() == b""
        assert process.stderr is not None
        said = process.stderr.read().decode()
        assert process.wait(10) == 0
    for noise in ("plugin: mcp_types", "plugin: numpy", "plugin writes", "plugin warns"):
        assert noise in said
    assert said.count("plugin again") >= 2


def test_the_sdks_own_client_starts_it(store: Path) -> None:
    from mcp.client.client import Client
    from mcp.client.stdio import StdioServerParameters, stdio_client

    server = StdioServerParameters(command=PROGRAM[0], args=[*PROGRAM[1:], "mcp", str(store)])

    async def ask() -> tuple[str, str, list[str]]:
        async with Client(stdio_client(server)) as client:
            listed = await client.list_tools()
            answer = await client.call_tool("recall", {"about": CUE})
            text = answer.content[0].text  # type: ignore[union-attr]
            return client.protocol_version, text, [tool.name for tool in listed.tools]

    revision, text, names = anyio.run(ask)
    assert revision == "2026-07-28"
    assert "basket" in text
    assert names[0] == "recall"


def test_a_store_that_is_not_there_is_told_of_and_waited_for(tmp_path: Path) -> None:
    store = tmp_path / "later.hpm"
    with started(store) as process:
        client = client_of(process)
        assert "hpm import" in client.failure("recall", about=CUE)
        with open_memory(store, create=True) as memory:
            shop(memory)
        assert "basket" in client.call("recall", about=CUE)
        assert client.hang_up() == b""


def test_the_tools_are_shown_without_a_store() -> None:
    command = [*PROGRAM, "mcp", "none.hpm", "--json"]
    shown = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert [tool["name"] for tool in shown["tools"]] == [
        "recall",
        "read_steps",
        "find",
        "propose_note",
    ]
    assert not Path("none.hpm").exists()


def _listing() -> bytes:
    meta = {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": {"name": "codex", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {},
    }
    line = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": meta}}
    return json.dumps(line).encode() + b"\n"
