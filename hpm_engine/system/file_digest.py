"""The digest of a file on disk."""

from __future__ import annotations

from hashlib import file_digest
from pathlib import Path


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes, lower-case hex; raises ``OSError``."""
    with path.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()
