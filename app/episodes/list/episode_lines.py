"""An episode as lines of a narrow list: its title and when, and under it what it came to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.kit.formatting import counted, duration, money
from app.kit.glyphs import KEPT, LEARNED, OUTCOMES
from app.kit.list_times import brief_time
from app.kit.plain_text import one_line
from app.kit.table.row_delegate import BandedView
from app.kit.theme.colour import Colour, is_dark
from app.kit.theme.spacing import HAIR, MEDIUM, SMALL
from app.kit.theme.type_scale import TextRole
from hpm_engine import Episode, Kept, Outcome

_MOST_TAGS = 2  # that are named; of more, how many
_TAG_CHARACTERS = 14
_LONGEST = 300  # characters of a title that are looked at
_CHIP_SHARE = 0.45  # of a line's width, at most


@dataclass(frozen=True, slots=True)
class Phrase:
    """A piece of a line, in a colour of meaning."""

    text: str
    colour: Colour = Colour.MUTED


def facts(episode: Episode) -> Iterator[Phrase]:
    """What stands under a title, the weightiest first: in a narrow list the last ones go."""
    yield Phrase(episode.agent or "no agent", Colour.AGENT)
    yield Phrase(counted(episode.steps, "step"))
    if episode.errors:
        yield Phrase(f"✗ {episode.errors:,}", Colour.BAD)
    if episode.cost_usd is not None:
        yield Phrase(money(episode.cost_usd))
    if episode.duration:
        yield Phrase(duration(episode.duration))
    if episode.project:
        yield Phrase(episode.project)


def marks(episode: Episode) -> list[Phrase]:
    """The marks before a title: its outcome's shape, a pin, notes."""
    outcome = OUTCOMES[episode.outcome]
    phrases = [Phrase(outcome.shape, outcome.colour)]
    phrases += [Phrase("⚑", Colour.ACCENT)] if episode.pinned else []
    return phrases + ([Phrase("✎", Colour.ACCENT)] if episode.notes else [])


def memory_marks(episode: Episode) -> list[Phrase]:
    """The shapes of how it is kept and whether it is learned, where that is not as at first."""
    kept, learned = KEPT[episode.kept], LEARNED[True]
    phrases = [] if episode.kept is Kept.WHOLE else [Phrase(kept.shape, kept.colour)]
    return phrases + ([Phrase(learned.shape, learned.colour)] if episode.learned else [])


def spoken(episode: Episode) -> str:
    """The lines as they are read out."""
    outcome = [] if episode.outcome is Outcome.UNKNOWN else [OUTCOMES[episode.outcome].word]
    states = ["pinned"] * episode.pinned + ["with notes"] * bool(episode.notes)
    parts = [episode.name[:_LONGEST], brief_time(episode.started_at), *outcome, *states]
    parts += [f"tag {tag}" for tag in episode.tags]
    return one_line(", ".join(part for part in (*parts, *(f.text for f in facts(episode))) if part))


class EpisodeLines(QStyledItemDelegate):
    """Paints an episode in two lines, or in one; every text as it is, never as markup."""

    def __init__(self, view: BandedView, *, both: bool) -> None:
        super().__init__(view)
        self._view, self._both = view, both

    def height(self, font: QFont) -> int:
        """How high a row is."""
        line = QFontMetrics(font).height()
        if not self._both:
            return line + SMALL
        return line + QFontMetrics(TextRole.CAPTION.font(font)).height() + HAIR + 2 * SMALL

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint one episode."""
        area = option.rect.adjusted(0, self._view.band_above(index.row()), 0, 0)
        ink = _Ink(painter, option, area)
        model = index.model()
        assert hasattr(model, "row")
        episode = model.row(index.row(), fetch=True)
        area = area.adjusted(MEDIUM, 0, -MEDIUM, 0)
        if not isinstance(episode, Episode):
            ink.write(area, "…", None)
            return
        body, small = option.font, TextRole.CAPTION.font(option.font)
        line = QFontMetrics(body).height()
        if not self._both:
            self._title(ink, area, episode, body, small)
            return
        top = QRect(area.left(), area.top() + SMALL, area.width(), line)
        self._title(ink, top, episode, body, small)
        left = top.left() + ink.indent(body)
        below = QFontMetrics(small).height()
        second = QRect(left, top.bottom() + 1 + HAIR, area.right() + 1 - left, below)
        painter.setFont(small)
        self._facts(ink, second, episode)

    def _title(self, ink: _Ink, area: QRect, episode: Episode, body: QFont, small: QFont) -> None:
        when = brief_time(episode.started_at)
        ink.painter.setFont(small)
        width = ink.write_right(area, when, Colour.MUTED)
        if not self._both and episode.errors:
            room = area.adjusted(0, 0, -width - SMALL, 0)
            width += SMALL + ink.write_right(room, f"✗ {episode.errors:,}", Colour.BAD)
        ink.painter.setFont(body)
        title = area.adjusted(0, 0, -width - SMALL, 0)
        for position, mark in enumerate(marks(episode)):
            ink.write(title, mark.text, mark.colour)
            title.adjust(ink.indent(body) if not position else ink.width(mark.text) + HAIR, 0, 0, 0)
        ink.write(title, one_line(" ".join(episode.name[:_LONGEST].split())), None)

    def _facts(self, ink: _Ink, area: QRect, episode: Episode) -> None:
        for mark in reversed(memory_marks(episode)):
            area.adjust(0, 0, -ink.write_right(area, mark.text, mark.colour) - HAIR, 0)
        area.adjust(0, 0, -self._chips(ink, area, episode), 0)
        between = " · "
        gap = ink.width(between)
        for position, fact in enumerate(facts(episode)):
            text = one_line(fact.text)
            if position and gap + ink.width(text) > area.width():
                return
            if position:
                ink.write(area, between, Colour.MUTED)
                area.adjust(gap, 0, 0, 0)
            ink.write(area, text, fact.colour)
            area.adjust(ink.width(text), 0, 0, 0)

    def _chips(self, ink: _Ink, area: QRect, episode: Episode) -> int:
        """Paint the tags at the right end of a line; the width that they took."""
        names = [one_line(tag) for tag in episode.tags[:_MOST_TAGS]]
        names += [f"+{len(episode.tags) - _MOST_TAGS}"] if len(episode.tags) > _MOST_TAGS else []
        taken = 0
        for name in reversed(names):
            text = name if len(name) <= _TAG_CHARACTERS else f"{name[: _TAG_CHARACTERS - 1]}…"
            width = ink.width(text) + 2 * HAIR
            if taken + width > area.width() * _CHIP_SHARE:
                break
            taken += width
            ink.chip(QRect(area.right() + 1 - taken, area.top(), width, area.height()), text)
            taken += HAIR
        return taken + (HAIR if taken else 0)


class _Ink:
    """Writes on a row: on a selected one in the colour of selected text alone."""

    def __init__(self, painter: QPainter, option: QStyleOptionViewItem, area: QRect) -> None:
        self.painter = painter
        palette: QPalette = option.palette
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        focused = chosen and bool(option.state & QStyle.StateFlag.State_Active)
        group = QPalette.ColorGroup.Active if focused else QPalette.ColorGroup.Inactive
        ground = QPalette.ColorRole.Highlight if chosen else QPalette.ColorRole.Base
        painter.fillRect(area, palette.color(group, ground))
        self._strong = focused
        text = QPalette.ColorRole.HighlightedText if focused else QPalette.ColorRole.Text
        self._text = palette.color(group, text)
        self._dark = is_dark()  # asked once: a row has a dozen colours
        if not chosen:
            painter.setPen(self._coloured(Colour.LINE))
            painter.drawLine(area.left() + MEDIUM, area.bottom(), area.right(), area.bottom())

    def _coloured(self, colour: Colour) -> QColor:
        return QColor(colour.in_scheme(self._dark))

    def indent(self, body: QFont) -> int:
        """How far a title stands in: room for the mark of the outcome."""
        return QFontMetrics(body).horizontalAdvance("◐") + SMALL

    def width(self, text: str) -> int:
        """How wide a text is in the font of now."""
        return self.painter.fontMetrics().horizontalAdvance(text)

    def write(self, area: QRect, text: str, colour: Colour | None) -> None:
        """Write at the left of an area, cut with an ellipsis where there is no room."""
        elide = Qt.TextElideMode.ElideRight
        self._draw(area, self.painter.fontMetrics().elidedText(text, elide, area.width()), colour)

    def write_right(self, area: QRect, text: str, colour: Colour) -> int:
        """Write at the right end of an area; the width of it."""
        width = self.width(text)
        self._draw(area.adjusted(area.width() - width, 0, 0, 0), text, colour)
        return width

    def chip(self, area: QRect, text: str) -> None:
        """Write a tag in a rounded field."""
        self.painter.setPen(Qt.PenStyle.NoPen)
        ground = QColor(255, 255, 255, 40) if self._strong else self._coloured(Colour.RAISED)
        self.painter.setBrush(ground)
        self.painter.drawRoundedRect(area, HAIR, HAIR)
        self._draw(area.adjusted(HAIR, 0, 0, 0), text, Colour.MUTED)

    def _draw(self, area: QRect, text: str, colour: Colour | None) -> None:
        own = colour is not None and not self._strong
        self.painter.setPen(self._coloured(colour) if own and colour is not None else self._text)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        self.painter.drawText(area, left | Qt.TextFlag.TextSingleLine, text)
