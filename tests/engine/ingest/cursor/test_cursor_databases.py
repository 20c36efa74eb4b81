from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from hpm_engine import EpisodeQuery, open_memory
from hpm_engine.errors import NothingToImport
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.walk import walk
from hpm_engine.values.drafts import EpisodeDraft, StepDraft
from hpm_engine.values.episodes import StepFlag, StepSource
from tests.support.files.agent_databases import cursor, cursor_store, cursor_workspace
from tests.support.files.trace_sources import read_all, shown

Read = dict[str, tuple[EpisodeDraft, list[StepDraft]]]


def chats(path: Path) -> tuple[Read, list[str]]:
    """The chats of a database by id, and the reasons for what else is in it."""
    read: Read = {}
    reasons: list[str] = []
    for source in walk([path]):
        assert isinstance(source, SourceFile), source
        try:
            read |= {draft.key: (draft, steps) for draft, steps in read_all(source)}
        except NothingToImport as error:
            reasons.append(str(error))
    return read, reasons


def test_bubbles_are_told_in_the_order_of_their_chat(tmp_path: Path) -> None:
    read, reasons = chats(cursor(tmp_path / "state.vscdb"))
    assert read.keys() == {"chat-1"}
    episode, steps = read["chat-1"]
    assert shown(steps) == [
        [("message", "Fix the ferry")],
        [
            ("reasoning", "I list."),
            ("message", "I look."),
            ("call", '{"command": "rm a.py"}'),
            ("result", "no right"),
        ],
        [("message", "Done.")],
    ]
    assert (steps[1].flags, steps[1].model) == (StepFlag.ERROR, "north-3")
    assert (steps[1].tokens_in, steps[1].tokens_out) == (40, 3)
    assert [step.at for step in steps] == [1772355600_000000, 1772355601_000000, 1772355605_000000]
    assert (episode.title, episode.cwd) == ("Ferry repair", "/home/mira/ferry app")
    assert (episode.started_at, episode.ended_at) == (1772355600_000000, 1772355660_000000)
    assert len(reasons) == 2 and all("nothing was said" in reason for reason in reasons)


def test_what_a_chat_shows_no_more_and_what_is_lost_is_said(tmp_path: Path) -> None:
    (source,) = [
        source
        for source in walk([cursor(tmp_path / "state.vscdb")])
        if isinstance(source, SourceFile) and "chat-1" in source.name
    ]
    source.begin_account()
    read_all(source)
    account = source.account.sums()
    assert dict(account.passed_over)["a bubble that its chat shows no more"] == 1
    assert account.unknown == (("a bubble that the database lacks", 1),)


def test_older_chats_are_in_the_database_of_their_workspace(tmp_path: Path) -> None:
    read, _ = chats(cursor_workspace(tmp_path))
    assert read.keys() == {"tab-1", "older-1"}
    tab, steps = read["tab-1"]
    assert shown(steps) == [
        [("message", "Go\n[image: /a.png]")],
        [("message", "Gone")],
        [("message", "")],
    ]
    assert (tab.title, tab.model, tab.cwd) == ("An old chat", "north-1", "/home/mira/ferry app")
    assert (tab.started_at, tab.ended_at) == (1731784618_000000, 1731784618_000000)
    older, steps = read["older-1"]
    assert shown(steps) == [
        [("message", "Go on")],
        [("message", "Edited."), ("call", '{"path": "a"}'), ("result", "")],
    ]
    assert (older.started_at, older.cwd) == (1731784818_000000, "/home/mira/ferry app")


def message(role: str, *content: dict[str, Any]) -> dict[str, Any]:
    return {"role": role, "content": list(content)}


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


MESSAGES = [
    {"role": "system", "content": "You are an agent."},
    message("user", text("<user_info>\nWorkspace Path: /home/mira/ferry app\n</user_info>")),
    message("user", text("<user_query>\nFix the ferry\n</user_query>")),
    message(
        "assistant",
        {"type": "reasoning", "text": "I list."},
        text("I look."),
        {"type": "tool-call", "toolCallId": "c1", "toolName": "LS", "args": {"path": "/"}},
    ),
    message("tool", {"type": "tool-result", "toolCallId": "c1", "result": "a", "isError": True}),
    message("assistant", text("Done.")),
    message("user", text("An orphan")),
]
SHOWN = (0, 1, 2, 3, 4, 5, 5)


def test_a_store_shows_what_its_root_names(tmp_path: Path) -> None:
    path = cursor_store(
        tmp_path / "store.db", MESSAGES, SHOWN, name="Ferry", createdAt=1772355600000
    )
    episode, steps = chats(path)[0]["chat-1"]
    assert shown(steps) == [
        [("message", "You are an agent.")],
        [("message", "<user_info>\nWorkspace Path: /home/mira/ferry app\n</user_info>")],
        [("message", "Fix the ferry")],
        [
            ("reasoning", "I list."),
            ("message", "I look."),
            ("call", '{"path": "/"}'),
            ("result", "a"),
        ],
        [("message", "Done.")],
        [("message", "Done.")],
    ]
    assert (steps[0].source, steps[3].flags) == (StepSource.SYSTEM, StepFlag.ERROR)
    assert (episode.title, episode.cwd) == ("Ferry", "/home/mira/ferry app")
    assert (episode.started_at, episode.ended_at) == (1772355600_000000, 1772355600_000000)


def test_a_store_without_a_root_shows_all(tmp_path: Path) -> None:
    path = cursor_store(tmp_path / "store.db", MESSAGES, (0,), latestRootBlobId="00")
    _, steps = chats(path)[0]["chat-1"]
    assert len(steps) == 6


def test_a_store_that_does_not_name_its_chat_lies_in_a_folder_of_its_name(tmp_path: Path) -> None:
    path = tmp_path / "chats/333964f7/chat-7/store.db"
    read, _ = chats(cursor_store(path, MESSAGES, SHOWN, agentId=None))
    assert read.keys() == {"chat-7"}


def test_nodes_that_name_each_other_end(tmp_path: Path) -> None:
    path = cursor_store(tmp_path / "store.db", MESSAGES, SHOWN)

    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT id, data FROM blobs").fetchall()
    nodes = [identity for identity, data in rows if not data.startswith(b"{")]
    for identity in nodes:
        links = b"".join(b"\x0a\x20" + bytes.fromhex(other) for other in nodes * 3)
        connection.execute("UPDATE blobs SET data = ? || data WHERE id = ?", (links, identity))
    connection.commit()
    connection.close()
    assert chats(path)[0].keys() == {"chat-1"}


def transcript_of(folder: Path, *messages: dict[str, Any]) -> Path:
    path = folder / "agent-transcripts/chat-1/chat-1.jsonl"
    path.parent.mkdir(parents=True)
    lines = [{"role": m["role"], "message": {"content": m["content"]}} for m in messages]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


@pytest.mark.parametrize("first", ["transcript", "database"])
@pytest.mark.parametrize("kind", ["store", "editor"])
def test_a_transcript_and_a_database_of_one_chat_are_one_episode(
    tmp_path: Path, kind: str, first: str
) -> None:
    if kind == "store":
        database = cursor_store(tmp_path / "chats/a/chat-1/store.db", MESSAGES, SHOWN[:-1])
    else:
        database = cursor(tmp_path / "state.vscdb")
    call = {"type": "tool_use", "name": "Shell", "input": {"command": "rm a.py"}}
    transcript = transcript_of(
        tmp_path, MESSAGES[2], message("assistant", text("I look."), call), MESSAGES[5]
    )
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        for path in [transcript, database] if first == "transcript" else [database, transcript]:
            memory.import_paths([path])
        (episode,) = memory.episodes.get(memory.episodes.find(EpisodeQuery()).window(0, 9))
        steps = 5 if kind == "store" else 3
        assert (episode.format, episode.key) == ("cursor", "chat-1")
        assert (episode.steps, episode.errors) == (steps, 1)


@pytest.mark.parametrize(
    ("uris", "folder"),
    [
        (["file:///home/mira/ferry%20app", "file:///home/mira/harbour"], "/home/mira/ferry app"),
        (["file:///c%3A/Users/mira/ferry"], "c:/Users/mira/ferry"),
        ([], ""),
        (None, ""),
        ("file:///home/mira", ""),
        ([None], ""),
        ([7], ""),
        (["http://[broken"], ""),
    ],
)
def test_a_chat_that_names_no_folder_has_that_which_was_open(
    tmp_path: Path, uris: object, folder: str
) -> None:
    """Before Cursor 3 chats of all workspaces name none; their prompts say what was open."""
    path = cursor(tmp_path / "state.vscdb")
    connection = sqlite3.connect(path)
    key = "composerData:chat-1"
    (value,) = connection.execute("SELECT value FROM cursorDiskKV WHERE key = ?", (key,)).fetchone()
    chat = json.loads(value)
    del chat["workspaceIdentifier"]
    connection.execute("UPDATE cursorDiskKV SET value = ? WHERE key = ?", (json.dumps(chat), key))
    for row, value in connection.execute(
        "SELECT key, value FROM cursorDiskKV WHERE key LIKE 'bubbleId:chat-1:%'"
    ).fetchall():
        bubble = json.loads(value or "{}") | {"workspaceUris": uris}
        connection.execute(
            "UPDATE cursorDiskKV SET value = ? WHERE key = ?", (json.dumps(bubble), row)
        )
    connection.commit()
    connection.close()
    (episode, steps) = chats(path)[0]["chat-1"]
    assert (episode.cwd, len(steps)) == (folder, 3)
