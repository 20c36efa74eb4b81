from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from app.episodes.conversation.step_menu import step_menu
from app.episodes.conversation.subagents import placed_subagents
from app.episodes.episode_pane import EpisodePane
from app.kit.session import Session
from hpm_engine import StepFlag, StepOutline, StepSource
from tests.support.million_memory import MillionMemory, made_up_episode

SECOND = 1_000_000
START = 1_700_000_000_000_000


def step(seq: int, tool: str = "") -> StepOutline:
    at = START + seq * 10 * SECOND
    return StepOutline(seq, StepSource.AGENT, StepFlag(0), at, tool, 9, "m", 1, 0, bool(tool))


def child(episode_id: int, seconds: float | None) -> Any:
    at = None if seconds is None else START + int(seconds * SECOND)
    return made_up_episode(episode_id, started_at=at, steps=12, errors=1)


def test_a_subagent_is_where_the_last_call_for_one_was_before_it_began() -> None:
    steps = [step(0), step(1, "Task"), step(2, "bash"), step(3, "Task"), step(4)]
    placed = placed_subagents([child(7, 31), child(8, 11), child(9, 29.5)], steps)
    assert [(agent.episode_id, agent.seq) for agent in placed] == [(8, 1), (7, 3), (9, 3)]


def test_without_times_or_such_tools_a_subagent_still_has_a_place() -> None:
    steps = [step(0), step(1, "bash"), step(2, "bash"), step(3)]
    assert [a.seq for a in placed_subagents([child(7, None)], steps)] == [2]
    assert [a.seq for a in placed_subagents([child(7, 12)], steps)] == [1]
    assert [a.seq for a in placed_subagents([child(7, 12)], [step(0)])] == [0]


def test_a_line_says_what_it_is_and_hides_nothing() -> None:
    [agent] = placed_subagents([made_up_episode(7, "look\u202eat", steps=12, errors=1)], [step(0)])
    assert agent.words() == "Subagent: look⟦RLO⟧at · 12 steps · ✗ 1"


class ParentMemory(MillionMemory):
    """Episode 1 started episode 2."""

    def get(self, ids: Any) -> Any:
        return [made_up_episode(i, children=1 if i == 1 else 0) for i in ids]

    def detail(self, episode_id: int) -> Any:
        return SimpleNamespace(children=[SimpleNamespace(id=2)] if episode_id == 1 else [])


@pytest.fixture
def memory() -> MillionMemory:
    return ParentMemory(2, 300, text="what was said")


@pytest.fixture
def pane(qtbot: QtBot, made_up_session: Session) -> EpisodePane:
    pane = EpisodePane(made_up_session)
    qtbot.addWidget(pane)
    pane.resize(900, 700)
    pane.show()
    pane.show_episode(1, "")
    qtbot.waitUntil(lambda: pane.timeline.texts.step(0) is not None)
    return pane


def row_of(pane: EpisodePane, seq: int, action: str, x: int) -> QPoint:
    column = pane.timeline.column
    assert column is not None
    card = column.card(seq)
    y = next(y for y in range(card.height) if card.block_under(y, x) == (2, action))
    top = column.heights.top(seq) - pane.timeline.top_of_cards()
    return QPoint(pane.timeline.left_of_cards() + x, top + y + 4)


def test_its_steps_unfold_in_place_and_only_those_in_sight_are_read(
    qtbot: QtBot, pane: EpisodePane, memory: MillionMemory
) -> None:
    column = pane.timeline.column
    assert column is not None
    [agent] = column.outline.subagents
    folded = column.card(agent.seq).height
    memory.steps_asked.clear()
    point = row_of(pane, agent.seq, "subagent", 60)
    qtbot.mouseClick(pane.timeline.viewport(), Qt.MouseButton.LeftButton, pos=point)
    qtbot.waitUntil(lambda: column.card(agent.seq).height > folded + 300 * 30)
    qtbot.waitUntil(lambda: bool(memory.steps_asked))
    qtbot.wait(50)
    assert sum((stop or 0) - start for start, stop in memory.steps_asked) < 60
    pane.timeline.viewport().repaint()
    point = row_of(pane, agent.seq, "subagent", 60)
    qtbot.mouseClick(pane.timeline.viewport(), Qt.MouseButton.LeftButton, pos=point)
    assert column.card(agent.seq).height < folded + 100


def test_its_episode_is_a_click_away(qtbot: QtBot, pane: EpisodePane) -> None:
    column = pane.timeline.column
    assert column is not None
    width = column.card(0).width
    [agent] = column.outline.subagents
    point = row_of(pane, agent.seq, "episode", width - 30)
    with qtbot.waitSignal(pane.step_changed, check_params_cb=lambda *seen: seen == (2, 0)):
        qtbot.mouseClick(pane.timeline.viewport(), Qt.MouseButton.LeftButton, pos=point)
    assert pane.episode_id == 2


def test_the_menu_unfolds_it_without_a_mouse(qtbot: QtBot, pane: EpisodePane) -> None:
    column = pane.timeline.column
    assert column is not None
    [agent] = column.outline.subagents
    menu = step_menu(pane.timeline, agent.seq)
    next(a for a in menu.actions() if a.text().startswith("Unfold Subagent")).trigger()
    assert list(pane.timeline.nested) == [2]
    menu.deleteLater()
