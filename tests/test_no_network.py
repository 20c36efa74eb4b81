"""Nothing that runs opens a network connection: not the engine, the command line, the window."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

# Runs before anything else in the process: each use of an internet socket ends it with status 97.
_GUARD = """
import os, socket, sys

def refuse(event, arguments):
    if event == "socket.__new__" and arguments[1] in (socket.AF_INET, socket.AF_INET6):
        stop(event, arguments)
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.bind"):
        if not isinstance(arguments[-1], (str, bytes)) or event != "socket.connect":
            stop(event, arguments)

def stop(event, arguments):
    sys.stderr.write(f"network: {event} {arguments}\\n")
    os._exit(97)

sys.addaudithook(refuse)
"""
# Native code asks no audit hook, so the kernel is asked what the process holds at its end.
_HELD = """
def internet_sockets():
    import pathlib
    held = {os.readlink(f"/proc/self/fd/{n}") for n in os.listdir("/proc/self/fd")
            if os.path.exists(f"/proc/self/fd/{n}")}
    lines = [line for name in ("tcp", "tcp6", "udp", "udp6")
             for line in pathlib.Path(f"/proc/net/{name}").read_text().splitlines()[1:]]
    return [line for line in lines if f"socket:[{line.split()[9]}]" in held]
"""
_AT_THE_END = """
if sys.platform.startswith("linux") and internet_sockets():
    sys.stderr.write("network: a socket is open\\n")
    os._exit(97)
"""


def run(body: str, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "QT_QPA_PLATFORM": "offscreen",
        "HPM_CONFIG_DIR": str(folder / "config"),
        "HOME": str(folder),
    }
    return subprocess.run(
        [sys.executable, "-c", _GUARD + _HELD + body + _AT_THE_END, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        env=environment,
        cwd=Path(__file__).parents[1],
    )


@pytest.mark.parametrize(
    "attempt",
    [
        "socket.create_connection(('127.0.0.1', 9), timeout=1)",
        "import urllib.request; urllib.request.urlopen('http://localhost:9/')",
        "kept = socket.socket()",
    ],
)
def test_the_guard_notices_a_connection(attempt: str, tmp_path: Path) -> None:
    assert run(attempt + "\n", folder=tmp_path).returncode == 97


def test_the_command_line_opens_no_socket(tmp_path: Path) -> None:
    store = str(tmp_path / "s.hpm")
    body = """
from hpm_engine.cli import main
for words in (["sample", STORE], ["episodes", STORE], ["discover"], ["doctor", STORE, "--check"],
              ["audit", STORE, "--verify"], ["show", STORE, "1"]):
    sys.argv = ["hpm", *words]
    try:
        main()
    except SystemExit as end:
        assert not end.code, (words, end.code)
""".replace("STORE", repr(store))
    ended = run(body, folder=tmp_path)
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert "network:" not in ended.stderr


def test_the_server_for_agents_opens_no_socket(tmp_path: Path) -> None:
    """But the pair of connected ones, without an address, by which asyncio wakes itself."""
    body = f"""
import socket
class Refused(socket.socket):
    def __init__(self, family=-1, type=-1, proto=-1, fileno=None):
        if fileno is None:
            stop("a socket", (family,))
        super().__init__(family, type, proto, fileno)
socket.socket = Refused

import json, threading
from hpm_engine import open_memory
with open_memory({str(tmp_path / "s.hpm")!r}, create=True):
    pass
asking, answering = os.pipe(), os.pipe()
os.dup2(asking[0], 0)
said = os.dup(1)
os.dup2(answering[1], 1)
meta = {{
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {{}},
}}
def ask(number, method, **params):
    params["_meta"] = meta
    message = {{"jsonrpc": "2.0", "id": number, "method": method, "params": params}}
    os.write(asking[1], json.dumps(message).encode() + bytes([10]))
ask(1, "tools/list")
ask(2, "tools/call", name="recall", arguments={{"about": "a task"}})

def look():
    with os.fdopen(answering[0], "rb") as answers:
        first, second = json.loads(answers.readline()), json.loads(answers.readline())
        if first["result"]["tools"] and "Nothing was recalled" in str(second):
            os.write(said, b"served")
        if sys.platform.startswith("linux") and internet_sockets():
            os._exit(97)
        os.close(asking[1])
threading.Thread(target=look).start()

from hpm_engine.cli import main
sys.argv = ["hpm", "mcp", {str(tmp_path / "s.hpm")!r}]
main()
"""
    ended = run(body, folder=tmp_path)
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert ended.stdout == "served"


def test_the_window_opens_no_socket(tmp_path: Path) -> None:
    from hpm_engine.evaluation.generated_traces import TraceMaker

    trace = tmp_path / "t.jsonl"
    trace.write_bytes(b"".join(TraceMaker(2).session(1, 10, 40)))
    body = f"""
from app.__main__ import main
assert main([{str(tmp_path / "s.hpm")!r}, "--measure-import", {str(trace)!r}]) == 0
assert main([{str(tmp_path / "s.hpm")!r}, "--screenshots", {str(tmp_path / "shots")!r}]) == 0
"""
    ended = run(body, folder=tmp_path)
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert list((tmp_path / "shots").glob("*.png"))
