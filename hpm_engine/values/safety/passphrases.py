"""What putting a store under a passphrase comes to."""

from __future__ import annotations

import msgspec


class PassphraseChange(msgspec.Struct, frozen=True):
    """A store that was written anew, under a passphrase or no longer under one.

    ``earlier`` are files of this program that hold the store as it was and are not written anew:
    backups that it knows of. ``scrubbed`` says whether the bytes of the file before were
    overwritten; a disk may keep copies of them all the same.
    """

    was: bool  # under a passphrase before
    sealed: bool  # under one now
    size: int  # bytes of the file
    earlier: tuple[str, ...]
    scrubbed: bool
