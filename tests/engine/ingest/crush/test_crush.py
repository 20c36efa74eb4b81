"""Sessions of Crush, and of the first OpenCode, as the rows of their databases tell them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.walk import walk
from hpm_engine.values.drafts import EpisodeDraft, StepDraft
from hpm_engine.values.episodes import StepFlag, StepSource
from tests.support.files.row_databases import CRUSH, NOON, add_crush, crush_part, made
from tests.support.files.trace_sources import read_one, shown

SAID = [
    ("user", [crush_part("text", text="Look"), crush_part("finish", reason="stop", time=0)]),
    (
        "assistant",
        [
            crush_part("reasoning", thinking="Hm."),
            crush_part("text", text="I look."),
            crush_part("tool_call", id="c1", name="ls", input='{"path": "."}', type="function"),
            crush_part("tool_call", id="c2", name="view", input="{}"),
            crush_part("finish", reason="tool_use", time=1),
        ],
    ),
    ("tool", [crush_part("tool_result", tool_call_id="c2", content="gone", is_error=True)]),
    ("tool", [crush_part("tool_result", tool_call_id="c1", content="a.py", is_error=False)]),
    ("assistant", []),
    ("assistant", [crush_part("finish", reason="canceled", message="Request cancelled")]),
    ("assistant", [crush_part("finish", reason="error", message="Quota", details="Pay")]),
]


def source_of(path: Path, session: str = "s1") -> SourceFile:
    (source,) = [s for s in walk([path]) if s.name.endswith(f"!/{session}.jsonl")]
    assert isinstance(source, SourceFile)
    return source


def told(path: Path, messages: Any = SAID) -> tuple[EpisodeDraft, list[StepDraft], SourceFile]:
    with closing(made(path, CRUSH)) as db:
        add_crush(db, "s1", messages)
        add_crush(db, "s2", SAID[:1], parent="s1")
        db.commit()
    source = source_of(path)
    source.begin_account()
    return *read_one(source), source


def test_a_session_is_told_with_all_that_is_known(tmp_path: Path) -> None:
    path = tmp_path / "shop" / ".crush" / "crush.db"
    draft, steps, source = told(path)
    assert (draft.format, draft.key, draft.title) == ("crush", "s1", "About s1")
    assert (draft.cwd, draft.project, draft.model) == (str(tmp_path / "shop"), "shop", "kimi")
    assert (draft.tokens_in, draft.tokens_out, draft.cost_usd) == (70, 7, 0.5)
    assert steps[0].at == NOON * 1_000_000
    assert shown(steps[:2]) == [
        [("message", "Look")],
        [
            ("reasoning", "Hm."),
            ("message", "I look."),
            ("call", '{"path": "."}'),
            ("call", "{}"),
            ("result", "gone"),
            ("result", "a.py"),
        ],
    ]
    assert [part.is_error for part in steps[1].parts[-2:]] == [True, False]
    assert [step.source for step in steps[2:]] == [StepSource.AGENT] * 3 + [StepSource.SYSTEM]
    assert steps[3].flags == StepFlag.INTERRUPTED
    assert steps[5].parts[0].text == "Quota\nPay"
    assert not source.account.sums().unknown
    child, _ = read_one(source_of(path, "s2"))
    assert child.parent_key == "s1"


def test_the_first_opencode_has_nearly_the_same_tables(tmp_path: Path) -> None:
    path = tmp_path / "shop" / ".opencode" / "opencode.db"
    draft, _, _ = told(path)
    assert (draft.format, draft.project) == ("opencode-go", "shop")
    elsewhere = tmp_path / "copy.db"
    elsewhere.write_bytes(path.read_bytes())
    with closing(sqlite3.connect(elsewhere)) as db:
        assert read_one(source_of(elsewhere))[0].format == "crush"
        db.execute("ALTER TABLE messages DROP COLUMN provider")
    assert read_one(source_of(elsewhere))[0].format == "opencode-go"
    assert read_one(source_of(elsewhere))[0].cwd == ""


def test_times_may_be_text_and_a_summary_is_flagged(tmp_path: Path) -> None:
    path = tmp_path / "crush.db"
    with closing(made(path, CRUSH)) as db:
        add_crush(db, "s1", SAID[:2], summary="s1-1")
        db.execute("UPDATE messages SET created_at = '2025-05-28T11:05:58.133000Z'")
        db.commit()
    _, steps = read_one(source_of(path))
    assert steps[0].at == 1748430358133000
    assert steps[1].flags & StepFlag.COMPACTION


@pytest.mark.parametrize("parts", ["", "{", "7", "[7]", '[{"type": "x"}]', "[" * 5000, None])
def test_odd_parts_are_counted_and_cost_only_themselves(tmp_path: Path, parts: str | None) -> None:
    path = tmp_path / "crush.db"
    with closing(made(path, CRUSH)) as db:
        add_crush(db, "s1", SAID[:2])
        values = ("s1-z", "s1", "assistant", parts, "kimi", NOON, None)
        db.execute("INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?)", values)
        db.commit()
    source = source_of(path)
    source.begin_account()
    _, steps = read_one(source)
    assert len(steps) == 3
    assert bool(source.account.sums().unknown) == bool(parts)


def test_a_persons_own_command_is_context_and_no_prompt(tmp_path: Path) -> None:
    ran = crush_part("shell_command", command="ls", output="a.py", exit_code=0)
    _, steps, source = told(tmp_path / "crush.db", [*SAID[:1], ("user", [ran])])
    assert shown(steps)[1:] == [[("message", "! ls\na.py")]]
    assert steps[1].flags == StepFlag.INJECTED
    assert not source.account.sums().unknown
