from __future__ import annotations

import json
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.consolidation.jobs import undo
from app.kit.navigation import Place
from app.kit.view_names import ViewName
from app.prototypes.view import PrototypesView
from app.shell.main_window import MainWindow
from app.shell.side_pane.choice import SHOWN_FROM
from app.shell.side_pane.episode_facts import prototype_facts
from hpm_engine import Holding, Label, Prototype, open_memory
from tests.support.learned_store import MEMORIES, learned_store


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HPM_CACHE_DIR", str(tmp_path / "cache"))
    path = learned_store(tmp_path)
    with open_memory(path) as memory:
        memory.consolidation.run(MEMORIES)
    return path


def select(window: MainWindow, episode: int, qtbot: QtBot) -> None:
    assert window.workspace is not None
    window.resize(SHOWN_FROM, 800)
    with qtbot.waitSignal(
        window.side_pane.shown, check_params_cb=lambda place: place.episode_id == episode
    ):
        window.workspace.navigator.go(Place(ViewName.EPISODES, episode, 1))


def test_an_episode_leads_to_the_prototypes_of_its_memories_and_back(
    window: MainWindow, qtbot: QtBot, store: Path
) -> None:
    with open_memory(store) as memory:
        held = memory.consolidation.holding(2)
        memory.consolidation.rename(held[0].prototype.id, "what <b>I</b> call it")
    window.stores.open(store)
    qtbot.waitUntil(lambda: window.workspace is not None)
    workspace = window.workspace
    assert workspace is not None
    select(window, 2, qtbot)
    facts = window.side_pane.groups()["Learned in topics"]
    assert facts[0].value == "what <b>I</b> call it"
    assert len(facts) == len(held)
    key, go = held[0].prototype.id, facts[0].go
    assert go is not None
    go()
    view = workspace.view(ViewName.PROTOTYPES)
    assert isinstance(view, PrototypesView)
    qtbot.waitUntil(lambda: [prototype.id for prototype in view.chosen()] == [key], timeout=30_000)
    assert workspace.navigator.current == Place(ViewName.PROTOTYPES, 2, 1, prototype_id=key)
    view.select([prototype.id for prototype in view.model.prototypes if prototype.id != key][:1])
    go()
    assert [prototype.id for prototype in view.chosen()] == [key]
    workspace.navigator.back()
    assert workspace.navigator.current == Place(ViewName.EPISODES, 2, 1)


def test_naming_a_prototype_and_undoing_its_cycle_are_followed(
    window: MainWindow, qtbot: QtBot, store: Path
) -> None:
    window.stores.open(store)
    qtbot.waitUntil(lambda: window.workspace is not None)
    workspace = window.workspace
    assert workspace is not None
    select(window, 2, qtbot)
    with open_memory(store, read_only=True) as memory:
        key = memory.consolidation.holding(2)[0].prototype.id
    with qtbot.waitSignal(window.side_pane.shown, timeout=10_000):
        workspace.marks.rename_prototype(key, "ledgers")
    assert window.side_pane.groups()["Learned in topics"][0].value == "ledgers"
    with qtbot.waitSignal(window.side_pane.shown, timeout=10_000):
        undo(workspace.session, 1)
    assert window.side_pane.groups().get("Learned in topics", ()) == ()


def test_links_beyond_the_first_are_counted() -> None:
    prototype = Prototype(7, Label(("flour",), (), ()), 2.0, 1.0, 1, 1, b"", b"")
    gone: list[int] = []
    facts = prototype_facts(
        [Holding(prototype, 1, 0.9), *[Holding(prototype, 2, 0.5)] * 3], gone.append, 2
    )
    assert [(fact.name, fact.value) for fact in facts] == [
        ("1 memory", "flour"),
        ("2 memories", "flour"),
        ("More", "2 topics not shown"),
    ]
    assert facts[0].go is not None
    facts[0].go()
    assert gone == [7]


def rollout(key: str, prompt: str, **meta: str) -> str:
    """A Codex session of one prompt."""
    said = {"role": "user", "content": [{"type": "input_text", "text": prompt}]}
    lines = [("session_meta", {"id": key, "cwd": "/home/mira/shop", "source": "cli"} | meta)]
    lines.append(("response_item", {"type": "message"} | said))
    lines.append(("event_msg", {"type": "user_message", "message": prompt}))
    at = "2026-05-12T10:00:00.000Z"
    return "".join(
        json.dumps({"timestamp": at, "type": kind, "payload": payload}) + "\n"
        for kind, payload in lines
    )


def test_what_an_episode_continues_and_what_continues_it_are_links(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "1.jsonl").write_text(rollout("s1", "oil the gate"), "utf-8")
    (tmp_path / "2.jsonl").write_text(rollout("s2", "oil it more", forked_from_id="s1"), "utf-8")
    path = tmp_path / "forked.hpm"
    with open_memory(path, create=True) as memory:
        memory.import_paths([tmp_path / "1.jsonl", tmp_path / "2.jsonl"])
    window.stores.open(path)
    qtbot.waitUntil(lambda: window.workspace is not None)
    assert window.workspace is not None
    select(window, 1, qtbot)
    [later] = window.side_pane.groups()["Lineage"]
    assert (later.name, later.value) == ("Continued by", "oil it more · 1 step")
    assert later.go is not None
    with qtbot.waitSignal(
        window.side_pane.shown, check_params_cb=lambda place: place.episode_id == 2
    ):
        later.go()
    assert window.workspace.navigator.current.episode_id == 2
    [earlier] = window.side_pane.groups()["Lineage"]
    assert (earlier.name, earlier.value) == ("Continues", "oil the gate · 1 step")


def test_large_text_makes_the_pane_wait_to_be_asked_for(
    window: MainWindow, qtbot: QtBot, store: Path
) -> None:
    window.resize(SHOWN_FROM, 800)
    window.stores.open(store)
    assert window.side_pane.isVisible()
    window.settings.update(text_scale=200)
    qtbot.waitUntil(lambda: not window.side_pane.isVisible())
    window.side_pane_choice.toggle()
    assert window.side_pane.isVisible()
    window.settings.update(text_scale=100)
    assert window.side_pane.isVisible()
