"""What a person took back of a session of OpenCode stays in it, and is said to be taken back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpm_engine.memory import Memory, open_memory
from hpm_engine.values.drafts import StepDraft
from hpm_engine.values.episodes import EpisodeQuery, PartKind, StepFlag
from hpm_engine.values.reports import FileStatus
from tests.support.files.agent_files import json_lines
from tests.support.files.row_databases import OPENCODE, add_opencode, made, prompt, reply, tool
from tests.support.files.trace_sources import memory_source, read_one, shown

SPENT = {"input": 10, "output": 20}
MESSAGES = [
    prompt("Fix the tide"),
    reply("Fixed.", tool("c1", "completed", output="a.py"), tokens=SPENT),
    prompt("Now break it"),
    reply("Broken.", tool("c2", "error", error="no"), tokens=SPENT, error={"name": "Stopped"}),
    prompt("And again"),
    reply("Again."),
]


def row(table: str, **cells: Any) -> dict[str, Any]:
    return {"table": table, "row": cells}


def lines(mark: object, *, stored: bool = False) -> bytes:
    """The session's lines, with this mark; ``stored``: as files of the older folders."""
    head = {"id": "ses_1", "title": "Tides", "directory": "/w"}
    cells: dict[str, Any] = {"revert": mark} if mark is not None else {}
    own = row("session", id="ses_1", json=head | cells)
    if not stored:
        packed = {name: json.dumps(value) for name, value in cells.items()}
        own = row("session", **head, **packed)
    records = [{"database": "opencode", "session": "ses_1"}, own]
    for number, (message, parts) in enumerate(MESSAGES):
        records.append(row("message", id=f"m{number}", data=json.dumps(message)))
        for index, part in enumerate(parts):
            cell = {"id": f"p{number}.{index}", "message_id": f"m{number}"}
            whole = (
                {"json": part | {"id": cell.pop("id")}} if stored else {"data": json.dumps(part)}
            )
            records.append(row("part", **cell, **whole))
    return json_lines(records)


def steps_of(mark: object, *, stored: bool = False) -> list[StepDraft]:
    return read_one(memory_source(lines(mark, stored=stored), "x.jsonl"))[1]


def taken_back(steps: list[StepDraft]) -> list[str]:
    return [part.text for step in steps if step.flags & StepFlag.TAKEN_BACK for part in step.parts]


@given(
    st.sampled_from([f"m{number}" for number in range(len(MESSAGES))]),
    st.sampled_from(["", "p1.0", "p1.1", "p3.0", "p3.1", "gone"]),
    st.booleans(),
)
def test_nothing_is_dropped_or_counted_otherwise(message: str, part: str, stored: bool) -> None:
    plain = steps_of(None, stored=stored)
    mark = {"messageID": message} | ({"partID": part} if part else {})
    marked = steps_of(mark, stored=stored)
    said = sorted(part for step in shown(plain) for part in step)
    assert sorted(part for step in shown(marked) for part in step) == said
    for field in ("tokens_in", "tokens_out"):
        spent = [sum(getattr(s, field) or 0 for s in steps) for steps in (plain, marked)]
        assert spent[0] == spent[1]
        failed = [sum(bool(s.flags & StepFlag.ERROR) for s in steps) for steps in (plain, marked)]
        assert failed[0] == failed[1]
    flags = [bool(step.flags & StepFlag.TAKEN_BACK) for step in marked]
    assert flags == sorted(flags)  # once taken back, all that follows is
    assert taken_back(plain) == []
    if not part:
        texts = [text.text for step in plain for text in step.parts]
        count = len(taken_back(marked))
        assert taken_back(marked) == texts[len(texts) - count :]
        assert MESSAGES[int(message[1:])][1][-1]["text"] in taken_back(marked)


@pytest.mark.parametrize("stored", [False, True])
def test_a_message_is_taken_back_with_all_that_follow(stored: bool) -> None:
    steps = steps_of({"messageID": "m4", "snapshot": "abc", "diff": ""}, stored=stored)
    assert taken_back(steps) == ["And again", "Again."]


@pytest.mark.parametrize("stored", [False, True])
def test_a_message_may_be_taken_back_from_one_of_its_parts_on(stored: bool) -> None:
    steps = steps_of({"messageID": "m1", "partID": "p1.1"}, stored=stored)
    first, second = steps[1:3]
    assert [part.kind for part in first.parts] == [PartKind.CALL, PartKind.RESULT]
    assert (first.flags, first.tokens_out) == (StepFlag.NONE, 20)
    assert shown([second]) == [[("message", "Fixed.")]]
    assert (second.flags, second.tokens_out) == (StepFlag.TAKEN_BACK, None)
    assert taken_back(steps)[-1] == "Again."


@pytest.mark.parametrize("mark", [{}, {"messageID": 7}, {"messageID": "gone"}, [], "m4", 3, None])
def test_a_mark_that_names_no_message_takes_nothing_back(mark: object) -> None:
    assert taken_back(steps_of(mark)) == []


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with open_memory(tmp_path / "a.hpm", create=True) as memory:
        yield memory


def test_a_mark_comes_and_goes_in_a_session_that_is_known(memory: Memory, tmp_path: Path) -> None:
    """A person takes back, and takes that back: the session is one, and says how it stands."""
    path = tmp_path / "opencode.db"
    with closing(made(path, OPENCODE)) as db:
        add_opencode(db, "ses_1", MESSAGES)
        db.execute("ALTER TABLE session ADD COLUMN revert TEXT")
        db.commit()
    expected = ((None, 0), ("msg_ses_1_0002", 5), (None, 0))
    for message, count in expected:
        with closing(made(path, "")) as db:
            mark = json.dumps({"messageID": message}) if message else None
            # As OpenCode does with every change of a session.
            db.execute("UPDATE session SET revert = ?, time_updated = time_updated + 1", (mark,))
            db.commit()
        assert memory.import_paths([path]).with_status(FileStatus.FAILED) == ()
        (episode,) = memory.episodes.get(memory.episodes.find(EpisodeQuery()).window(0, 9))
        steps = memory.steps.read(episode.id)
        assert sum(bool(step.flags & StepFlag.TAKEN_BACK) for step in steps) == count
        assert (episode.tokens_out, episode.agent_steps) == (40, 3)
