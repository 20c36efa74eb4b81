"""Bounds on what an import accepts, checked before or while reading, never after."""

from __future__ import annotations

import msgspec

from hpm_engine.config import (
    ARCHIVE_BYTES,
    ARCHIVE_MEMBERS,
    ARCHIVE_NESTING,
    ARCHIVE_RATIO,
    DOCUMENT_BYTES,
    EPISODE_STEPS,
    FILE_BYTES,
    JSON_DEPTH,
    LINE_BYTES,
)

MIB = 1024 * 1024


class Limits(msgspec.Struct, frozen=True):
    """Import limits; an excess raises ``LimitExceeded`` with the names of the file and the bound.

    Sizes are bytes, counted while streaming: an archive's own headers are not believed.
    ``document_size`` bounds sources that must be parsed whole; JSON lines are bounded per line.
    ``json_depth`` bounds a source's head, which is parsed to tell its format; behind it the
    decoder refuses what nests deeper than about 1,000 levels.
    """

    file_size: int = FILE_BYTES.value
    document_size: int = DOCUMENT_BYTES.value
    line_size: int = LINE_BYTES.value
    json_depth: int = JSON_DEPTH.value
    archive_members: int = ARCHIVE_MEMBERS.value
    archive_total: int = ARCHIVE_BYTES.value
    archive_ratio: int = ARCHIVE_RATIO.value
    archive_nesting: int = ARCHIVE_NESTING.value
    steps_per_episode: int = EPISODE_STEPS.value


DEFAULT_LIMITS = Limits()
