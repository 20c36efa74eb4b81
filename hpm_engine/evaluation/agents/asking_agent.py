"""An agent of the benchmarks: it starts the server as agents do, and asks it."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from hpm_engine.system.own_process import interpreter

_PROGRAM = (interpreter(), "-c", "from hpm_command import main; main()")
_KEY = "io.modelcontextprotocol/"
_ENVELOPE = {
    _KEY + "protocolVersion": "2026-07-28",
    _KEY + "clientInfo": {"name": "hpm bench", "version": "1"},
    _KEY + "clientCapabilities": {},
}
_ENDS_WITHIN = 30.0  # s


class AskingAgent(AbstractContextManager["AskingAgent"]):
    """One agent with a server of its own, which ends with the block."""

    def __init__(self, store: Path, bytecode: Path) -> None:
        """``bytecode`` is a folder for what Python keeps of modules, as installed programs have it.

        The server works in the store's folder.
        """
        self._number = 0
        self._server = subprocess.Popen(
            [*_PROGRAM, "mcp", str(store)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=store.parent,
            env=with_bytecode(bytecode),
        )

    def ask(self, method: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The reply to a request; raises ``AssertionError`` if it is none."""
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._number += 1
        fields = dict(params or {}) | {"_meta": _ENVELOPE}
        message = {"jsonrpc": "2.0", "id": self._number, "method": method, "params": fields}
        self._server.stdin.write(json.dumps(message).encode() + b"\n")
        self._server.stdin.flush()
        line = self._server.stdout.readline()
        if not line:
            assert self._server.stderr is not None
            raise AssertionError(f"the server ended: {self._server.stderr.read()[-2000:]!r}")
        reply: dict[str, Any] = json.loads(line)
        if reply.get("id") != self._number:
            raise AssertionError(f"another reply was expected: {line[:200]!r}")
        return reply

    def recall(self, cue: str) -> tuple[str, bool]:
        """The text of an answer, and whether it is one, not an error."""
        call = {"name": "recall", "arguments": {"about": cue, "scope": "everywhere"}}
        reply = self.ask("tools/call", call)
        result = reply.get("result", {})
        text = "".join(content["text"] for content in result.get("content", ()))
        return text, "result" in reply and not result.get("isError")

    @property
    def processor(self) -> float | None:
        """Seconds of the processor that the server took so far; ``None`` but on Linux."""
        file = Path(f"/proc/{self._server.pid}/stat")
        if not file.exists():
            return None
        user, system = file.read_text().rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def end(self) -> float:
        """End the server's input; seconds until it is gone."""
        assert self._server.stdin is not None
        started = time.perf_counter()
        self._server.stdin.close()
        self._server.wait(_ENDS_WITHIN)
        return time.perf_counter() - started

    def __exit__(self, *_: object) -> None:
        """The server is gone, however the block ended."""
        self._server.kill()
        self._server.wait()
        for stream in (self._server.stdin, self._server.stdout, self._server.stderr):
            if stream is not None:
                stream.close()


def with_bytecode(folder: Path) -> dict[str, str]:
    """An environment in which Python keeps what it has compiled in a folder."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPYCACHEPREFIX": str(folder)}
