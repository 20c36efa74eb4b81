"""The panel of storage: what sources and texts take on disk, and what they took before."""

from __future__ import annotations

from app.kit.controls.bar_list import BarList, BarRow
from app.kit.formatting import counted, size
from app.kit.plain_text import SafeLabel
from app.kit.theme.colour import Colour
from hpm_engine import Stats


class StoragePanel(BarList):
    """A panel of bytes before and after lossless compression."""

    def __init__(self) -> None:
        super().__init__("Stored bytes")
        self._facts = SafeLabel(wrap=True, tone=Colour.MUTED)
        self.body.addWidget(self._facts)

    def show_stats(self, stats: Stats) -> None:
        """Show other figures."""
        sizes = (
            ("Sources as they were", stats.raw_size, Colour.SERIES_2),
            ("Sources as stored", stats.raw_stored, Colour.SERIES_1),
            ("Distinct texts", stats.text_size, Colour.SERIES_2),
            ("Texts as stored", stats.text_stored, Colour.SERIES_1),
            ("Store file", stats.file_size, Colour.SERIES_3),
        )
        self.show_rows([BarRow(name, n, colour, figure=size(n)) for name, n, colour in sizes])
        self._facts.setText(_describe(stats))


def _describe(stats: Stats) -> str:
    facts = [counted(stats.sources, "source file"), counted(stats.set_aside, "file") + " set aside"]
    if stats.raw_stored:
        ratio = f"{stats.raw_size / stats.raw_stored:.1f}"
        facts.append(f"sources shrunk {ratio} times, and recoverable byte for byte")
    return " · ".join(facts)
