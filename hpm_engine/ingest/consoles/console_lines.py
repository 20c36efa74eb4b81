"""A console's recorded bytes as the lines of its screen, approximately.

Escape sequences are removed and repainted lines keep their last state. Movements of the cursor
over other lines are not emulated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.text_lines import text_lines

_ESCAPES = re.compile(
    r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"  # titles and links
    r"|\x1b\[[0-?]*[ -/]*[@-~]"  # colours, cursor
    r"|\x1b[()*+][0-9A-Za-z]"  # character sets
    r"|\x1b[=>78cDEHMNOZ]"
)
_SPINNER = re.compile(r"\s*[⠁-⣿]\s+\S.*")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class ConsoleLine(NamedTuple):
    """One line of the screen and the bytes that painted it."""

    text: str
    start: int  # its first byte in the source
    size: int  # bytes
    counts: int  # 1 where the source's account counts it as read

    @property
    def end(self) -> int:
        """The offset behind its last byte."""
        return self.start + self.size


def console_lines(source: SourceFile) -> Iterator[ConsoleLine]:
    """The lines, without those that were only a spinner's repaints.

    The source's account counts lines that show something as read.
    """
    for line in text_lines(source):
        text = screen_text(line.text)
        if text or not line.data.strip():
            yield ConsoleLine(text, line.start, len(line.data), line.counts)
        else:
            source.account.pass_over("what left nothing on the screen", line.counts)


def screen_text(line: str) -> str:
    """The text that one painted line left on the screen."""
    text = _ESCAPES.sub("", line)
    if "\x08" in text:
        text = _typed(text)
    painted = [_CONTROL.sub("", part) for part in text.split("\r")]
    kept = [part for part in painted if part.strip() and not _SPINNER.fullmatch(part)]
    return kept[-1].rstrip() if kept else ""


def _typed(text: str) -> str:
    """The text after its backspaces."""
    kept: list[str] = []
    for character in text:
        if character != "\x08":
            kept.append(character)
        elif kept:
            kept.pop()
    return "".join(kept)
