"""Bounds on what an import accepts, checked before or while reading, never after."""

from __future__ import annotations

import msgspec

MIB = 1024 * 1024


class Limits(msgspec.Struct, frozen=True):
    """Import limits; each excess raises ``LimitExceeded`` with the name of the file and bound.

    Sizes are bytes as counted while streaming: an archive's own headers are not believed.
    ``document_size`` bounds sources that must be parsed whole; JSON lines are bounded per line.
    ``json_depth`` bounds a source's head, which is parsed to tell its format; behind it the
    decoder refuses what nests deeper than about 1,000 levels.
    """

    file_size: int = 16 * 1024 * MIB
    document_size: int = 256 * MIB
    line_size: int = 64 * MIB
    json_depth: int = 200
    archive_members: int = 200_000
    archive_total: int = 64 * 1024 * MIB
    archive_ratio: int = 500  # xz reaches 100 on repeated prompts; deflate ends at 1,032
    archive_nesting: int = 2
    steps_per_episode: int = (1 << 24) - 1


DEFAULT_LIMITS = Limits()
