"""The painter of a hit and its steps: rank, task, facts, terms, bar of reasons, score."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QPainter,
    QPen,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTreeView

from app.kit.formatting import number
from app.kit.glyphs import OUTCOMES, USES
from app.kit.plain_text import one_line
from app.kit.theme.colour import Colour
from app.recall.hit_tree import ROW, facts, like, moved, title
from app.recall.recall_answer import HitRow
from app.recall.shares import paint_shares
from hpm_engine import Alike, Marked, Marks, StepHit

PAD = 6  # pixels
STEP_LINES = 2
_BAR = 16  # the width of the bar in average characters
_Index = QModelIndex | QPersistentModelIndex


class HitDelegate(QStyledItemDelegate):
    """A painter of rows: a hit has two lines, a step up to two, an episode like it has one."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """The size of a row, as high as its text; the width is the view's."""
        row, metrics = index.data(ROW), option.fontMetrics
        lines = 2
        if isinstance(row, StepHit):
            room = _room(_step_width(option), metrics, row)
            lines = 1 if metrics.horizontalAdvance(_excerpt(row)) < room else STEP_LINES
        elif isinstance(row, Alike):
            lines = 1
        return QSize(200, metrics.height() * lines + 2 * PAD)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint one row."""
        row = index.data(ROW)
        painter.save()
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        ink = _Ink(option, chosen)
        if chosen:
            painter.fillRect(option.rect, option.palette.highlight())
        if isinstance(row, HitRow):
            _paint_hit(painter, option.rect, ink, row)
        elif isinstance(row, StepHit):
            _paint_step(painter, option.rect, ink, row)
        elif isinstance(row, Alike):
            _paint_alike(painter, option.rect, ink, row)
        painter.restore()


class _Ink:
    """The fonts and colours of a row, which depend on whether it is chosen."""

    def __init__(self, option: QStyleOptionViewItem, chosen: bool) -> None:
        palette = option.palette
        light = palette.color(palette.ColorRole.HighlightedText)
        self.chosen = chosen
        self.text = light if chosen else palette.color(palette.ColorRole.Text)
        self.muted = light if chosen else Colour.MUTED.qcolor()
        self.link = light if chosen else Colour.ACCENT.qcolor()
        self.font = QFont(option.font)
        self.bold = QFont(option.font)
        self.bold.setBold(True)
        self.metrics = QFontMetrics(self.font)
        self.bold_metrics = QFontMetrics(self.bold)

    def of(self, colour: Colour) -> QColor:
        """A named colour; in a chosen row all is in one colour."""
        return self.text if self.chosen else colour.qcolor()


def _paint_hit(painter: QPainter, area: QRect, ink: _Ink, row: HitRow) -> None:
    height = ink.metrics.height()
    first = QRect(area.left(), area.top() + PAD, area.width() - PAD, height)
    second = first.translated(0, height)
    left = _paint_rank(painter, first, ink, row)
    right = _paint_score(painter, first, ink, row)
    _write(painter, QRect(left, first.top(), right - left - 10, height), title(row), ink.text, ink)
    room = _paint_given(painter, second, ink, row)
    _paint_facts(painter, QRect(left, second.top(), room - left - 10, height), ink, row)


def _paint_given(painter: QPainter, line: QRect, ink: _Ink, row: HitRow) -> int:
    """Paint that it stood in the block, and what became of it; returns the left of that."""
    right = line.right() + 1
    if row.use is not None:
        mark = USES[row.use]
        wide = ink.metrics.horizontalAdvance(str(mark))
        area = QRect(right - wide, line.top(), wide, line.height())
        _write(painter, area, str(mark), ink.of(mark.colour))
        right = area.left() - ink.metrics.horizontalAdvance("  ")
    given = "▣ in the block" if row.injected else ""
    wide = ink.metrics.horizontalAdvance(given)
    _write(painter, QRect(right - wide, line.top(), wide, line.height()), given, ink.link)
    return right - wide


def _paint_rank(painter: QPainter, line: QRect, ink: _Ink, row: HitRow) -> int:
    """Paint the rank and how it moved; returns the left of what follows."""
    rank = QRect(line.left(), line.top(), ink.bold_metrics.horizontalAdvance("000"), line.height())
    painter.setFont(ink.bold)
    painter.setPen(ink.text)
    painter.drawText(rank, Qt.AlignmentFlag.AlignRight.value, number(row.rank))
    left = rank.right() + 9
    if row.before is None:
        return left
    sign = moved(row)
    tone = Colour.GOOD if row.before == 0 or row.before > row.rank else Colour.WARN
    if sign == "=":
        tone = Colour.MUTED
    room = ink.metrics.horizontalAdvance("▲ 000")
    _write(painter, QRect(left, line.top(), room, line.height()), sign, ink.of(tone))
    return left + room + 6


def _paint_score(painter: QPainter, line: QRect, ink: _Ink, row: HitRow) -> int:
    """Paint the bar of reasons and the score at the right end; returns their left."""
    score = f"{row.score:.2f}"
    wide = ink.metrics.horizontalAdvance("000.00")
    painter.setFont(ink.font)
    painter.setPen(ink.text)
    area = QRect(line.right() - wide, line.top(), wide + 1, line.height())
    painter.drawText(area, Qt.AlignmentFlag.AlignRight.value, score)
    bar = min(ink.metrics.averageCharWidth() * _BAR, line.width() // 4)
    tall = max(8, line.height() * 2 // 3)
    top = line.top() + (line.height() - tall) // 2
    left = area.left() - bar - 8
    if row.shares:
        paint_shares(painter, QRect(left, top, bar, tall), row.shares)
    return left


def _paint_facts(painter: QPainter, line: QRect, ink: _Ink, row: HitRow) -> None:
    known = facts(row)
    x = line.left()
    if row.episode is not None:  # the outcome in its own colour, and shape
        tone = ink.of(OUTCOMES[row.episode.outcome].colour)
        _write(painter, line, known[0], tone)
        x += ink.metrics.horizontalAdvance(known[0])
        known = ["", *known[1:]]
    words = " · ".join(known) + (f" · “{', '.join(row.terms)}”" if row.terms else "")
    _write(painter, QRect(x, line.top(), line.right() - x, line.height()), words, ink.muted, ink)


def _write(
    painter: QPainter, area: QRect, text: str, colour: QColor, ink: _Ink | None = None
) -> None:
    painter.setPen(colour)
    if ink is not None:
        painter.setFont(ink.font)
        text = ink.metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width())
    flags = Qt.AlignmentFlag.AlignVCenter.value | Qt.TextFlag.TextSingleLine.value
    painter.drawText(area, flags, text)


def _paint_step(painter: QPainter, area: QRect, ink: _Ink, step: StepHit) -> None:
    height = ink.metrics.height()
    width = _room(area.width(), ink.metrics, step)
    left = area.right() - PAD - width
    top = area.top() + PAD
    number_area = QRect(area.left(), top, left - area.left(), height)
    _write(painter, number_area, _number(step), ink.link, ink)
    text = _excerpt(step)
    layout = QTextLayout(text, ink.font)
    wrap = QTextOption()
    wrap.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(wrap)
    layout.setFormats(_marked(text, step.terms, ink))
    layout.beginLayout()
    for line_number in range(STEP_LINES):
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(max(10, width))
        line.setPosition(QPointF(0, line_number * height))
    layout.endLayout()
    painter.setPen(QPen(ink.text))
    layout.draw(painter, QPointF(left, top))


def _paint_alike(painter: QPainter, area: QRect, ink: _Ink, other: Alike) -> None:
    line = QRect(area.left(), area.top() + PAD, area.width() - PAD, ink.metrics.height())
    _write(painter, line, "like it", ink.link, ink)
    left = line.left() + ink.metrics.horizontalAdvance("like it  ")
    _write(
        painter,
        QRect(left, line.top(), line.right() - left, line.height()),
        like(other),
        ink.text,
        ink,
    )


def _number(step: StepHit) -> str:
    return f"#{number(step.seq + 1)}"


def _excerpt(step: StepHit) -> str:
    return one_line(" ".join(step.excerpt.split()), 500)


def _step_width(option: QStyleOptionViewItem) -> int:
    """The width of a step's row: while sizes are asked for, Qt's rectangle has none."""
    view = option.widget
    if not isinstance(view, QTreeView):
        return int(option.rect.width())
    return view.viewport().width() - 2 * view.indentation()


def _room(width: int, metrics: QFontMetrics, step: StepHit) -> int:
    """The width of the excerpt in a row, beside the step's number."""
    taken = max(metrics.horizontalAdvance("#0,000"), metrics.horizontalAdvance(_number(step)))
    return max(40, width - taken - 10 - PAD)


def _marked(text: str, terms: Sequence[str], ink: _Ink) -> list[QTextLayout.FormatRange]:
    """The formats of the matched terms: underlined, on the ground that marks hits."""
    if not terms:
        return []
    shape = QTextCharFormat()
    shape.setFontUnderline(True)
    if not ink.chosen:
        shape.setBackground(Colour.MATCH.qcolor())
    ranges = []
    for start, end in Marks(map(Marked, terms)).spans(text):
        format_range = QTextLayout.FormatRange()
        format_range.start, format_range.length, format_range.format = start, end - start, shape
        ranges.append(format_range)
    return ranges
