from __future__ import annotations

from pathlib import Path

import pytest

from hpm_engine import BadQuery
from hpm_engine.mcp.asker import Askers
from hpm_engine.values.visibility import Reader


@pytest.mark.parametrize(
    ("text", "reader"),
    [
        ("agent:codex", Reader("codex", "")),
        ("project:shop", Reader("", "shop")),
        ('project:"my shop" agent:claude-code', Reader("claude-code", "my shop")),
    ],
)
def test_who_asks_is_read_from_the_command_line(text: str, reader: Reader) -> None:
    assert Reader.parse(text) == reader
    askers = Askers(reader, Path("/home/mira/code/zoo"), {})
    asker = askers.asker("somebody else", {})
    assert (asker.reader, asker.client, asker.folder) == (reader, "somebody else", "")


@pytest.mark.parametrize("text", ["", "codex", "agent:", "agent:a agent:b", "agent:a rest", "x:y"])
def test_what_does_not_say_who_asks_is_refused(text: str) -> None:
    with pytest.raises(BadQuery, match="does not say who asks"):
        Reader.parse(text)


def test_else_the_client_and_its_folder_say_it() -> None:
    askers = Askers(None, Path("/home/mira/code/zoo"), {"CLAUDE_CODE_SESSION_ID": "s1"})
    asker = askers.asker("claude\u202e-code\x1b" + "x" * 100, {})
    assert asker.reader.project == "zoo"
    assert asker.folder == "/home/mira/code/zoo"
    assert (asker.session, asker.into) == ("s1", "s1")
    assert not set(asker.client) & {"\u202e", "\x1b"}
    assert len(asker.client) == 64
    nobody = Askers(None, Path("/home/mira"), {}).asker("", {})
    assert (nobody.reader, nobody.into) == (Reader("", ""), "an agent")
