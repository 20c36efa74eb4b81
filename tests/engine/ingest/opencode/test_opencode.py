"""Sessions of OpenCode and its forks, as the rows of their databases tell them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from hpm_engine.errors import NothingToImport
from hpm_engine.ingest.opencode.tables import agent_of
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.walk import walk
from hpm_engine.values.drafts import EpisodeDraft, StepDraft
from hpm_engine.values.episodes import StepFlag, StepSource
from tests.support.files.row_databases import (
    NOON,
    OPENCODE,
    add_opencode,
    made,
    opencode,
    prompt,
    reply,
    tool,
)
from tests.support.files.trace_sources import read_one, shown

SPENT = {"input": 10, "output": 20, "reasoning": 3, "cache": {"read": 100, "write": 5}}


def source_of(path: Path, session: str = "ses_1") -> SourceFile:
    (source,) = [s for s in walk([path]) if s.name.endswith(f"!/{session}.jsonl")]
    assert isinstance(source, SourceFile)
    return source


def told(tmp_path: Path, *messages: Any) -> tuple[EpisodeDraft, list[StepDraft], SourceFile]:
    path = tmp_path / "opencode.db"
    with closing(made(path, OPENCODE)) as db:
        add_opencode(db, "ses_1", messages)
        db.commit()
    source = source_of(path)
    source.begin_account()
    return *read_one(source), source


def test_a_session_is_told_with_all_that_is_known(tmp_path: Path) -> None:
    draft, steps, source = told(
        tmp_path,
        prompt("Fix the tide"),
        reply(
            "Look.",
            {"type": "step-start"},
            {"type": "reasoning", "text": "Hm."},
            tool("c1", "completed", output="a.py"),
            tool("c2", "error", error="no such file"),
            tool("c3", "running"),
            {"type": "step-finish", "tokens": SPENT, "cost": 0.5},
            tokens=SPENT,
            cost=0.5,
        ),
    )
    assert (draft.format, draft.key, draft.agent) == ("opencode", "ses_1", "opencode")
    assert (draft.title, draft.cwd, draft.model) == ("About ses_1", "/w/tides", "glm")
    assert draft.task == "Fix the tide"
    assert steps[0].at == NOON * 1_000_000
    assert shown(steps) == [
        [("message", "Fix the tide")],
        [
            ("reasoning", "Hm."),
            ("message", "Look."),
            ("call", '{"command": "ls"}'),
            ("call", '{"command": "ls"}'),
            ("call", '{"command": "ls"}'),
            ("result", "a.py"),
            ("result", "no such file"),
        ],
    ]
    assert steps[1].flags == StepFlag.ERROR | StepFlag.UNANSWERED
    assert (steps[1].tokens_in, steps[1].tokens_out, steps[1].cost_usd) == (115, 23, 0.5)
    account = source.account.sums()
    assert not account.unknown and account.read == 8  # messages, and parts that say something
    data = b"".join(source.blocks())
    record = data[steps[1].raw_start : steps[1].raw_start + steps[1].raw_size]
    assert record.startswith(b'{"table":"message"') and b"no such file" in record


def test_what_the_program_puts_in_is_no_prompt_and_no_reply(tmp_path: Path) -> None:
    added = {"type": "text", "text": "Called the Read tool", "synthetic": True}
    file = {"type": "file", "mime": "image/png", "url": "data:image/png;base64," + "A" * 4000}
    _, steps, _ = told(
        tmp_path,
        ({"role": "user"}, [added, {"type": "text", "text": "See this"}, file]),
        ({"role": "user"}, [added]),
        ({"role": "assistant"}, [added]),
    )
    said = [(s.source, s.flags, [p.text for p in s.parts]) for s in steps]
    assert said == [
        (StepSource.USER, StepFlag.NONE, ["See this\n[image/png, 3.0 kB]"]),
        (StepSource.USER, StepFlag.INJECTED, ["Called the Read tool"]),
        (StepSource.USER, StepFlag.INJECTED, ["Called the Read tool"]),
        (StepSource.AGENT, StepFlag.NONE, []),
        (StepSource.USER, StepFlag.INJECTED, ["Called the Read tool"]),
    ]


def test_ends_of_replies_are_flagged(tmp_path: Path) -> None:
    aborted = {"name": "MessageAbortedError", "data": {"message": "The operation was aborted."}}
    failed = {"name": "APIError", "data": {"message": "Overloaded"}}
    _, steps, _ = told(
        tmp_path,
        prompt("Go"),
        reply("", error=aborted),
        reply("", error=failed),
        reply("In short", summary=True),
    )
    assert steps[1].flags == StepFlag.INTERRUPTED
    assert steps[3].flags == StepFlag.ERROR | StepFlag.INJECTED
    assert steps[3].parts[0].text == "Overloaded"
    assert steps[4].flags == StepFlag.COMPACTION


def test_sums_of_steps_count_where_the_message_states_none(tmp_path: Path) -> None:
    finish = {"type": "step-finish", "tokens": SPENT}
    _, steps, _ = told(tmp_path, prompt("Go"), reply("Gone", finish, finish))
    assert (steps[1].tokens_in, steps[1].tokens_out) == (230, 46)


def test_children_name_their_parent_and_are_not_told_in_it(tmp_path: Path) -> None:
    path = tmp_path / "opencode.db"
    with closing(made(path, OPENCODE)) as db:
        add_opencode(db, "ses_1", [prompt("Go")])
        add_opencode(db, "ses_2", [prompt("Find callers")], parent="ses_1")
        db.commit()
    parent, _ = read_one(source_of(path))
    child, _ = read_one(source_of(path, "ses_2"))
    assert (parent.parent_key, parent.title) == ("", "About ses_1")
    assert (child.parent_key, child.title) == ("ses_1", "About ses_2")


def test_unknown_parts_and_roles_are_counted(tmp_path: Path) -> None:
    _, steps, source = told(
        tmp_path, prompt("Go"), reply("Gone", {"type": "hologram"}), ({"role": "oracle"}, [])
    )
    assert len(steps) == 2
    assert {what for what, _ in source.account.sums().unknown} == {
        "a part of type hologram",
        "a message of role oracle",
    }


def test_the_smallest_tables_suffice(tmp_path: Path) -> None:
    path = tmp_path / "opencode.db"
    statements = """
        CREATE TABLE session (id, directory, time_created); CREATE TABLE message (id, session_id,
        data); CREATE TABLE part (id, message_id, data);
        INSERT INTO session VALUES ('s', '/w', '2026-07-17T09:00:00Z');
        INSERT INTO message VALUES ('m', 's', '{"role":"user"}'), ('n', 's', 'broken {');
        INSERT INTO part VALUES ('p', 'm', '{"type":"text","text":"Go"}'), ('q', 'm', NULL)"""
    made(path, statements).close()
    source = source_of(path, "s")
    source.begin_account()
    draft, steps = read_one(source)
    assert (draft.title, draft.cwd, steps[0].at) == (None, "/w", None)
    assert shown(steps) == [[("message", "Go")]]
    assert dict(source.account.sums().unknown).keys() == {"a message", "a part"}


def test_a_session_in_which_nothing_was_said_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "opencode.db"
    with closing(made(path, OPENCODE)) as db:
        add_opencode(db, "ses_1", [])
        db.commit()
    with pytest.raises(NothingToImport, match="nothing was said"):
        read_one(source_of(path))


@pytest.mark.parametrize(
    ("name", "agent"),
    [
        ("/home/a/.local/share/opencode/opencode.db", "opencode"),
        ("/home/kilo/.local/share/opencode/opencode-dev.db", "opencode"),
        ("/home/a/.local/share/kilo/kilo.db", "kilo"),
        ("/backup/kilo.db", "kilo"),
        ("/home/a/.local/share/mimicode/mimicode.db", "mimo-code"),
        ("C:\\Users\\a\\.zcode\\cli\\db\\db.sqlite", "zcode"),
        ("/tmp/kilogram/x.db", "opencode"),
    ],
)
def test_forks_are_told_by_their_folder(name: str, agent: str) -> None:
    assert agent_of(name) == agent


def test_a_fork_is_an_agent_of_its_own_and_states_tokens_apart(tmp_path: Path) -> None:
    path = tmp_path / ".zcode" / "cli" / "db" / "db.sqlite"
    opencode(path, ("ses_1",))
    with closing(sqlite3.connect(path)) as db:
        db.execute(
            "CREATE TABLE model_usage (session_id, model_id, input_tokens, output_tokens,"
            " reasoning_tokens, cache_read_input_tokens)"
        )
        db.execute("INSERT INTO model_usage VALUES ('ses_1', 'GLM-5.2', 100, 20, 3, 64)")
        db.commit()
    draft, _ = read_one(source_of(path))
    assert (draft.format, draft.model) == ("zcode", "glm")
    assert (draft.tokens_in, draft.tokens_out) == (100, 23)


def test_the_log_of_a_sessions_changes_is_kept_with_it(tmp_path: Path) -> None:
    path = tmp_path / "opencode.db"
    with closing(made(path, OPENCODE)) as db:
        add_opencode(db, "ses_1", [prompt("Fix the tide")])
        add_opencode(db, "ses_2", [prompt("Look")])
        db.execute("CREATE TABLE event (id TEXT, aggregate_id TEXT, seq INTEGER, data TEXT)")
        events = [("e2", "ses_1", 2, "later"), ("e1", "ses_1", 1, "first"), ("e3", "ses_2", 1, "")]
        db.executemany("INSERT INTO event VALUES (?, ?, ?, ?)", events)
        db.commit()
    source = source_of(path)
    _, steps = read_one(source)
    assert shown(steps) == [[("message", "Fix the tide")]]
    kept = source.read()
    assert kept.index(b'"e1"') < kept.index(b'"e2"') and b'"e3"' not in kept
