"""What is offered for a step of a conversation when somebody asks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from app.episodes.conversation.step_timeline import StepTimeline
from app.episodes.conversation.subagents import Subagent


def step_menu(timeline: StepTimeline, seq: int, further: Sequence[QAction | None] = ()) -> QMenu:
    """The menu of a step: to copy, to fold, and what others offer for it."""
    menu = QMenu(timeline)
    clipboard = timeline.clipboard
    if clipboard.has_selection:
        copied = menu.addAction("Copy Selection", clipboard.copy_selection)
        copied.setShortcut(QKeySequence.StandardKey.Copy)
        menu.addAction("Copy Selected Steps as Markdown", clipboard.copy_selected_steps)
    step = menu.addAction("Copy Step", lambda: clipboard.copy_step(seq))
    if not clipboard.has_selection:
        step.setShortcut(QKeySequence.StandardKey.Copy)
    menu.addAction("Copy Step as Markdown", lambda: clipboard.copy_step(seq, as_markdown=True))
    menu.addAction("Copy Conversation as Markdown", clipboard.copy_episode)
    menu.addSeparator()
    _add_folding(menu, timeline, seq)
    if further:
        menu.addSeparator()
    for action in further:
        if action is None:
            menu.addSeparator()
        else:
            menu.addAction(action)
    return menu


def _add_folding(menu: QMenu, timeline: StepTimeline, seq: int) -> None:
    column = timeline.column
    if column is None:
        return
    group = column.arrangement.group_at(seq)
    if group is not None:
        folded = column.arrangement.is_folded(group)
        words = "Show" if folded else "Fold"
        menu.addAction(
            f"{words} {group.words()}".replace("&", "&&"),
            lambda: timeline.follow_link(group.first, -1, "group"),
        )
    stop = group.stop if group is not None and group.first == seq else seq + 1
    for subagent in column.outline.subagents_in(seq, stop):
        words = "Fold" if subagent.episode_id in timeline.nested else "Unfold"
        name = subagent.title().replace("&", "&&")
        menu.addAction(f"{words} {name}", partial(_unfold, timeline, seq, subagent))
        menu.addAction(f"Open {name}", partial(timeline.episode_asked.emit, subagent.episode_id))
    menu.addAction("Open All of the Step, or Fold It", lambda: timeline.toggle_step(seq))


def _unfold(timeline: StepTimeline, seq: int, subagent: Subagent) -> None:
    timeline.follow_link(seq, subagent.episode_id, "subagent")
