"""The protocol's own conformance suite and its Inspector; `packaging/conformance.sh` runs them.

The suite knows servers on HTTP alone. So it asks this server's own protocol object over a loopback
address, which nothing outside this file does.
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hpm_engine import open_memory
from tests.support.command_runs import PROGRAM
from tests.support.shop import CUE, shop

_NODE = Path(os.environ.get("HPM_NODE", "")).absolute() / "node_modules" / ".bin"
_SECONDS = 120.0
# What the suite cannot look at here: three tools that only its own sample server has, and lists of
# resources, of which there are none.
_NOT_LOOKED_AT = {
    "sep-2575-server-rejects-undeclared-capability",
    "sep-2575-missing-capability-http-400",
    "sep-2575-http-server-no-independent-requests-on-stream",
    "sep-2575-server-no-log-without-loglevel",
    "sep-2549-resources-list-caching-hints",
    "sep-2549-resources-templates-list-caching-hints",
}
_SCENARIOS = {  # with how many checks each has
    "server-stateless": 25,
    "server-initialize": 3,
    "tools-list": 3,
    "prompts-list": 2,
    "caching": 7,
    "ping": 2,
    "sep-2164-resource-not-found": 4,
}

pytestmark = pytest.mark.skipif(
    "HPM_NODE" not in os.environ,
    reason="HPM_NODE names no folder with Node 22 and the suite: see packaging/conformance.sh",
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("agents") / "shop.hpm"
    with open_memory(path, create=True) as memory:
        shop(memory)
        memory.recall.prepare()
    return path


@pytest.fixture(scope="module")
def address(store: Path) -> Iterator[str]:
    """The server's protocol object on a loopback address."""
    import uvicorn

    from hpm_engine.mcp.server import AgentServer, Setting

    app = AgentServer(Setting(store), store.parent).protocol().streamable_http_app()
    host = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=host.run, daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not host.started:
        assert time.monotonic() < until
        time.sleep(0.05)
    port = host.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}/mcp"
    host.should_exit = True
    thread.join(10)


def node(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """A program of Node's, at home in a folder of its own."""
    places = os.pathsep.join((str(_NODE), os.environ["PATH"]))
    environment = os.environ | {"PATH": places, "HOME": str(folder)}
    program, *arguments = command
    return subprocess.run(
        [str(_NODE / program), *arguments],
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        env=environment,
        cwd=Path(__file__).parents[3],
    )


@pytest.mark.parametrize("scenario", sorted(_SCENARIOS))
@pytest.mark.filterwarnings("default")
def test_the_conformance_suite_is_content(scenario: str, address: str, tmp_path: Path) -> None:
    results = tmp_path / "results"
    arguments = ("--url", address, "--scenario", scenario, "-o", str(results))
    ended = node(tmp_path, "conformance", "server", *arguments)
    [file] = results.rglob("checks.json")
    checks: list[dict[str, Any]] = json.loads(file.read_text("utf-8"))
    status = {check["id"]: check["status"] for check in checks}
    assert len(checks) >= _SCENARIOS[scenario] - 2, ended.stdout[-2000:]
    failed = {
        name
        for name, each in status.items()
        if each not in ("SUCCESS", "INFO", "WARNING", "SKIPPED")
    }
    assert failed <= _NOT_LOOKED_AT, ended.stdout[-3000:]
    assert "SUCCESS" in status.values()


def test_the_inspector_finds_every_tool_portable(store: Path, tmp_path: Path) -> None:
    server = [*PROGRAM, "mcp", str(store)]
    asked = ("mcp-inspector", "--cli", "--method", "tools/list", "--strict", "--", *server)
    ended = node(tmp_path, *asked)
    assert ended.returncode == 0, ended.stderr
    names = [tool["name"] for tool in json.loads(ended.stdout)["tools"]]
    assert names[:3] == ["recall", "read_steps", "find"]
    call = ("--method", "tools/call", "--tool-name", "recall", "--tool-arg", f"about={CUE}")
    ended = node(tmp_path, "mcp-inspector", "--cli", *call, "--", *server)
    assert ended.returncode == 0, ended.stderr
    assert "basket" in json.loads(ended.stdout)["content"][0]["text"]


def test_node_is_as_new_as_the_suite_needs(tmp_path: Path) -> None:
    version = node(tmp_path, "node", "--version").stdout
    assert int(version.removeprefix("v").partition(".")[0]) >= 22, version
