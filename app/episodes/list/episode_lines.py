"""An episode as lines of a narrow list: its title and when, and under it what it came to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.episodes.live import LIVE, live_now
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
_BETWEEN = " · "  # two facts
_ONE_LINE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
_WIDTHS = 4_000  # texts whose width is remembered: numbers of steps and names come again


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
    phrases += [Phrase(LIVE, Colour.GOOD)] if live_now(episode) else []
    phrases += [Phrase("⚑", Colour.ACCENT)] if episode.pinned else []
    phrases += [Phrase("⊘", Colour.WARN)] if episode.quarantined else []
    return phrases + ([Phrase("✎", Colour.ACCENT)] if episode.notes else [])


def memory_marks(episode: Episode) -> list[Phrase]:
    """The shapes of how it is kept and whether it is learned, where that is not as at first."""
    kept, learned = KEPT[episode.kept], LEARNED[True]
    phrases = [] if episode.kept is Kept.WHOLE else [Phrase(kept.shape, kept.colour)]
    return phrases + ([Phrase(learned.shape, learned.colour)] if episode.learned else [])


def spoken(episode: Episode) -> str:
    """The lines as they are read out."""
    outcome = [] if episode.outcome is Outcome.UNKNOWN else [OUTCOMES[episode.outcome].word]
    states = ["live"] if live_now(episode) else []
    states += ["set apart"] * bool(episode.quarantined)
    states += ["pinned"] * episode.pinned + ["with notes"] * bool(episode.notes)
    parts = [episode.name[:_LONGEST], brief_time(episode.started_at), *outcome, *states]
    parts += [f"tag {tag}" for tag in episode.tags]
    return one_line(", ".join(part for part in (*parts, *(f.text for f in facts(episode))) if part))


class EpisodeLines(QStyledItemDelegate):
    """Paints an episode in two lines, or in one; every text as it is, never as markup."""

    def __init__(self, view: BandedView, *, both: bool) -> None:
        super().__init__(view)
        self._view, self._both = view, both
        self._type = _Type(view.font())

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
        if option.font != self._type.body.font:
            self._type = _Type(option.font)
        ink = _Ink(painter, option, area, self._type)
        model = index.model()
        assert hasattr(model, "row")
        episode = model.row(index.row(), fetch=True)
        area = area.adjusted(MEDIUM, 0, -MEDIUM, 0)
        if not isinstance(episode, Episode):
            ink.write(area, "…", None)
            return
        if not self._both:
            self._title(ink, area, episode)
            return
        top = QRect(area.left(), area.top() + SMALL, area.width(), self._type.body.height)
        self._title(ink, top, episode)
        left = top.left() + self._type.indent
        below = self._type.small.height
        second = QRect(left, top.bottom() + 1 + HAIR, area.right() + 1 - left, below)
        ink.use(self._type.small)
        self._facts(ink, second, episode)

    def _title(self, ink: _Ink, area: QRect, episode: Episode) -> None:
        when = brief_time(episode.started_at)
        ink.use(self._type.small)
        width = ink.write_right(area, when, Colour.MUTED)
        if not self._both and episode.errors:
            room = area.adjusted(0, 0, -width - SMALL, 0)
            width += SMALL + ink.write_right(room, f"✗ {episode.errors:,}", Colour.BAD)
        ink.use(self._type.body)
        title = area.adjusted(0, 0, -width - SMALL, 0)
        for position, mark in enumerate(marks(episode)):
            ink.write(title, mark.text, mark.colour)
            taken = ink.width(mark.text) + HAIR if position else self._type.indent
            title.adjust(taken, 0, 0, 0)
        ink.write_long(title, one_line(" ".join(episode.name[:_LONGEST].split())))

    def _facts(self, ink: _Ink, area: QRect, episode: Episode) -> None:
        for mark in reversed(memory_marks(episode)):
            area.adjust(0, 0, -ink.write_right(area, mark.text, mark.colour) - HAIR, 0)
        area.adjust(0, 0, -self._chips(ink, area, episode), 0)
        for position, run in enumerate(joined(self._fitting(ink, area.width(), episode))):
            width = ink.width(run.text)
            if position:  # what was rounded may be a pixel more than that of its phrases
                area.setWidth(max(area.width(), width))
            ink.write(area, run.text, run.colour)
            area.adjust(width, 0, 0, 0)

    def _fitting(self, ink: _Ink, room: int, episode: Episode) -> Iterator[Phrase]:
        """The facts that there is room for, and what stands between them."""
        gap = ink.width(_BETWEEN)
        for position, fact in enumerate(facts(episode)):
            fact = Phrase(one_line(fact.text), fact.colour)
            width = ink.width(fact.text)
            if position and gap + width > room:
                return
            if position:
                yield Phrase(_BETWEEN)
                room -= gap
            yield fact
            room -= width

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


def joined(phrases: Iterable[Phrase]) -> Iterator[Phrase]:
    """Neighbours of one colour as one phrase: each is a call of the painter."""
    last: Phrase | None = None
    for phrase in phrases:
        if last is None:
            last = phrase
        elif phrase.colour is last.colour:
            last = Phrase(last.text + phrase.text, last.colour)
        else:
            yield last
            last = phrase
    if last is not None:
        yield last


class _Size:
    """A font with its metrics, which remembers how wide texts are in it."""

    def __init__(self, font: QFont) -> None:
        self.font = QFont(font)
        self.metrics = QFontMetrics(font)
        self.height = self.metrics.height()
        self._widths: dict[str, int] = {}

    def width(self, text: str) -> int:
        """How wide a text is."""
        width = self._widths.get(text)
        if width is None:
            if len(self._widths) >= _WIDTHS:
                self._widths.clear()
            width = self._widths[text] = self.metrics.horizontalAdvance(text)
        return width


class _Type:
    """The two sizes of text of a row, and how far its title stands in."""

    def __init__(self, body: QFont) -> None:
        self.body, self.small = _Size(body), _Size(TextRole.CAPTION.font(body))
        self.indent = self.body.width("◐") + SMALL  # room for the mark of the outcome


class _Ink:
    """Writes on a row: on a selected one in the colour of selected text alone."""

    def __init__(
        self, painter: QPainter, option: QStyleOptionViewItem, area: QRect, type_: _Type
    ) -> None:
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
        self._size = type_.body
        if not chosen:
            painter.setPen(_coloured(Colour.LINE, self._dark))
            painter.drawLine(area.left() + MEDIUM, area.bottom(), area.right(), area.bottom())

    def use(self, size: _Size) -> None:
        """Write in this size from now on."""
        self._size = size
        self.painter.setFont(size.font)

    def width(self, text: str) -> int:
        """How wide a text is in the size of now."""
        return self._size.width(text)

    def write(self, area: QRect, text: str, colour: Colour | None) -> None:
        """Write at the left of an area, cut with an ellipsis where there is no room."""
        if self._size.width(text) > area.width():
            elide = Qt.TextElideMode.ElideRight
            text = self._size.metrics.elidedText(text, elide, area.width())
        self._draw(area, text, colour)

    def write_long(self, area: QRect, text: str) -> None:
        """The same for a text that seldom comes again and mostly has no room."""
        elide = Qt.TextElideMode.ElideRight
        self._draw(area, self._size.metrics.elidedText(text, elide, area.width()), None)

    def write_right(self, area: QRect, text: str, colour: Colour) -> int:
        """Write at the right end of an area; the width of it."""
        width = self._size.width(text)
        self._draw(area.adjusted(area.width() - width, 0, 0, 0), text, colour)
        return width

    def chip(self, area: QRect, text: str) -> None:
        """Write a tag in a rounded field."""
        self.painter.setPen(Qt.PenStyle.NoPen)
        raised = _coloured(Colour.RAISED, self._dark)
        self.painter.setBrush(QColor(255, 255, 255, 40) if self._strong else raised)
        self.painter.drawRoundedRect(area, HAIR, HAIR)
        self._draw(area.adjusted(HAIR, 0, 0, 0), text, Colour.MUTED)

    def _draw(self, area: QRect, text: str, colour: Colour | None) -> None:
        own = colour is not None and not self._strong
        self.painter.setPen(
            _coloured(colour, self._dark) if own and colour is not None else self._text
        )
        self.painter.drawText(area, _ONE_LINE, text)


@cache
def _coloured(colour: Colour, dark: bool) -> QColor:
    return QColor(colour.in_scheme(dark))
