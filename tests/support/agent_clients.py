"""Agents that ask a store through the server: in this process, or as one of its own."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from hpm_engine.mcp.server import AgentServer, Setting
from hpm_engine.mcp.wire import Wire
from tests.support.command_runs import PROGRAM

NEWEST = "2026-07-28"
HANDSHAKES = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")
FOLDER = Path("/home/mira/code/shop")
_KEY = "io.modelcontextprotocol/"


class AgentClient:
    """One side of a dialogue: what is sent is a line, and so is what comes back."""

    def __init__(self, sink: BinaryIO, source: BinaryIO, name: str, revision: str) -> None:
        self._sink = sink
        self._source = source
        self._number = 0
        self.name = name
        self.revision = revision

    @property
    def envelope(self) -> dict[str, Any]:
        """What each request of the newest revision carries."""
        client = {"name": self.name, "version": "1"}
        return {
            _KEY + "protocolVersion": NEWEST,
            _KEY + "clientInfo": client,
            _KEY + "clientCapabilities": {},
        }

    def send(self, line: bytes) -> None:
        self._sink.write(line + b"\n")
        self._sink.flush()

    def line(self) -> bytes:
        """The next line that the server writes, whole."""
        line = self._source.readline()
        assert line.endswith(b"\n"), line
        return line

    def reply(self) -> Any:
        return json.loads(self.line())

    def begin(self) -> Any:
        """The handshake of an earlier revision; the server's answer."""
        client = {"name": self.name, "version": "1"}
        fields = {"protocolVersion": self.revision, "capabilities": {}, "clientInfo": client}
        reply = self.ask("initialize", fields)
        self.send(b'{"jsonrpc":"2.0","method":"notifications/initialized"}')
        return reply

    def request(self, method: str, params: Mapping[str, Any] | None = None, **meta: Any) -> int:
        """Send a request; its number."""
        self._number += 1
        fields = dict(params or {})
        whole = meta | (self.envelope if self.revision == NEWEST else {})
        if whole:
            fields["_meta"] = whole
        message = {"jsonrpc": "2.0", "id": self._number, "method": method, "params": fields}
        self.send(json.dumps(message).encode())
        return self._number

    def ask(self, method: str, params: Mapping[str, Any] | None = None, **meta: Any) -> Any:
        """A request and its reply."""
        number = self.request(method, params, **meta)
        reply = self.reply()
        assert reply["id"] == number, reply
        return reply

    def call(self, tool: str, **given: Any) -> str:
        """A tool's answer, which is no error."""
        result = self.ask("tools/call", {"name": tool, "arguments": given})["result"]
        assert not result.get("isError"), result
        return text_of(result)

    def failure(self, tool: str, **given: Any) -> str:
        """What a tool says to a call that a model can mend."""
        result = self.ask("tools/call", {"name": tool, "arguments": given})["result"]
        assert result["isError"] is True, result
        return text_of(result)

    def hang_up(self) -> bytes:
        """End the input; what the server still says until it has ended."""
        self._sink.close()
        return self._source.read()


def text_of(result: Mapping[str, Any]) -> str:
    """The text of a result, which has nothing else."""
    assert "structuredContent" not in result
    [content] = result["content"]
    assert content["type"] == "text"
    text: str = content["text"]
    return text


@contextmanager
def served(
    store: Path,
    *,
    name: str = "codex",
    revision: str = NEWEST,
    folder: Path = FOLDER,
    **setting: Any,
) -> Iterator[AgentClient]:
    """A server in a thread of this process, and its client."""
    to_server, from_server = os.pipe(), os.pipe()
    server = AgentServer(Setting(store, **setting), folder)
    wire = Wire(to_server[0], from_server[1])

    def run() -> None:
        try:
            asyncio.run(server.run(wire, lambda: None))
        finally:
            os.close(to_server[0])
            os.close(from_server[1])

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    with open(to_server[1], "wb") as sink, open(from_server[0], "rb") as source:
        client = AgentClient(sink, source, name, revision)
        if revision != NEWEST:
            client.begin()
        yield client
        if not sink.closed:
            assert client.hang_up() == b""
    thread.join(10)
    assert not thread.is_alive()


def started(
    store: Path,
    *options: str,
    program: Sequence[str] = PROGRAM,
    environment: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """A server as a process of its own."""
    pipe = subprocess.PIPE
    environment = os.environ | (environment or {})
    command = [*program, "mcp", str(store), *options]
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment)


def client_of(process: subprocess.Popen[bytes], revision: str = NEWEST) -> AgentClient:
    """The client of a server that is a process."""
    assert process.stdin is not None
    assert process.stdout is not None
    return AgentClient(process.stdin, process.stdout, "codex", revision)
