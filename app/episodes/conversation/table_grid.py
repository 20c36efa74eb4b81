"""The widths of a table's columns: as wide as their words, or shares of the room there is."""

from __future__ import annotations

from collections.abc import Sequence

from app.episodes.conversation.card_style import CardStyle
from app.episodes.text.text_block import TextBlock

_MOST_MEASURED = 60  # characters of a cell
_LEAST = 44  # pixels


def column_widths(
    rows: Sequence[Sequence[TextBlock]], style: CardStyle, room: int, padding: int
) -> list[int]:
    """The width of each column in pixels, padding included; together at most ``room``."""
    count = max(map(len, rows), default=0)
    wanted = [_LEAST] * count
    metrics = style.bold_metrics
    for row in rows:
        for column, cell in enumerate(row):
            longest = max(cell.text[:400].split("\n"), key=len)[:_MOST_MEASURED]
            wanted[column] = max(wanted[column], metrics.horizontalAdvance(longest) + padding + 4)
    spare = room - sum(wanted)
    if spare >= 0 or not count:
        return wanted
    fair = room // count
    narrow = sum(width for width in wanted if width <= fair)
    wide = [column for column, width in enumerate(wanted) if width > fair]
    asked = sum(wanted[column] for column in wide)
    for column in wide:
        wanted[column] = max(_LEAST, int((room - narrow) * wanted[column] / asked))
    return wanted
