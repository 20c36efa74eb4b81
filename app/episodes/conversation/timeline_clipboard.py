"""What is copied from a timeline: selected words, a step, or all steps as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from app.episodes.conversation.copying import (
    step_as_markdown,
    step_as_text,
    steps_as_markdown,
    steps_as_text,
)
from app.episodes.markdown_copy import copy_markdown
from app.kit.latest_read import LatestRead
from app.kit.session import Session
from hpm_engine import Job, Memory, Step

if TYPE_CHECKING:
    from app.episodes.conversation.step_timeline import StepTimeline


class TimelineClipboard(QObject):
    """Copies from a timeline; what is not here is read first."""

    def __init__(self, timeline: StepTimeline, session: Session) -> None:
        super().__init__(timeline)
        self._timeline = timeline
        self._session = session
        self._read = LatestRead(session, self)

    @property
    def has_selection(self) -> bool:
        """Whether words are selected."""
        selection = self._timeline.selection
        return selection is not None and not selection.empty

    def copy(self) -> None:
        """Copy the selected words, or the step under the cursor if none are."""
        if self.has_selection:
            self.copy_selection()
        else:
            self.copy_step(self._timeline.current)

    def copy_selection(self) -> None:
        """Copy the selected words, card after card, as they are read."""
        column, selection = self._timeline.column, self._timeline.selection
        if column is None or selection is None:
            return
        arrangement = column.arrangement
        first, last = selection.start.seq, selection.stop.seq
        shown = arrangement.shown[arrangement.from_step(first) : arrangement.from_step(last + 1)]
        away = [seq for seq in shown if self._timeline.texts.step(seq) is None]
        if away:  # a selection of hundreds of steps: the words of whole steps
            self._read_steps(range(first, last + 1), as_markdown=False, among=frozenset(shown))
            return
        texts = [column.card(seq).selected_text(selection) for seq in shown]
        _put("\n\n".join(text.rstrip("\n") for text in texts if text))

    def copy_step(self, seq: int, *, as_markdown: bool = False) -> None:
        """Copy all the text of a step, whatever of it is shown."""
        if (text := self._timeline.texts.step(seq)) is not None:
            _put(step_as_markdown(text.step) if as_markdown else step_as_text(text.step))
        else:
            self._read_steps(range(seq, seq + 1), as_markdown=as_markdown)

    def copy_selected_steps(self) -> None:
        """Copy the steps that have selected words, whole, as Markdown."""
        if (selection := self._timeline.selection) is not None:
            steps = range(selection.start.seq, selection.stop.seq + 1)
            self._read_steps(steps, as_markdown=True)

    def copy_episode(self) -> None:
        """Copy all of the episode as Markdown."""
        if (outline := self._timeline.outline) is not None:
            copy_markdown(self._session, (outline.episode_id,), _put)

    def _read_steps(
        self, steps: range, *, as_markdown: bool, among: frozenset[int] | None = None
    ) -> None:
        outline = self._timeline.outline
        if outline is None:
            return
        episode_id = outline.episode_id

        def call(memory: Memory, _job: Job) -> str:
            read: Sequence[Step] = memory.steps.read(episode_id, steps.start, steps.stop)
            wanted = [step for step in read if among is None or step.seq in among]
            return steps_as_markdown(wanted) if as_markdown else steps_as_text(wanted)

        self._read.ask(call, _put, self._timeline.failed.emit)


def _put(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
