"""Real text that every machine has: Python's own library."""

from __future__ import annotations

import sysconfig
from pathlib import Path


def library_texts(characters: int, most: int) -> list[str]:
    """Up to ``most`` pieces of so many characters, the same for the same Python."""
    pieces: list[str] = []
    for path in sorted(Path(sysconfig.get_paths()["stdlib"]).glob("*.py")):
        source = path.read_text(encoding="utf-8", errors="replace")
        pieces += [source[i : i + characters] for i in range(0, len(source), characters)]
        if len(pieces) >= most:
            break
    return [text for text in pieces if len(text) == characters][:most]
