"""The lines above a conversation: what it is called, whose it is, and what it took."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.kit.controls.held_badges import HeldBadges
from app.kit.episode_title import episode_title
from app.kit.formatting import counted, duration, exact_time, scaled
from app.kit.glyphs import OUTCOMES
from app.kit.list_times import list_time
from app.kit.plain_text import SafeLabel, one_line
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import MEDIUM, SMALL
from app.kit.theme.type_scale import TextRole
from hpm_engine import Episode, Outcome

_TAGS = 3  # that are named; more are counted


class EpisodeHead(QWidget):
    """Title and badges, then the facts, and where the reader is in the conversation.

    ``tools`` takes the buttons that act on the whole conversation.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = SafeLabel()
        self._marks = SafeLabel(tone=Colour.ACCENT)
        self._outcome = SafeLabel()
        self.held = HeldBadges()
        self._facts = SafeLabel(tone=Colour.MUTED)
        self._status = SafeLabel(tone=Colour.MUTED)
        self.tools = QHBoxLayout()
        self.tools.setContentsMargins(0, 0, 0, 0)
        self._arrange()
        self._fit_fonts()

    def _arrange(self) -> None:
        fixed = QSizePolicy.Policy.Fixed
        for badge in (self._marks, self._outcome, self._status):
            badge.setSizePolicy(QSizePolicy.Policy.Maximum, fixed)
        self._title.setSizePolicy(QSizePolicy.Policy.Ignored, fixed)
        self._facts.setSizePolicy(QSizePolicy.Policy.Ignored, fixed)
        above, below = QHBoxLayout(), QHBoxLayout()
        for row in (above, below):
            row.setSpacing(MEDIUM)
        above.addWidget(self._title, 1)
        above.addWidget(self._marks)
        above.addWidget(self._outcome)
        above.addLayout(self.tools)
        below.addWidget(self._facts, 1)
        below.addWidget(self.held)
        below.addWidget(self._status)
        column = QVBoxLayout(self)
        column.setContentsMargins(MEDIUM, SMALL, SMALL, SMALL)
        column.setSpacing(2)
        column.addLayout(above)
        column.addLayout(below)

    def show_episode(self, episode: Episode | None) -> None:
        """Show an episode; nothing where there is none."""
        self.held.show_episode(episode)
        if episode is None:
            for label in (self._title, self._marks, self._outcome, self._facts):
                label.setText("")
            return
        title = episode_title(episode)
        self._title.setText(one_line(title, 300))
        self._title.set_tip(title)
        self._marks.setText(_marks(episode))
        self._marks.setVisible(bool(self._marks.text()))
        known = episode.outcome is not Outcome.UNKNOWN
        outcome = OUTCOMES[episode.outcome]
        self._outcome.setText(str(outcome) if known else "")
        self._outcome.set_tone(outcome.colour)
        self._outcome.setVisible(known)
        facts = " · ".join(_facts(episode))
        self._facts.setText(facts)
        self._facts.set_tip(f"{facts}\nBegan {exact_time(episode.started_at)}")

    def say(self, text: str) -> None:
        """Say where the reader is."""
        self._status.setText(text)

    def text(self) -> str:
        """All that is said, for those who do not see it."""
        labels = (self._title, self._marks, self._outcome, self._facts, self._status)
        return " · ".join(label.whole_text() for label in labels if label.whole_text())

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit_fonts()

    def _fit_fonts(self) -> None:
        self._title.setFont(TextRole.HEADING.font(self.font()))


def _marks(episode: Episode) -> str:
    marks = ["⚑ pinned"] if episode.pinned else []
    marks += ["⊘ set apart from recall"] if episode.quarantined else []
    marks += [f"# {one_line(tag, 24)}" for tag in episode.tags[:_TAGS]]
    if len(episode.tags) > _TAGS:
        marks.append(counted(len(episode.tags) - _TAGS, "more tag"))
    return "  ".join(marks)


def _facts(episode: Episode) -> list[str]:
    """What is known, the weightiest first: a narrow pane cuts the end."""
    facts = [one_line(episode.agent, 40), one_line(episode.model, 40)]
    facts += [one_line(episode.project, 40), list_time(episode.started_at)]
    if episode.started_at is not None and episode.ended_at is not None:
        facts.append(duration(max(0, episode.ended_at - episode.started_at)))
    facts.append(counted(episode.steps, "step"))
    if episode.errors:
        facts.append(f"✗ {counted(episode.errors, 'error')}")
    if tokens := episode.tokens_in + episode.tokens_out:
        facts.append(f"{scaled(tokens)} tokens")
    if episode.cost_usd is not None:
        facts.append(f"${episode.cost_usd:,.2f}")
    return [fact for fact in facts if fact and fact != "–"]  # noqa: RUF001
