"""A session that goes on: its new steps come without moving what is read, or are followed."""

from __future__ import annotations

import time
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.episodes.episode_pane import EpisodePane
from app.episodes.list.episode_lines import marks, spoken
from app.episodes.live import LIVE
from app.episodes.view import EpisodesView
from app.kit.actions import Command
from app.shell.main_window import MainWindow
from hpm_engine import Changed, Episode, EpisodeQuery, open_memory
from tests.support.files.growing_session import GrowingSession

KEY = "00000000-1111-4222-8333-444444444444"
_LONG = "\n".join(f"line {number} of a long answer" for number in range(12))


@pytest.fixture
def growing(tmp_path: Path) -> GrowingSession:
    session = GrowingSession(tmp_path / f"{KEY}.jsonl", KEY)
    for turn in range(20):
        session.prompt(f"question {turn}", time.time() - 60 + turn)
        session.reply(f"answer {turn}\n{_LONG}", time.time() - 60 + turn)
    session.write()
    return session


@pytest.fixture
def store(tmp_path: Path, growing: GrowingSession) -> Path:
    path = tmp_path / "a.hpm"
    take_in(path, growing)
    return path


def take_in(store: Path, growing: GrowingSession) -> None:
    with open_memory(store, create=True) as memory:
        memory.import_paths([growing.path])


@pytest.fixture
def pane(window: MainWindow, store: Path, qtbot: QtBot) -> EpisodePane:
    window.stores.open(store)
    window.show()
    assert window.workspace is not None
    view = window.workspace.here
    assert isinstance(view, EpisodesView)
    qtbot.waitUntil(lambda: view.pane._steps == 40, timeout=20_000)
    return view.pane


def grow(pane: EpisodePane, store: Path, growing: GrowingSession, qtbot: QtBot) -> None:
    steps = pane._steps
    take_in(store, growing)
    pane._session.changed.emit(Changed.EPISODES)
    qtbot.waitUntil(lambda: pane._steps > steps, timeout=10_000)


def rest(pane: EpisodePane, qtbot: QtBot) -> None:
    """Wait until the texts in sight are here and laid out, however busy the machine is."""
    for _ in range(4):  # what is laid out may bring another step in sight
        QTest.qWait(80)
        qtbot.waitUntil(lambda: not pane._session.reading, timeout=20_000)


def test_new_steps_come_at_the_end_and_move_nothing(
    pane: EpisodePane, store: Path, growing: GrowingSession, qtbot: QtBot
) -> None:
    timeline = pane.timeline
    timeline.go_to(11)
    timeline.toggle_current()
    rest(pane, qtbot)
    bar = timeline.verticalScrollBar()
    bar.setValue(bar.value() + 40)
    rest(pane, qtbot)
    assert timeline.column is not None
    value, at, height = bar.value(), timeline.current, timeline.column.heights.top(12)
    growing.call("make", time.time())
    growing.write()
    grow(pane, store, growing, qtbot)
    assert (bar.value(), timeline.current, timeline.column.heights.top(12)) == (value, at, height)
    assert f"{LIVE} agent works" in pane.head.text()
    growing.reply("all is made", time.time())
    growing.write()
    grow(pane, store, growing, qtbot)
    assert (bar.value(), timeline.current) == (value, at)
    assert f"{LIVE} agent waits" in pane.head.text()


def test_following_goes_to_what_comes_until_one_goes_back(
    pane: EpisodePane, store: Path, growing: GrowingSession, window: MainWindow, qtbot: QtBot
) -> None:
    timeline = pane.timeline
    QTest.keyClick(timeline, Qt.Key.Key_F)
    assert pane.follows and timeline.current == timeline.arranged_last()
    assert "followed" in pane.head.text()
    growing.reply("and more", time.time())
    growing.write()
    grow(pane, store, growing, qtbot)
    assert timeline.current == timeline.arranged_last() and pane.follows
    QTest.keyClick(timeline, Qt.Key.Key_K)
    assert not pane.follows
    at = timeline.current
    growing.reply("and still more", time.time())
    growing.write()
    grow(pane, store, growing, qtbot)
    assert timeline.current == at
    window.commands[Command.FOLLOW].trigger()
    assert pane.follows


def test_a_dot_stands_in_the_list_while_it_goes_on(store: Path) -> None:
    with open_memory(store, read_only=True) as memory:
        (episode,) = memory.episodes.get(memory.episodes.find(EpisodeQuery()).window(0, 1))
    assert episode.ended_at is not None

    def at(seconds_ago: float) -> Episode:
        return msgspec.structs.replace(episode, ended_at=int((time.time() - seconds_ago) * 1e6))

    assert LIVE in [mark.text for mark in marks(at(10))]
    assert "live" in spoken(at(10))
    assert LIVE not in [mark.text for mark in marks(at(3600))]
    assert "live" not in spoken(at(3600))
