from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hpm_engine import __version__, open_memory
from hpm_engine.mcp.wire import LONGEST_LINE
from tests.support.agent_clients import HANDSHAKES, NEWEST, AgentClient, served
from tests.support.shop import CUE, shop

DIALOGUES = Path(__file__).parent / "dialogues"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled(tmp_path_factory.mktemp("agents") / "shop.hpm")


def filled(path: Path) -> Path:
    """A store with five prepared episodes."""
    with open_memory(path, create=True) as memory:
        shop(memory)
        memory.recall.prepare()
    return path


def test_the_newest_revision_needs_no_handshake(store: Path) -> None:
    with served(store) as client:
        found = client.ask("server/discover")["result"]
        assert found["supportedVersions"] == [NEWEST]
        assert found["resultType"] == "complete"
        assert set(found["capabilities"]) == {"tools", "prompts"}
        listed = client.ask("tools/list")["result"]
        assert [tool["name"] for tool in listed["tools"]] == [
            "recall",
            "read_steps",
            "find",
            "propose_note",
        ]
        assert (listed["cacheScope"], listed["ttlMs"] > 0) == ("public", True)
        assert client.ask("tools/list")["result"] == listed
        assert "basket" in client.call("recall", about=CUE)


@pytest.mark.parametrize("revision", HANDSHAKES)
def test_each_earlier_revision_is_spoken_with_its_handshake(store: Path, revision: str) -> None:
    with served(store, revision=revision) as client:
        tools = client.ask("tools/list")["result"]["tools"]
        assert [tool["name"] for tool in tools] == ["recall", "read_steps", "find", "propose_note"]
        assert "basket" in client.call("recall", about=CUE)
        assert client.ask("ping")["result"] == {}
    with served(store, revision=NEWEST) as client:
        client.revision = revision  # the handshake itself, looked at
        answer = client.begin()["result"]
        assert answer["protocolVersion"] == revision
        assert answer["serverInfo"]["name"] == "hpm"


def test_an_unknown_revision_is_refused_with_those_that_are_known(store: Path) -> None:
    with served(store) as client:
        meta = client.envelope | {"io.modelcontextprotocol/protocolVersion": "2031-01-01"}
        line = {"jsonrpc": "2.0", "id": 7, "method": "tools/list", "params": {"_meta": meta}}
        client.send(json.dumps(line).encode())
        error = client.reply()["error"]
        assert (error["code"], error["data"]["supported"]) == (-32022, [NEWEST])


@pytest.mark.parametrize("name", ["handshake", "stateless"])
def test_dialogues_are_as_recorded(name: str, tmp_path: Path, zone: Callable[[str], None]) -> None:
    """Each line is what the client sends ("> ") or what the server replies ("< ").

    With HPM_UPDATE_DOCS the replies are written anew.
    """
    zone("UTC")
    page = DIALOGUES / f"{name}.txt"
    lines = page.read_text("utf-8").splitlines()
    asked = [line for line in lines if line.startswith("> ")]
    spoken: list[str] = []
    with served(filled(tmp_path / "shop.hpm")) as client:
        for line in asked:
            spoken.append(line)
            client.send(line[2:].encode())
            if '"id":' in line:
                reply = client.line().decode().rstrip("\n")
                spoken.append("< " + reply.replace(f'"{__version__}"', '"VERSION"'))
    if os.environ.get("HPM_UPDATE_DOCS"):
        page.write_text("\n".join(spoken) + "\n", "utf-8")
        lines = spoken
    assert len(asked) >= 6
    assert spoken == lines


def test_the_sdks_own_client_is_served(store: Path) -> None:
    from mcp.client.client import Client

    from hpm_engine.mcp.server import AgentServer, Setting

    async def ask() -> tuple[list[str], str, Any]:
        server = AgentServer(Setting(store), Path("/home/mira/code/shop"))
        async with Client(server.protocol()) as client:
            listed = await client.list_tools()
            answer = await client.call_tool("recall", {"about": CUE})
            prompt = await client.get_prompt("recall", {"task": CUE})
            server._store.close()
            return [tool.name for tool in listed.tools], answer.content[0].text, prompt  # type: ignore[union-attr]

    names, text, prompt = anyio.run(ask)
    assert names == ["recall", "read_steps", "find", "propose_note"]
    assert "basket" in text
    assert "basket" in prompt.messages[0].content.text


def test_what_a_model_can_mend_is_a_result_and_what_a_client_must_an_error(store: Path) -> None:
    with served(store) as client:
        assert "`$.limit`" in client.failure("recall", about=CUE, limit=11)
        assert "`k`" in client.failure("recall", about=CUE, k=3)
        assert "`about`" in client.failure("recall")
        assert "nothing to recall" in client.failure("recall", about="  ")
        assert "no episode 999" in client.failure("read_steps", episode=999)
        assert "no step 900" in client.failure("read_steps", episode=1, first=900)
        assert "steps:" in client.failure("find", query="steps:many")
        assert client.ask("tools/call", {"name": "forget"})["error"]["code"] == -32602
        assert client.ask("prompts/get", {"name": "forget"})["error"]["code"] == -32602
        assert client.ask("resources/list")["error"]["code"] == -32601
        assert client.call("recall", about=CUE, limit="3")  # a number as text, as models write


def test_what_is_no_message_is_answered_and_the_next_is_served(store: Path) -> None:
    with served(store) as client:
        for line, number, code in (
            (b"{", None, -32700),
            (b"\xff\xfe", None, -32700),
            (b"[" * 100_000, None, -32700),
            (b'{"jsonrpc":"1.0","id":4,"method":"ping"}', 4, -32600),
            (b'{"jsonrpc":"2.0","id":"a","method":5}', "a", -32600),
            (b'[{"jsonrpc":"2.0","id":1,"method":"ping"}]', None, -32600),
            (b'"' + b"x" * (LONGEST_LINE + 1) + b'"', None, -32600),
        ):
            client.send(line)
            reply = client.reply()
            assert (reply["id"], reply["error"]["code"]) == (number, code), line[:40]
        client.send(b"")
        client.send(b"   \r")
        assert client.ask("tools/list")["result"]["tools"]


def test_a_line_of_just_the_longest_length_is_read(store: Path) -> None:
    with served(store) as client:
        meta = client.envelope | {"padding": ""}
        line = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": meta}}
        meta["padding"] = "x" * (LONGEST_LINE - len(json.dumps(line)))
        text = json.dumps(line).encode()
        assert len(text) == LONGEST_LINE
        client.send(text)
        assert client.reply()["result"]["tools"]
        client.send(text + b" ")
        assert client.reply()["error"]["code"] == -32600


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
_METHODS = st.sampled_from(
    ["tools/call", "tools/list", "prompts/get", "server/discover", "initialize", "ping",
     "notifications/cancelled", "notifications/progress", "subscriptions/listen", "x"]
)  # fmt: skip
_MESSAGES = st.fixed_dictionaries(
    {"jsonrpc": st.just("2.0") | _JSON},
    optional={
        "id": st.integers() | st.text(max_size=5) | _JSON,
        "method": _METHODS | _JSON,
        "params": st.fixed_dictionaries(
            {},
            optional={
                "name": st.sampled_from(["recall", "find", "read_steps"]) | _JSON,
                "arguments": st.dictionaries(
                    st.sampled_from(["about", "limit", "query", "cursor", "episode", "tokens"]),
                    _JSON,
                ),
                "_meta": _JSON,
                "requestId": _JSON,
                "progressToken": _JSON,
            },
        )
        | _JSON,
        "result": _JSON,
        "error": _JSON,
    },
)
_LINES = st.one_of(
    st.binary(max_size=200),
    _JSON.map(json.dumps).map(str.encode),
    _MESSAGES.map(json.dumps).map(str.encode),
)


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(lines=st.lists(_LINES, min_size=1, max_size=12), modern=st.booleans())
def test_no_line_stops_the_server_or_makes_it_say_anything_but_messages(
    store: Path, lines: list[bytes], modern: bool
) -> None:
    logging.disable(logging.CRITICAL)  # what the SDK says of bad lines is for standard error
    try:
        with served(store, revision=NEWEST if modern else HANDSHAKES[-1]) as client:
            for line in lines:
                client.send(line)
            _is_alive(client)
    finally:
        logging.disable(logging.NOTSET)


def _is_alive(client: AgentClient) -> None:
    """Its reply to a last question comes after replies that are messages, each of them."""
    client.revision, last = NEWEST, "the last question"
    line = {"jsonrpc": "2.0", "id": last, "method": "nothing/of/this/name", "params": {}}
    client.send(json.dumps(line).encode())
    while True:
        reply = client.reply()
        assert reply["jsonrpc"] == "2.0"
        assert ("result" in reply) + ("error" in reply) + ("method" in reply) == 1
        if reply.get("id") == last:
            return
