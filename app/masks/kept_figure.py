"""How much is kept, in one figure and one sentence; and a warning where that is next to nothing."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.kit.formatting import NOTHING, counted, local_time, number, share, size
from app.kit.plain_text import SafeLabel
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import MEDIUM
from app.kit.theme.type_scale import TextRole
from app.masks.mask_reading import MaskReading
from hpm_engine import CompressedEpisode, Episode, StepFlag, StepOutline, StepSource

TOO_SMALL = "kept in full: it is too small for this budget to hold anything of it"
_WORKING = "being worked out"


class KeptFigure(QWidget):
    """The figure and its sentence, beside whatever the budget is chosen with."""

    def __init__(self, beside: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.figure = SafeLabel(role=TextRole.TITLE)
        self.sentence = SafeLabel(wrap=True)
        self.warning = SafeLabel(tone=Colour.WARN, wrap=True, bold=True)
        self.warning.hide()
        row = QHBoxLayout()
        row.setSpacing(MEDIUM)
        row.addWidget(self.figure)
        row.addWidget(self.sentence, 3)
        row.addWidget(beside, 4)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.warning)
        column.addLayout(row)
        self.figure.setMinimumWidth(self.figure.fontMetrics().horizontalAdvance("≈ 8 %"))

    def say(self, figure: str, sentence: str, warning: str = "") -> None:
        """Show these."""
        self.figure.setText(figure)
        self.sentence.setText(sentence)
        self.warning.setText(f"⚠ {warning}" if warning else "")
        self.warning.setVisible(bool(warning))


def stored_figure(kept: CompressedEpisode) -> tuple[str, str]:
    """The figure of a stored memory whose names are not counted yet, and its sentence."""
    return _share(kept), f"of {size(kept.raw_size)} kept · names are being counted"


def guessed_figure(episode: Episode, ratio: float) -> tuple[str, str]:
    """What a budget allows an episode of which nothing is known yet."""
    whole = size(episode.text_size)
    return f"≈ {share(1 / ratio)}", f"of {whole} would be kept at most · {_WORKING}"


def kept_figure(
    reading: MaskReading, episode: Episode, *, stored: bool, left: bool
) -> tuple[str, str]:
    """The figure of a budget that was counted, or of an estimate, and its sentence."""
    kept, words = reading.kept, reading.identifiers
    verb = "kept" if stored else "would be kept"
    if left:
        when = local_time(episode.evicted_at)
        rest = f"the rest was deleted permanently {when}"
    elif not reading.exact:
        return f"≈ {_share(kept)}", f"of {size(kept.raw_size)} {verb} · an estimate, {_WORKING}"
    elif not words.total:
        rest = "there are no names in it"
    elif words.lost:
        rest = f"{number(words.lost)} of {counted(words.total, 'name')} in it are lost"
    else:
        rest = "every name in it is kept"
    return _share(kept), f"of {size(kept.raw_size)} {verb} · {rest}"


def warning_of(shares: bytes, steps: list[StepOutline], *, stored: bool, exact: bool = True) -> str:
    """What is wrong with what is kept; "" where nothing is."""
    if not exact:
        return ""
    verb, would = ("is", "") if stored else ("would be", "would be ")
    if not any(shares):
        named = counted(len(steps), "step")
        return (
            f"None of its {named} {verb} kept, at most a list of names. Choose a larger budget to"
            " keep some."
        )
    asked = task_step(steps)
    if asked is not None and not shares[asked]:
        return f"What was asked (step {number(asked + 1)}) {would or 'is '}dropped."
    return ""


def task_step(steps: list[StepOutline]) -> int | None:
    """The step in which the person first said something, if one did."""
    for step in steps:
        own = not step.flags & (StepFlag.INJECTED | StepFlag.COPIED)
        if step.source is StepSource.USER and own and step.text_size:
            return step.seq
    return None


def _share(kept: CompressedEpisode) -> str:
    return share(kept.stored_size / kept.raw_size) if kept.raw_size else NOTHING
