"""What the stored values rebuild of the chosen step, by one scorer or two, in words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.kit.latest_read import LatestRead
from app.kit.plain_text import SafeLabel, one_line
from app.kit.session import Session
from app.kit.theme.colour import Colour
from app.masks.mask_reading import MaskedEpisode, MaskReading
from app.masks.rebuilt.band import LEGEND
from app.masks.rebuilt.line import RebuiltLine
from app.masks.rebuilt.reading import Rebuilding, RebuiltReading
from app.masks.rebuilt.rebuildings import Rebuildings
from hpm_engine import Job, Memory, NotRebuilt, action_line

_MOST = 100  # characters of what the other step did


class RebuiltPane(QWidget):
    """Lines on what is rebuilt; ``arrived`` when more is known, ``went`` names a step to go to.

    ``legend`` says of the whole episode what this says of a step, and stands elsewhere.
    """

    arrived = Signal()
    went = Signal(int)
    failed = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rebuildings = Rebuildings(session, self)
        self._others = LatestRead(session, self)
        self._episode_id, self._seq = 0, 0
        self._scorers: tuple[str, ...] = ()
        self.legend = SafeLabel(tone=Colour.MUTED)
        self.lines = (RebuiltLine(), RebuiltLine())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for line in self.lines:
            line.hide()
            line.went.connect(self.went)
            column.addWidget(line)
        self._rebuildings.arrived.connect(self._on_arrived)
        self._rebuildings.failed.connect(self.failed)

    @property
    def shown(self) -> tuple[Rebuilding, ...]:
        """What is rebuilt of each compression that is shown, as far as it is known."""
        return self._rebuildings.shown()

    def forget(self) -> None:
        """Begin with another episode, or with a changed state of one."""
        self._rebuildings.forget()
        self._sum_up()

    def show_masks(self, episode: MaskedEpisode, readings: Sequence[MaskReading]) -> None:
        """Say next what these rebuild; ``show_step`` says of which step."""
        self._episode_id = episode.detail.episode.id
        self._scorers = tuple(reading.kept.scorer for reading in readings)
        self._rebuildings.want(readings, episode)
        self._sum_up()

    def show_step(self, seq: int) -> None:
        """Say what is rebuilt of a step, and what the step did that it is taken for."""
        self._seq = seq
        episode_id = self._episode_id
        others = {
            near for rebuilding in self.shown if (near := _strayed(rebuilding, seq)) is not None
        }
        if not others:
            self._say({})
            return

        def call(memory: Memory, _job: Job) -> dict[int, str]:
            steps = (memory.steps.read(episode_id, near, near + 1) for near in others)
            return {step.seq: action_line(step) for page in steps for step in page}

        self._others.ask(call, self._say, self.failed.emit)

    def _on_arrived(self) -> None:
        self.arrived.emit()
        self._sum_up()
        self.show_step(self._seq)

    def _sum_up(self) -> None:
        shown = self.shown
        counts = "; ".join(
            self._named(index) + _counted(rebuilding) for index, rebuilding in enumerate(shown)
        )
        some = any(isinstance(rebuilding, RebuiltReading) for rebuilding in shown)
        self.legend.setText(
            f"rebuilt: {counts}" + (f" · {LEGEND}" if some else "") if counts else ""
        )

    def _named(self, index: int) -> str:
        return f"{self._scorers[index]}: " if len(self._scorers) > 1 else ""

    def _say(self, texts: dict[int, str]) -> None:
        shown = self.shown
        for index, line in enumerate(self.lines):
            # Why an episode is not rebuilt is said once, of all of its steps.
            rebuilt = index < len(shown) and not isinstance(shown[index], NotRebuilt)
            line.setVisible(rebuilt)
            if rebuilt:
                near = _strayed(shown[index], self._seq)
                did = one_line(texts.get(near, ""), _MOST) if near is not None else ""
                brief, whole = _said(shown[index], self._seq, f"\u201c{did}\u201d" if did else "")
                line.say(self._named(index) + brief, whole, near)


def _strayed(rebuilding: Rebuilding, seq: int) -> int | None:
    return rebuilding.strayed(seq) if isinstance(rebuilding, RebuiltReading) else None


def _counted(rebuilding: Rebuilding) -> str:
    if isinstance(rebuilding, RebuiltReading):
        return rebuilding.counts()
    return "being worked out…" if rebuilding is None else rebuilding.value


def _said(rebuilding: Rebuilding, seq: int, did: str) -> tuple[str, str]:
    """In short, and whole."""
    if isinstance(rebuilding, RebuiltReading):
        return rebuilding.brief(seq, did), rebuilding.says(seq, did)
    return "Being rebuilt from the stored values…", ""
