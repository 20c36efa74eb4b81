"""The bytes of a row that its hash is taken over: the stored columns, spelled as they are stored.

They are a tag, the row's number and the lengths of its columns (big-endian: 8 bytes, then 4 for
each), and the columns' UTF-8 one after the other. No two rows have the same bytes: another time,
spelling, key or order makes another hash.

What a row says of content (names, texts of searches, settings) is not in it but beside it, with a
salt: the row has their *commitment* alone. Without the salt nobody can try out what was said, so
both can be deleted, and the row stays what it was.
"""

from __future__ import annotations

import hmac
import struct
from collections.abc import Sequence
from hashlib import sha256

COLUMNS = (
    "at",
    "actor",
    "action",
    "subject",
    "before",
    "after",
    "detail",
    "state",
    "previous",
)
SALT = 32  # bytes
_TAG = b"hpm-audit-row-1\n"
_HEAD = struct.Struct(f">Q{len(COLUMNS)}I")


def row_bytes(seq: int, columns: Sequence[bytes]) -> bytes:
    """The canonical bytes of a row; ``columns`` in the order of ``COLUMNS``."""
    return b"".join((_TAG, _HEAD.pack(seq, *map(len, columns)), *columns))


def row_leaf(seq: int, columns: Sequence[bytes]) -> bytes:
    """The leaf of a row in the tree."""
    return sha256(b"".join((b"\0", _TAG, _HEAD.pack(seq, *map(len, columns)), *columns))).digest()


def commitment(salt: bytes, text: str) -> str:
    """What a row has in the place of a content: HMAC-SHA256 with the salt as its key."""
    return hmac.digest(salt, text.encode(), "sha256").hex()


def salted(salt: bytes, digest: str) -> str:
    """A digest so that nobody without the salt can try out what it is of; ``""`` stays."""
    return hmac.digest(salt, digest.encode(), "sha256").hex() if digest else ""
