"""Sessions of OpenCode from 2025: a folder for each project, and messages that hold their parts."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hpm_engine.ingest.sources.source import SourceFile, Unreadable
from hpm_engine.ingest.sources.walk import walk
from hpm_engine.memory import open_memory
from hpm_engine.values.drafts import EpisodeDraft, StepDraft
from hpm_engine.values.episodes import StepFlag
from tests.support.files.trace_sources import read_one, shown, tar_of, zip_of

ROOT = "opencode/project/home-ada-tides/storage"
SPENT = {"input": 10, "output": 20, "reasoning": 3, "cache": {"read": 100, "write": 5}}
NOON = 1_750_000_000_000  # Unix milliseconds

Message = dict[str, Any]  # its role, words, call and error, whatever the version


def later_parts(message: Message) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = [{"type": "step-start"}]
    if message.get("thought"):
        parts.append({"type": "reasoning", "text": message["thought"]})
    if call := message.get("call"):
        state: dict[str, Any] = {"status": "running", "input": {"command": call}}
        if "failure" in message:
            state |= {"status": "error", "error": message["failure"]}
        elif "result" in message:
            state |= {"status": "completed", "output": message["result"]}
        parts.append({"type": "tool", "tool": "bash", "callID": "c1", "state": state})
    if message.get("file"):
        parts.append({"type": "file", "mime": "image/png", "filename": message["file"], "url": ""})
    return [*parts, {"type": "text", "text": message["words"]}]


def first_parts(message: Message) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = [{"type": "step-start"}]
    if message.get("thought"):
        parts.append({"type": "reasoning", "text": message["thought"]})
    if call := message.get("call"):
        invocation = {"toolCallId": "c1", "toolName": "bash", "args": {"command": call}}
        invocation["state"] = "call"
        if (result := message.get("failure", message.get("result"))) is not None:
            invocation |= {"state": "result", "result": result}
        parts.append({"type": "tool-invocation", "toolInvocation": invocation})
    if message.get("file"):
        file = {"type": "file", "mediaType": "image/png", "filename": message["file"], "url": ""}
        parts.append(file)
    return [*parts, {"type": "text", "text": message["words"]}]


def files_of(messages: list[Message], layout: str) -> dict[str, bytes]:
    """The files of a session: "later" folders, the "project"'s, or the "first" messages."""
    head = {"id": "ses_1", "title": "Tides", "version": "0.1", "parentID": "ses_0"}
    head |= {"time": {"created": NOON}}
    before = "" if layout == "later" else "session/"
    root = "opencode/storage" if layout == "later" else ROOT
    files: dict[str, Any] = {
        f"session/{'global' if layout == 'later' else 'info'}/ses_1.json": head,
        "session/share/ses_1.json": {"secret": "hush", "url": "https://example.org"},
    }
    for number, message in enumerate(messages):
        key = f"msg_{number:03}"
        time = {"created": NOON + number * 1000}
        reply = {"modelID": "glm", "path": {"cwd": "/w/tides"}, "tokens": SPENT, "cost": 0.5}
        own = reply if message["role"] == "assistant" else {}
        file = f"{before}message/ses_1/{key}.json"
        if layout == "first":
            calls = {"c1": {"error": True}} if "failure" in message else {"c1": {"title": "x"}}
            metadata = {"time": time, "sessionID": "ses_1", "tool": calls}
            metadata |= {"assistant": own | {"system": ["You help."]}} if own else {}
            whole = {"id": key, "role": message["role"], "parts": first_parts(message)}
            files[file] = whole | {"metadata": metadata}
            continue
        files[file] = {"id": key, "sessionID": "ses_1", "role": message["role"], "time": time} | own
        folder = f"session/part/ses_1/{key}" if before else f"part/{key}"
        for index, part in enumerate(later_parts(message)):
            name = f"prt_{index:03}"
            files[f"{folder}/{name}.json"] = {"id": name, "messageID": key} | part
    return {f"{root}/{name}": json.dumps(value, indent=2).encode() for name, value in files.items()}


def written(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def told(path: Path) -> tuple[EpisodeDraft, list[StepDraft], SourceFile]:
    sources = list(walk([path]))
    assert not any(isinstance(source, Unreadable) for source in sources)
    (source,) = [s for s in sources if isinstance(s, SourceFile) and "share" not in s.name]
    source.begin_account()
    return *read_one(source), source


MESSAGES: list[Message] = [
    {"role": "user", "words": "Fix the tide", "file": "tide.png"},
    {"role": "assistant", "words": "Look.", "thought": "Hm.", "call": "ls", "result": "a.py"},
    {"role": "assistant", "words": "Again.", "call": "cat b", "failure": "Error: no such file"},
    {"role": "assistant", "words": "And", "call": "sleep"},
]
TEXT = st.text("abc <>\n", min_size=1, max_size=8).map(lambda words: f"w{words}")


@st.composite
def messages(draw: st.DrawFn) -> list[Message]:
    drawn: list[Message] = [{"role": "user", "words": draw(TEXT)}]
    for _ in range(draw(st.integers(0, 4))):
        message: Message = {"role": draw(st.sampled_from(["user", "assistant"]))}
        message["words"] = draw(TEXT)
        if message["role"] == "assistant":
            message |= draw(
                st.sampled_from([{}, {"call": "ls"}, {"call": "ls", "result": "x"}])
                | st.builds(lambda text: {"call": "ls", "failure": text}, TEXT)
            )
            message |= {"thought": draw(TEXT)} if draw(st.booleans()) else {}
        drawn.append(message)
    return drawn


@settings(max_examples=40)
@given(messages())
def test_all_layouts_tell_one_session_alike(drawn: list[Message]) -> None:
    tellings = []
    for layout in ("later", "project", "first"):
        with TemporaryDirectory() as folder:
            draft, steps, source = told(written(Path(folder), files_of(drawn, layout)))
            own = [(s.source, s.at, s.flags, s.tokens_in, s.tokens_out, s.model) for s in steps]
            tellings.append((shown(steps), own, draft.key, draft.title, draft.cwd))
            assert not source.account.sums().unknown
    assert tellings[0] == tellings[1] == tellings[2]


@pytest.mark.parametrize("layout", ["project", "first"])
@pytest.mark.parametrize("kind", ["folder", "session's file", "zip", "tar"])
def test_a_session_is_told_with_all_that_is_known(tmp_path: Path, layout: str, kind: str) -> None:
    files = files_of(MESSAGES, layout)
    path = written(tmp_path / "x", files)
    if kind == "session's file":
        path = path / ROOT / "session/info/ses_1.json"
    elif kind in ("zip", "tar"):
        path = tmp_path / "packed"
        path.write_bytes((zip_of if kind == "zip" else tar_of)(files))
    draft, steps, source = told(path)
    assert (draft.format, draft.key, draft.parent_key) == ("opencode", "ses_1", "ses_0")
    assert (draft.title, draft.cwd, draft.model) == ("Tides", "/w/tides", "glm")
    assert shown(steps)[0] == [("message", "[image/png: tide.png]\nFix the tide")]
    assert shown(steps)[1] == [
        ("reasoning", "Hm."),
        ("message", "Look."),
        ("call", '{"command":"ls"}'),
        ("result", "a.py"),
    ]
    flags = [step.flags for step in steps]
    assert flags == [StepFlag.NONE, StepFlag.NONE, StepFlag.ERROR, StepFlag.UNANSWERED]
    assert steps[2].parts[-1].text == "Error: no such file"
    assert (steps[1].tokens_in, steps[1].tokens_out, steps[1].cost_usd) == (115, 23, 0.5)
    assert [step.at for step in steps] == [(NOON + 1000 * n) * 1000 for n in range(4)]
    data = b"".join(source.blocks())
    assert b"hush" not in data and len(data) == source.size
    for name, file in files.items():
        if "share" not in name:
            assert file.replace(b"\n", b" ") in data, name


def test_a_session_that_opencode_moved_is_there_once(tmp_path: Path) -> None:
    """The versions after it copied the files, and left those of the project where they were."""
    first = written(tmp_path / "a", files_of(MESSAGES, "first"))
    written(first, files_of(MESSAGES, "later"))
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        report = memory.import_paths([first])
        assert (report.episodes_added, report.branches) == (1, 0)
        assert memory.figures.health(check=True).problems == ()


@pytest.mark.parametrize(
    "damage",
    [
        {"parts": "none"},
        {"parts": [None, 7, {"type": "tool-invocation"}, {"type": "text"}]},
        {"metadata": []},
        {"metadata": {"time": "noon", "tool": [], "assistant": "glm"}},
    ],
)
def test_damaged_messages_cost_themselves_alone(tmp_path: Path, damage: dict[str, Any]) -> None:
    files = files_of(MESSAGES, "first")
    name = f"{ROOT}/session/message/ses_1/msg_001.json"
    files[name] = json.dumps(json.loads(files[name]) | damage).encode()
    _, steps, _ = told(written(tmp_path, files))
    texts = [part.text for step in steps for part in step.parts]
    assert {"[image/png: tide.png]\nFix the tide", "Again.", "And", '{"command":"sleep"}'} <= set(
        texts
    )


def test_pieces_without_their_session_are_named(tmp_path: Path) -> None:
    files = files_of(MESSAGES, "project")
    del files[f"{ROOT}/session/info/ses_1.json"]
    (word,) = [s for s in walk([written(tmp_path, files)]) if isinstance(s, Unreadable)]
    assert word.aside and "5 folders." in word.reason
