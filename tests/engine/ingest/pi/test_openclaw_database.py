"""OpenClaw's database: the lines of its sessions as rows, and nothing of its secrets."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from hpm_engine import EpisodeQuery, open_memory
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.walk import walk
from tests.support.files.agent_databases import sessions
from tests.support.files.agent_files import json_lines
from tests.support.files.openclaw_database import OPENCLAW, openclaw
from tests.support.files.pi_lines import HEAD, PI
from tests.support.files.trace_sources import memory_source, read_all, shown

FILE = "/h/.openclaw/agents/main/sessions/01a2.jsonl"


@pytest.mark.parametrize("first", [True, False])
def test_rows_tell_what_lines_told(tmp_path: Path, first: bool) -> None:
    read = sessions(openclaw(tmp_path / "openclaw-agent.sqlite", first=first))
    assert set(read) == {"01a2", "01b3", "01c4"}
    draft, steps = read["01a2"]
    ((expected_draft, expected),) = read_all(memory_source(json_lines(OPENCLAW), FILE))
    assert shown(steps) == shown(expected)
    for field in ("at", "flags", "tokens_in", "tokens_out", "model", "source"):
        assert [getattr(s, field) for s in steps] == [getattr(s, field) for s in expected]
    assert (draft.format, draft.cwd) == ("openclaw", "/home/mira/ferry")
    assert (draft.task, draft.model) == (expected_draft.task, expected_draft.model)


@pytest.mark.parametrize("first", [True, False])
def test_a_spawned_session_names_the_one_that_ran_then(tmp_path: Path, first: bool) -> None:
    """The conversation that spawned it was reset later, and is in another session now."""
    read = sessions(openclaw(tmp_path / "openclaw-agent.sqlite", first=first))
    draft, steps = read["01c4"]
    assert (draft.parent_key, draft.title) == ("01a2", "The boats")
    assert shown(steps) == [[("message", "Count the boats")]]
    assert [read[key][0].parent_key for key in ("01a2", "01b3")] == ["", ""]


def test_a_fork_goes_on_from_the_session_before(tmp_path: Path) -> None:
    path = openclaw(tmp_path / "openclaw-agent.sqlite")
    with closing(sqlite3.connect(path)) as db:
        db.execute(
            "UPDATE session_windows SET reason = 'fork', previous_session_id = '01a2'"
            " WHERE session_id = '01b3'"
        )
        db.execute(
            "UPDATE session_windows SET reason = 'reset', previous_session_id = '01a2'"
            " WHERE session_id = '01c4'"
        )
        db.commit()
    read = sessions(path)
    assert [read[key][0].continues_key for key in ("01b3", "01c4")] == ["01a2", ""]


def test_secrets_are_not_read(tmp_path: Path) -> None:
    for source in walk([openclaw(tmp_path / "openclaw-agent.sqlite")]):
        assert isinstance(source, SourceFile)
        assert b"hush" not in b"".join(source.blocks())


def test_lines_and_rows_of_one_session_are_one_episode(tmp_path: Path) -> None:
    database = openclaw(tmp_path / "a" / "openclaw-agent.sqlite")
    lines = tmp_path / "agents" / "main" / "sessions" / "01a2.jsonl"
    lines.parent.mkdir(parents=True)
    lines.write_bytes(json_lines(OPENCLAW[:4]))
    for order in ([database, lines], [lines, database]):
        with open_memory(tmp_path / f"{order[0].stem}.hpm", create=True) as memory:
            for path in order:
                assert memory.import_paths([path]).branches == 0
            ids = memory.episodes.find(EpisodeQuery())
            keys = {row.key for row in memory.episodes.get(ids.window(0, 9))}
            assert keys == {"01a2", "01b3", "01c4"}


@pytest.mark.parametrize(
    "event", ["", "{", "[]", "7", '"x"', '{"type": "message"}', '{"type": "hologram", "id": "x"}']
)
def test_a_damaged_event_costs_itself_alone(tmp_path: Path, event: str) -> None:
    path = openclaw(tmp_path / "openclaw-agent.sqlite")
    with closing(sqlite3.connect(path)) as db:
        db.execute("INSERT INTO transcript_events VALUES ('01c4', 9, ?, 900)", (event,))
        db.commit()
    _, steps = sessions(path)["01c4"]
    assert shown(steps)[0] == [("message", "Count the boats")]


def test_a_left_branch_is_an_episode_of_its_own(tmp_path: Path) -> None:
    path = openclaw(tmp_path / "openclaw-agent.sqlite")
    lines = [HEAD, *PI[1:3]]
    other = {**PI[2], "id": "e99", "parentId": PI[2]["parentId"]}
    other["message"] = {"role": "user", "content": "Fix it otherwise"}
    with closing(sqlite3.connect(path)) as db:
        db.execute("DELETE FROM transcript_events WHERE session_id = '01a2'")
        for seq, line in enumerate([*lines, other]):
            values = ("01a2", seq, json.dumps(line), seq)
            db.execute("INSERT INTO transcript_events VALUES (?, ?, ?, ?)", values)
        db.commit()
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        report = memory.import_paths([path])
        assert (report.episodes_added, len(report.files)) == (4, 3)
        assert memory.figures.health(check=True).problems == ()
