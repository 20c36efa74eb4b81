"""An agent's settings get what is ours, and get back every byte that was theirs."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hpm_engine.connecting.agents import AGENTS
from hpm_engine.connecting.connection import Connections
from hpm_engine.connecting.entries import hook_entries, is_ours
from hpm_engine.connecting.json_text import NotStrictJSON, parsed
from hpm_engine.connecting.settings_text import (
    holds,
    missing_containers,
    with_entries,
    without_empty,
    without_ours,
)
from hpm_engine.errors import CannotWrite, NotFound

_OTHERS = {
    "permissions": {"allow": ["Bash(git:*)"], "deny": []},
    "hooks": {
        "SessionStart": [{"hooks": [{"type": "command", "command": "echo hello"}]}],
        "PreToolUse": [
            {"matcher": "Bash", "hooks": [{"type": "command", "command": "guard", "timeout": 3}]}
        ],
    },
    "env": {"N": 1.50, "É": "ü", "big": 12345678901234567890},
}
_MANY = {f"key{number}": {"text": "x" * 100, "list": list(range(20))} for number in range(11_000)}
_SETTINGS = {
    "empty object": b"{}",
    "object on two lines": b"{\n}\n",
    "space within": b"{   }",
    "empty file": b"",
    "blank lines": b"\n\n",
    "two spaces": json.dumps(_OTHERS, indent=2).encode(),
    "four spaces": json.dumps(_OTHERS, indent=4).encode() + b"\n",
    "tabs": json.dumps(_OTHERS, indent="\t").encode() + b"\n",
    "one line": json.dumps(_OTHERS).encode(),
    "tight": json.dumps(_OTHERS, separators=(",", ":")).encode() + b"\n",
    "letters as they are": json.dumps(_OTHERS, indent=2, ensure_ascii=False).encode(),
    "byte order mark": b"\xef\xbb\xbf" + json.dumps(_OTHERS, indent=2).encode(),
    "carriage returns": json.dumps(_OTHERS, indent=2).replace("\n", "\r\n").encode(),
    "no hooks": b'{\n  "model": "opus"\n}\n',
    "hooks empty": b'{\n  "hooks": {}\n}\n',
    "event empty": b'{\n  "hooks": {\n    "SessionStart": []\n  }\n}\n',
    "event empty, on one line": b'{"hooks": {"SessionStart": [ ]}}',
    "numbers as spelt": b'{"a": 1.0, "b": 1e5, "c": -0.0, "d": 100000000000000000000000}',
    "escapes as spelt": b'{"a": "\\u00e9\\/", "hooks": {"Stop": []}}',
    "half a character": b'{"a": "\\ud83d"}',
    "odd layout": b'{ "a":1\n , "hooks" :{ "Stop":[\n\n]\n}}',
    "servers of others": b'{"mcpServers": {"other": {"command": "x", "args": []}}}',
    "text like ours": b'{"note": "hpm_engine.hook is fine to mention"}',
    "brackets in texts": b'{"a": "}]{[\\"", "hooks": {"Stop": [{"hooks": []}]}}',
    "two megabytes": json.dumps(_MANY, indent=2).encode(),
}
_UNREADABLE = {
    "comments": b'{\n  // mine\n  "hooks": {}\n}\n',
    "comma at the end": b'{"hooks": {},}',
    "cut": b'{"hooks": {"Sess',
    "key twice": b'{"hooks": {}, "hooks": {"Stop": []}}',
    "no object": b"[1, 2]",
    "hooks a list": b'{"hooks": []}',
    "event an object": b'{"hooks": {"SessionStart": {}}}',
    "no UTF-8": b'{"a": "\xff"}',
    "too deep": b'{"a": ' + b"[" * 5000 + b"]" * 5000 + b"}",
}


class Recorder:
    """Stands for an agent's own command: what it was called with."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, ...]] = []

    def __call__(self, words: Sequence[str], folder: Path | None) -> str:
        self.calls.append(tuple(words))
        return ""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HPM_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "home" / ".claude").mkdir(parents=True)
    return tmp_path / "home"


def _connections(home: Path) -> Connections:
    return Connections(home, {"PATH": ""}, Recorder())


@pytest.mark.parametrize("name", _SETTINGS)
@pytest.mark.parametrize("agent", ["claude-code", "gemini"])
def test_twice_is_once_and_disconnecting_gives_the_bytes_back(
    home: Path, tmp_path: Path, name: str, agent: str
) -> None:
    path = home / (".claude" if agent == "claude-code" else ".gemini") / "settings.json"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(_SETTINGS[name])
    path.chmod(0o640)
    connections = _connections(home)
    store = tmp_path / "my store.hpm"
    connections.connect(connections.plan(agent, store))
    after = path.read_bytes()
    assert b"hpm_engine.hook" in after and str(store).encode() in after
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert not [file for file in connections.plan(agent, store).files if file.changes]
    assert connections.connect(connections.plan(agent, store)).changed == ()
    assert path.read_bytes() == after
    assert connections.disconnect(agent).changed == (str(path),)
    assert path.read_bytes() == _SETTINGS[name]
    assert [file.name for file in path.parent.iterdir()] == ["settings.json"]
    assert connections.receipt(agent) is None


@pytest.mark.parametrize("name", _UNREADABLE)
def test_what_cannot_be_understood_is_left_alone_with_a_snippet(
    home: Path, tmp_path: Path, name: str
) -> None:
    path = home / ".claude" / "settings.json"
    path.write_bytes(_UNREADABLE[name])
    connections = _connections(home)
    with pytest.raises(CannotWrite, match="Nothing was changed") as caught:
        connections.connect(connections.plan("claude-code", tmp_path / "my.hpm"))
    text = str(caught.value)
    assert str(path) in text
    by_hand = json.loads(text[text.index("\n{") :])
    assert set(by_hand["hooks"]) == {"SessionStart", "UserPromptSubmit", "Stop", "SessionEnd"}
    assert path.read_bytes() == _UNREADABLE[name]
    assert [file.name for file in path.parent.iterdir()] == ["settings.json"]


def test_a_link_stays_a_link_and_a_private_file_private(home: Path, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles" / "claude.json"
    real.parent.mkdir()
    real.write_bytes(_SETTINGS["tabs"])
    real.chmod(0o600)
    path = home / ".claude" / "settings.json"
    path.symlink_to(real)
    connections = _connections(home)
    report = connections.connect(connections.plan("claude-code", tmp_path / "my.hpm"))
    assert path.is_symlink() and b"hpm_engine.hook" in real.read_bytes()
    assert stat.S_IMODE(real.stat().st_mode) == 0o600
    assert Path(report.backups[0]).read_bytes() == _SETTINGS["tabs"]
    assert stat.S_IMODE(Path(report.backups[0]).stat().st_mode) == 0o600
    connections.disconnect("claude-code")
    assert path.is_symlink() and real.read_bytes() == _SETTINGS["tabs"]


def test_a_read_only_file_is_not_replaced(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = home / ".claude" / "settings.json"
    path.write_bytes(_SETTINGS["tabs"])
    path.chmod(0o444)
    # Whoever is root may write everywhere: what the file allows is asked for here.
    monkeypatch.setattr(os, "access", lambda path, mode: bool(os.stat(path).st_mode & 0o200))
    connections = _connections(home)
    with pytest.raises(CannotWrite, match="read-only"):
        connections.connect(connections.plan("claude-code", tmp_path / "my.hpm"))
    assert path.read_bytes() == _SETTINGS["tabs"]
    assert len(list(path.parent.iterdir())) == 1


def test_a_change_made_between_plan_and_write_is_not_lost(home: Path, tmp_path: Path) -> None:
    path = home / ".claude" / "settings.json"
    path.write_bytes(b'{"a": 1}')
    connections = _connections(home)
    plan = connections.plan("claude-code", tmp_path / "my.hpm")
    path.write_bytes(b'{"a": 2}')
    with pytest.raises(CannotWrite, match="another program"):
        connections.connect(plan)
    assert path.read_bytes() == b'{"a": 2}'
    assert len(list(path.parent.iterdir())) == 1


def test_changes_of_others_stay_when_ours_go(home: Path, tmp_path: Path) -> None:
    path = home / ".claude" / "settings.json"
    path.write_bytes(json.dumps(_OTHERS, indent=2).encode())
    connections = _connections(home)
    connections.connect(connections.plan("claude-code", tmp_path / "my.hpm"))
    value = json.loads(path.read_bytes())
    value["model"] = "opus"
    value["hooks"]["Stop"][0]["hooks"].append({"type": "command", "command": "mine"})
    path.write_bytes(json.dumps(value, indent=2).encode())
    connections.disconnect("claude-code")
    left = json.loads(path.read_bytes())
    assert left.pop("model") == "opus"
    stop = left["hooks"].pop("Stop")
    assert [hook["command"] for group in stop for hook in group["hooks"]] == ["mine"]
    assert left == _OTHERS


def test_another_store_takes_the_place_of_the_first(home: Path, tmp_path: Path) -> None:
    path = home / ".claude" / "settings.json"
    path.write_bytes(_SETTINGS["two spaces"])
    connections = _connections(home)
    connections.connect(connections.plan("claude-code", tmp_path / "one.hpm"))
    connections.connect(connections.plan("claude-code", tmp_path / "other.hpm"))
    text = path.read_text(encoding="utf-8")
    assert "one.hpm" not in text and text.count("hpm_engine.hook") == 4
    connections.disconnect("claude-code")
    assert path.read_bytes() == _SETTINGS["two spaces"]
    assert len(list(path.parent.iterdir())) == 1


def test_the_agents_own_command_registers_the_server(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin" / "claude"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    recorder = Recorder()
    connections = Connections(home, {"PATH": str(program.parent)}, recorder)
    report = connections.connect(connections.plan("claude-code", tmp_path / "my.hpm"))
    assert report.registered and report.to_do == ()
    registered = recorder.calls[-1]
    assert registered[:7] == ("claude", "mcp", "add", "--scope", "user", "hpm", "--")
    assert registered[-2:] == ("mcp", str(tmp_path / "my.hpm"))
    count = len(recorder.calls)
    connections.connect(connections.plan("claude-code", tmp_path / "my.hpm"))
    assert len(recorder.calls) == count
    connections.disconnect("claude-code")
    assert recorder.calls[-1] == ("claude", "mcp", "remove", "--scope", "user", "hpm")


def test_without_the_agents_command_a_person_is_told_it(home: Path, tmp_path: Path) -> None:
    connections = _connections(home)
    report = connections.connect(connections.plan("claude-code", tmp_path / "my.hpm"))
    assert not report.registered
    assert any("claude mcp add --scope user hpm --" in line for line in report.to_do)


@pytest.mark.parametrize("agent", [agent.name for agent in AGENTS])
def test_a_bare_home_is_bare_again(home: Path, tmp_path: Path, agent: str) -> None:
    connections = _connections(home)
    before = {path for path in home.rglob("*") if path.is_file()}
    report = connections.connect(connections.plan(agent, tmp_path / "my.hpm"))
    assert report.changed
    again = connections.plan(agent, tmp_path / "my.hpm")
    assert not any(file.changes for file in again.files)
    connections.disconnect(agent)
    assert {path for path in home.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("text", ["", 'model = "x"\n', 'model = "x"', "[a]\nb = 1\r\n"])
def test_codex_tables_are_appended(home: Path, tmp_path: Path, text: str) -> None:
    path = home / ".codex" / "config.toml"
    path.parent.mkdir()
    path.write_bytes(text.encode())
    connections = _connections(home)
    connections.connect(connections.plan("codex", tmp_path / "my.hpm"))
    assert path.read_bytes().startswith(text.encode())
    with path.open("ab") as stream:
        stream.write(b"\n[more]\nc = 2\n")
    connections.disconnect("codex")
    assert (
        path.read_bytes()
        == text.encode()
        + (b"" if text.endswith("\n") or not text else b"\n")
        + b"\n[more]\nc = 2\n"
    )


@pytest.mark.parametrize(
    "text", ["[mcp_servers.hpm]\ncommand = 'mine'\n", "mcp_servers.hpm.command = 'mine'\n", "= 1"]
)
def test_a_table_of_somebody_elses_is_left_alone(home: Path, tmp_path: Path, text: str) -> None:
    path = home / ".codex" / "config.toml"
    path.parent.mkdir()
    path.write_text(text)
    connections = _connections(home)
    with pytest.raises(CannotWrite, match=r"config\.toml"):
        connections.plan("codex", tmp_path / "my.hpm")
    assert path.read_text() == text


def test_what_fails_in_the_middle_is_taken_back(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cursor = home / ".cursor"
    cursor.mkdir()
    (cursor / "hooks.json").write_bytes(b'{"version": 1, "hooks": {}}')
    (cursor / "mcp.json").write_bytes(b'{"mcpServers": {}}')
    connections = _connections(home)
    plan = connections.plan("cursor", tmp_path / "my.hpm")
    (cursor / "mcp.json").write_bytes(b'{"mcpServers": {"a": {}}}')
    with pytest.raises(CannotWrite):
        connections.connect(plan)
    assert (cursor / "hooks.json").read_bytes() == b'{"version": 1, "hooks": {}}'
    assert sorted(file.name for file in cursor.iterdir()) == ["hooks.json", "mcp.json"]


def test_an_agent_that_nobody_knows_is_named(home: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"claude-code, codex, gemini"):
        _connections(home).plan("clippy", tmp_path / "my.hpm")


_KEYS = st.sampled_from(["hooks", "SessionStart", "Stop", "a", "é", "mcpServers", ""])
_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=20,
)
_LAYOUTS = st.sampled_from([None, 1, 2, 4, "\t"])


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(_KEYS, _VALUES, max_size=5), _LAYOUTS, st.booleans())
def test_any_settings_keep_their_values(
    value: dict[str, object], indent: int, ascii_: bool
) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_)
    entries = hook_entries(AGENTS[0], Path("/my.hpm"))
    try:
        after = with_entries(text, entries)
    except ValueError:
        hooks = value["hooks"]
        assert not isinstance(hooks, dict) or any(
            not isinstance(hooks.get(event, []), list) for event in ("SessionStart", "Stop")
        )
        return
    assert holds(after, entries) and with_entries(after, entries) == after
    assert all(line in after for line in ("hpm_engine.hook", "/my.hpm"))
    back = without_empty(without_ours(after, entries), missing_containers(text, entries))
    assert json.dumps(parsed(back).value) == json.dumps(value)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet='{}[]",:\\ \n1aé/', max_size=40))
def test_a_text_is_read_as_json_reads_it(text: str) -> None:
    try:
        value = parsed(text).value
    except NotStrictJSON:
        try:
            other = json.loads(text, object_pairs_hook=list)
        except ValueError:
            return
        assert _has_twin(other)  # the one thing that json allows and we do not
        return
    assert value == json.loads(text)


def _has_twin(value: object) -> bool:
    if not isinstance(value, list):
        return False
    keys = [item[0] for item in value if isinstance(item, tuple)]
    inner = [item[1] if isinstance(item, tuple) else item for item in value]
    return len(set(keys)) < len(keys) or any(map(_has_twin, inner))


def test_only_commands_of_this_program_are_ours() -> None:
    assert is_ours({"command": "'/x y/python' -I -m hpm_engine.hook codex /s.hpm"})
    assert is_ours({"command": "/x/python", "args": ["-I", "-m", "hpm_command", "mcp", "/s"]})
    assert not is_ours({"command": "echo hpm"})
    assert not is_ours("hpm_engine.hook")
