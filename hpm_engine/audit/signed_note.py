"""Signed checkpoints of the log, in the form of C2SP: a tlog-checkpoint in a signed note.

The text is the log's origin, its length, the root (base64) and lines of our own (``time …``,
``before …``: the digest of the checkpoint before), then an empty line and a signature's line:
an em dash, the key's name and base64 of four bytes that name the key and the Ed25519 signature.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error
from hashlib import sha256
from typing import NamedTuple

ORIGIN = "hpm-inspector/audit/"  # and the store's id
_ED25519 = b"\x01"
_KEY = 32  # bytes of a public key
_MARK = "\N{EM DASH} "
_LENGTH = re.compile(r"0|[1-9][0-9]{0,17}")
_LONGEST = 65_536  # characters of a note that is read


class PublicKey(NamedTuple):
    """A key that signatures are checked with; its text is what C2SP calls a vkey."""

    name: str
    key: bytes

    @property
    def id(self) -> bytes:
        """The four bytes by which signatures name it."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.key).digest()[:4]

    @property
    def text(self) -> str:
        """The key as one line."""
        return f"{self.name}+{self.id.hex()}+{b64encode(_ED25519 + self.key).decode()}"


class LogPoint(NamedTuple):
    """What a checkpoint says: how long a log was, and the root over its rows."""

    origin: str
    rows: int
    root: bytes
    more: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What is signed."""
        lines = (self.origin, str(self.rows), b64encode(self.root).decode(), *self.more)
        return "".join(f"{line}\n" for line in lines)

    def said(self, name: str) -> str:
        """What a line of our own says; "" where there is none."""
        texts = (line.removeprefix(f"{name} ") for line in self.more if line.startswith(f"{name} "))
        return next(texts, "")


class NoteSignature(NamedTuple):
    """A signature of a note: by which key, and its 64 bytes."""

    name: str
    id: bytes
    signature: bytes

    @property
    def text(self) -> str:
        """The line."""
        return f"{_MARK}{self.name} {b64encode(self.id + self.signature).decode()}\n"


class SignedNote(NamedTuple):
    """A checkpoint with its signatures."""

    point: LogPoint
    signatures: tuple[NoteSignature, ...]

    @property
    def text(self) -> str:
        """The note as it is stored and exchanged."""
        return self.point.text + "\n" + "".join(each.text for each in self.signatures)

    @property
    def digest(self) -> str:
        """By which the next checkpoint names it."""
        return sha256(self.text.encode()).hexdigest()

    def by(self, key: PublicKey) -> NoteSignature | None:
        """The signature that says that it is this key's."""
        mine = (each for each in self.signatures if (each.name, each.id) == (key.name, key.id))
        return next(mine, None)


def read_key(text: str) -> PublicKey:
    """The key of a line; raises ``ValueError``."""
    name, plus, rest = text.strip().partition("+")
    digest, _, encoded = rest.partition("+")
    data = _decoded(encoded)
    key = PublicKey(name, data[1:])
    if not (plus and name and len(data) == 1 + _KEY and data[:1] == _ED25519):
        raise ValueError("no key of this kind")
    if key.id.hex() != digest:
        raise ValueError("a key whose digest is another's")
    return key


def read_note(text: str) -> SignedNote:
    """A checkpoint with its signatures; raises ``ValueError`` for anything else."""
    body, empty, lines = text[:_LONGEST].rpartition("\n\n")
    origin, rows, root, *more = (
        [*body.split("\n"), "", ""] if body.count("\n") < 2 else body.split("\n")
    )
    if not empty or not origin or not _LENGTH.fullmatch(rows) or not all(more):
        raise ValueError("no checkpoint of a log")
    point = LogPoint(origin, int(rows), _decoded(root), tuple(more))
    if len(point.root) != _KEY or f"{body}\n" != point.text:
        raise ValueError("no checkpoint of a log")
    signatures = []
    for line in lines.removesuffix("\n").split("\n"):
        name, _, encoded = line.removeprefix(_MARK).partition(" ")
        data = _decoded(encoded)
        if not line.startswith(_MARK) or not name or len(data) <= 4:
            raise ValueError("no signature of a note")
        signatures.append(NoteSignature(name, data[:4], data[4:]))
    return SignedNote(point, tuple(signatures))


def _decoded(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (Error, ValueError) as error:
        raise ValueError("no base64") from error
