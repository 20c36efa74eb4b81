"""What a session made of what it was given: among past recalls, in one, and in sessions."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.kit.controls.fact_list import Fact
from app.kit.navigation import Navigator, Place
from app.kit.selection_facts import SelectionFacts
from app.kit.session import Session
from app.kit.view_names import ViewName
from app.recall.hit_facts import past_call
from app.recall.past_recall_table import COLUMNS
from app.recall.view import RecallView
from app.shell.side_pane.episode_selection import read_episode
from hpm_engine import Job, RecallOptions, RecallScope, open_memory
from hpm_engine.evaluation.usage.script import Script, at, session_key

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
CUE = "The pump floods row seven"
KEY = session_key("later")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """One memory that a session used, and one that it was given and ignored."""
    now = at(time.time_ns() // 1000)
    for number, name in enumerate(("pump_valve", "ledger_page"), start=1):
        script = Script(session_key(name), now - timedelta(days=number))
        script.prompt(f"{CUE}: {name}")
        script.edit(f"water/{name}.py", f"def mend_{name}(): ...")
        (tmp_path / f"{script.key}.jsonl").write_bytes(script.content())
    path = tmp_path / "used.hpm"
    with open_memory(path, create=True, actor="hook claude-code") as memory:
        memory.import_paths([tmp_path])
        memory.recall.prepare()
        memory.recall.ask(CUE, 5, RecallScope(), (), RecallOptions(into=KEY))
        script = Script(KEY, at(time.time_ns() // 1000))
        script.run("git status", "nothing to commit")
        script.edit("water/pump_valve.py")
        (tmp_path / f"{KEY}.jsonl").write_bytes(script.content())
        memory.import_paths([tmp_path])
        memory.recall.prepare()
    return path


def said(facts: tuple[Fact, ...]) -> list[str]:
    return [f"{fact.name}: {fact.value}" for fact in facts]


def related(facts: SelectionFacts, title: str) -> tuple[Fact, ...]:
    return next(group.facts for group in facts.related if group.heading == title)


def test_the_list_of_past_recalls_says_how_much_was_used(store: Path) -> None:
    used = next(column for column in COLUMNS if column.title == "Used")
    with open_memory(store, read_only=True) as memory:
        (recall,) = memory.recall.past()
        assert used.text(recall) == "✓ 1 of 2"
        assert used.tooltip is not None
        assert used.tooltip(recall).split("\n") == ["✓ used: 1", "○ ignored: 1"]


def test_a_past_recall_leads_to_the_step_that_used_it(store: Path) -> None:
    gone: list[Place] = []
    call = past_call(1, gone.append)
    assert call is not None
    with open_memory(store, read_only=True) as memory:
        facts = related(call(memory, Job()), "What the session made of it")
        [(episode_id, key)] = [(each.session_id, each.into) for each in memory.recall.given()[:1]]
        names = {each.id: each.name for each in memory.recall.given()}
    assert key == KEY
    step = next(fact for fact in facts if fact.value == "seen in step 2")
    assert step.go is not None
    step.go()
    assert gone == [Place(ViewName.EPISODES, episode_id, 1)]
    pump = next(name for name in names.values() if "pump" in name)
    ledger = next(name for name in names.values() if "ledger" in name)
    assert {f"✓ used: {pump}", f"○ ignored: {ledger}"} <= set(said(facts))


def test_a_session_tells_what_entered_it_and_where_it_was_given_to(store: Path) -> None:
    with open_memory(store, read_only=True) as memory:
        given = memory.recall.given()
        session_id = given[0].session_id
        assert session_id is not None
        entered = read_episode(session_id, None, lambda place: None, memory)
        pump = next(each.id for each in given if "pump" in each.name)
        handed = read_episode(pump, None, lambda place: None, memory)
    memory_facts = next(group.facts for group in entered.facts if group.heading == "Memory")
    assert "Was given: 2 memories, 1 used" in said(memory_facts)
    assert [fact.name for fact in related(entered, "Entered this session") if fact.name] == [
        "✓ used" if each.id == pump else "○ ignored" for each in given
    ]
    assert related(entered, "Given to later sessions") == ()
    assert [fact.name for fact in related(handed, "Given to later sessions")] == ["✓ used", ""]
    assert related(handed, "Entered this session") == ()


def test_the_hits_of_a_past_recall_say_what_became_of_each(
    qtbot: QtBot, session: Session, qapp: object
) -> None:
    navigator = Navigator(Place(ViewName.RECALL), settle=0)
    view = RecallView(session, navigator)
    qtbot.addWidget(view)
    navigator.moved.connect(view.restore)
    view.resize(900, 700)
    view.show()
    with qtbot.waitSignal(view.recalling.answered, timeout=15_000):
        view.past.opened.emit(1)
    spoken = [view.hits.tree.index(row, 0).data() for row in range(2)]
    assert sum("in the context block · used" in text for text in spoken) == 1
    assert sum("in the context block · ignored" in text for text in spoken) == 1
    assert not view.hits.grab().isNull()
