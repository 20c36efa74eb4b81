"""Rows of databases whose sessions a store has already."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class KnownBytes(msgspec.Struct, frozen=True):
    """What a store has: the digest (SHA-256, hex) and the size of a source's bytes."""

    sha256: str
    size: int


# By the digest of the rows of a database that they were told of.
KnownRows = Mapping[bytes, KnownBytes]
NOTHING_KNOWN: KnownRows = {}
