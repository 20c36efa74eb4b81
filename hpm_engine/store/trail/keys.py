"""The key that signs checkpoints on this machine, and the last checkpoint of each store.

Both lie in the user's data folder, never beside a store: whoever has a store's folder has neither.
"""

from __future__ import annotations

import os
import uuid
from contextlib import suppress
from pathlib import Path

from hpm_engine.audit.signed_note import NoteSignature, PublicKey, SignedNote, read_note
from hpm_engine.errors import CannotWrite, HPMError
from hpm_engine.system.data_folder import data_folder
from hpm_engine.system.new_file import new_file
from hpm_engine.system.output_file import write_file
from hpm_engine.system.private_files import private_folder

_NAME = "hpm-inspector"  # of the key, before the first of its digits


def key_file() -> Path:
    """Where the key lies."""
    return data_folder() / "audit" / "signing-key.pem"


class SigningKey:
    """The key of this machine and person. ``cryptography`` is imported by the first use."""

    def __init__(self, pem: bytes) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        key = load_pem_private_key(pem, None)
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError("a key of another kind")
        self._key = key
        raw = key.public_key().public_bytes_raw()
        self.public = PublicKey(f"{_NAME}/{raw[:4].hex()}", raw)

    def sign(self, text: str) -> NoteSignature:
        """The signature of a note's text."""
        return NoteSignature(self.public.name, self.public.id, self._key.sign(text.encode()))


def signing_key() -> SigningKey:
    """This machine's key, made at its first use; raises ``HPMError`` in words."""
    file = key_file()
    try:
        if not os.path.lexists(file):
            _make(file)
        return SigningKey(file.read_bytes())
    except CannotWrite as error:
        raise HPMError(f"No key to sign with could be made. {error}") from error
    except OSError as error:
        raise HPMError(
            f"{file}: the key that signs the log cannot be read ({error.strerror}). Changes are "
            "recorded, not signed. Let yourself read the file, or move it away: a new key is made."
        ) from error
    except ValueError as error:
        raise HPMError(
            f"{file}: is no key that this program made. Changes are recorded, not signed. Put the "
            "key back from a backup, or move the file away: a new key is made then."
        ) from error
    except ImportError as error:
        raise HPMError(
            "Signing needs the package cryptography, which is not installed. Changes are recorded, "
            "not signed."
        ) from error


def known_key() -> PublicKey | None:
    """This machine's key, where there is one that can be read; none is made."""
    if not key_file().is_file():
        return None
    with suppress(HPMError):
        return signing_key().public
    return None


def is_signed_by(note: SignedNote, key: PublicKey) -> bool:
    """Whether a note has a valid signature of the key."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    if (mine := note.by(key)) is None:
        return False
    try:
        public = Ed25519PublicKey.from_public_bytes(key.key)
        public.verify(mine.signature, note.point.text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def remembered(store: str) -> SignedNote | None:
    """The last checkpoint of a store that this machine signed, as far as it can be read."""
    file = _memory(store)
    try:
        return read_note(file.read_text("utf-8")) if file is not None else None
    except (OSError, ValueError):
        return None


def remember(store: str, note: SignedNote) -> None:
    """Keep a checkpoint beside the key; raises ``HPMError``."""
    if (file := _memory(store)) is not None:
        try:
            private_folder(file.parent)
        except OSError as error:
            raise CannotWrite(f"{file}: cannot be written ({error.strerror}).") from error
        write_file(file, note.text.encode())


def _memory(store: str) -> Path | None:
    try:
        return data_folder() / "audit" / "checkpoints" / f"{uuid.UUID(store)}.txt"
    except ValueError:
        return None  # an id that a stranger wrote


def _make(file: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    pem = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    with suppress(FileExistsError), new_file(file) as new:  # another program was quicker
        new.stream.write(pem)
        new.put()
