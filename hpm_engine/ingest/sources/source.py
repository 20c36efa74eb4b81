"""A source: one file, archive member or session of a database, read where it is."""

from __future__ import annotations

import hashlib
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

import msgspec

from hpm_engine.errors import CannotImport, LimitExceeded
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.sources.beside import Beside, nothing_beside
from hpm_engine.ingest.sources.first_records import first_lines, first_records, whole_opening
from hpm_engine.ingest.sources.limits import DEFAULT_LIMITS, Limits
from hpm_engine.ingest.sources.opening import Opening, read_opening, torn_opening
from hpm_engine.ingest.sources.unpacking import DAMAGE, damage
from hpm_engine.values.reports import Damage

_BLOCK = 1024 * 1024  # bytes
_HEAD = 64 * 1024  # bytes
_BARE_CR = re.compile(rb"\r(?!\n|\Z)")


class Unreadable(msgspec.Struct, frozen=True):
    """A file, folder or archive member that was not read, and the reason for a person."""

    name: str
    reason: str
    aside: bool = False  # no failure: something that is no file to read, or a place for secrets
    size: int = 0


class SourceFile:
    """The bytes of a file as they were at the first look, however often they are opened.

    ``name`` is the path, with ``!/member`` for archive members. ``size`` is in bytes, fixed at the
    first look: what a file gains meanwhile waits for the next import. ``modified_at`` is in Unix
    microseconds. ``account`` counts the records. ``fault`` is the reason why the bytes of a damaged
    archive end early, ``losses`` what a damaged database could not give. A companion's bytes come
    from ``beside("../results.json")``, b"" for another file, None for none; the account remembers
    their states. ``rows_digest`` is the digest of a database's rows, if it tells some; ``known_as``
    that of its bytes, if a store has them.
    """

    def __init__(
        self,
        name: str,
        size: int,
        open_: Callable[[], BinaryIO],
        *,
        modified_at: int | None = None,
        limits: Limits = DEFAULT_LIMITS,
        beside: Beside = nothing_beside,
        fault: str = "",
        losses: tuple[Damage, ...] = (),
        rows_digest: bytes = b"",
        known_as: str = "",
    ) -> None:
        self.name = name
        self.size = size
        self.modified_at = modified_at
        self.limits = limits
        self._beside = beside
        self.fault = fault
        self.losses = losses
        self.rows_digest = rows_digest
        self.known_as = known_as
        self.account = Account()
        self.as_read: SourceFile | None = None  # where this one has other bytes: see ``with_bytes``
        self.clean: Callable[[bytes], bytes] | None = None  # what becomes of companions' bytes
        self.masks: Counter[tuple[str, str]] = Counter()  # secrets masked: by rule and tag
        self._open = open_
        self._head: bytes | None = None
        self._opening: Opening | None = None
        self._first_lines: tuple[bytes, ...] | None = None
        self._records: tuple[dict[str, object], ...] | None = None

    def held(self) -> SourceFile:
        """The same source with its bytes in memory, whatever becomes of the file."""
        data = b"".join(self.blocks())
        return SourceFile(
            self.name,
            self.size,
            lambda: io.BytesIO(data),
            modified_at=self.modified_at,
            limits=self.limits,
            beside=self._beside,
            fault=self.fault,
            losses=self.losses,
            rows_digest=self.rows_digest,
        )

    def with_bytes(
        self, open_: Callable[[], BinaryIO], size: int, clean: Callable[[bytes], bytes]
    ) -> SourceFile:
        """The same source, with the same account, with other bytes in place of its own."""
        other = SourceFile(
            self.name,
            size,
            open_,
            modified_at=self.modified_at,
            limits=self.limits,
            beside=self._beside,
            fault=self.fault,
            losses=self.losses,
            rows_digest=self.rows_digest,
        )
        other.account, other.as_read, other.clean = self.account, self, clean
        return other

    def beginning(self, size: int) -> SourceFile:
        """A source of only the first ``size`` bytes."""
        return SourceFile(self.name, min(size, self.size), self._open, limits=self.limits)

    def beside(self, relative: str) -> bytes | None:
        """A companion's bytes, b"" for another file, None for none."""
        data = self._beside(relative)
        self.account.note_companion(relative, data)
        return data if self.clean is None or not data else self.clean(data)

    def begin_account(self) -> None:
        """Empty the account: the source is read from its start again."""
        self.account.begin()
        for loss in self.losses:
            self.account.damage(loss.place, loss.start, loss.size, loss.reason, mended=False)
        if self.fault:
            self.account.damage("the end", self.size, 0, self.fault, mended=False)

    @contextmanager
    def _stream(self) -> Iterator[BinaryIO]:
        """The bytes. Raises ``CannotImport`` where the file is gone or the archive is damaged."""
        try:
            with self._open() as stream:
                yield stream
        except DAMAGE as error:
            raise CannotImport(f"{self.name}: {damage(error)}") from error

    @property
    def head(self) -> bytes:
        """The first 64 KiB."""
        if self._head is None:
            with self._stream() as stream:
                self._head = stream.read(min(_HEAD, self.size))
        return self._head

    @property
    def opening(self) -> Opening:
        """The first JSON value, with long lists shortened; a damaged one as far as the head goes.

        Raises ``LimitExceeded`` for deep nesting.
        """
        if self._opening is None:
            opening = read_opening(self.head, self.name, self.limits.json_depth)
            if opening.cut:
                opening = whole_opening(self) or opening
            if opening.cut or opening.value is None:
                opening = torn_opening(self.head, self.name, self.limits.json_depth) or opening
            self._opening = opening
        return self._opening

    @property
    def first_lines(self) -> tuple[bytes, ...]:
        """The first lines that are not blank, each of them whole."""
        if self._first_lines is None:
            self._first_lines = first_lines(self)
        return self._first_lines

    @property
    def records(self) -> tuple[dict[str, object], ...]:
        """The first records, each of them whole: lines, items of a list, or one object."""
        if self._records is None:
            self._records = first_records(self)
        return self._records

    def holds(self, mark: bytes) -> bool:
        """Whether a text contains ``mark``; a mark of a line's beginning starts with a newline.

        Binary files, and texts that are too large for a reader (``limits.document_size``), are
        only searched in their head.
        """
        head = b"\n" + self.head
        if mark in head or self.size == len(self.head):
            return mark in head
        if b"\0" in head[:8192] or self.size > self.limits.document_size:
            return False
        rest = b""
        for block in self.blocks():
            rest += block
            if mark in rest:
                return True
            rest = rest[len(rest) - len(mark) + 1 :]
        return False

    def blocks(self, size: int = _BLOCK) -> Iterator[bytes]:
        """The bytes, in blocks of ``size`` (the last may be shorter)."""
        if self._head is not None and len(self._head) == self.size:  # all of it is known
            yield from (self._head[start : start + size] for start in range(0, self.size, size))
            return
        left = self.size
        with self._stream() as stream:
            while left > 0:
                block = stream.read(min(size, left))
                if not block:
                    raise CannotImport(
                        f"{self.name}: ended {left:,} bytes early; it was cut while being read. "
                        "Import it again when it is complete."
                    )
                left -= len(block)
                yield block

    def read(self) -> bytes:
        """All bytes at once, for documents that must be parsed whole.

        Raises ``LimitExceeded`` above ``limits.document_size``.
        """
        self.must_fit()
        return b"".join(self.blocks(max(self.size, 1)))

    def must_fit(
        self, what: str = "JSON document", remedy: str = "Split it, or store it as JSON lines."
    ) -> None:
        """Raise ``LimitExceeded`` where the source, a ``what``, is too large to be in memory."""
        if self.size > self.limits.document_size:
            raise LimitExceeded(
                f"{self.name}: {self.size:,} bytes is more than the limit for one {what} "
                f"({self.limits.document_size:,}). {remedy}"
            )

    def lines(
        self, account: Account | None = None, *, bare_cr: bool = False
    ) -> Iterator[tuple[int, bytes]]:
        """Each complete line with its byte offset, without its line end; blank lines too.

        A last line without a newline is yielded as well: whoever parses it decides whether it
        was cut. A line above ``limits.line_size`` comes as an empty one; ``account`` (else the
        source's own) counts it as damage. ``bare_cr``: a carriage return alone ends a line, too.
        """
        offset, number, pending, passed = 0, 1, bytearray(), 0
        for block in _line_ends(self.blocks()) if bare_cr else self.blocks():
            start = 0
            while (end := block.find(b"\n", start)) >= 0:
                line = bytes(pending) + block[start:end] if pending else block[start:end]
                pending.clear()
                if passed:
                    self._too_long(account, number, offset, passed + len(line))
                    offset, line, passed = offset + passed + len(line), b"", 0
                yield offset, line.removesuffix(b"\r")
                offset += len(line) + 1
                number += 1
                start = end + 1
            pending += memoryview(block)[start:]
            if passed or len(pending) > self.limits.line_size:
                passed += len(pending)
                pending.clear()
        if passed:
            self._too_long(account, number, offset, passed)
        elif pending:
            yield offset, bytes(pending)

    def _too_long(self, account: Account | None, number: int, start: int, size: int) -> None:
        reason = f"longer than {self.limits.line_size:,} bytes, the limit for one line"
        (account or self.account).damage(f"line {number}", start, size, reason, mended=False)

    def sha256(self) -> str:
        """The digest of all bytes, lower-case hex."""
        digest = hashlib.sha256()
        for block in self.blocks():
            digest.update(block)
        return digest.hexdigest()


def _line_ends(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The blocks with line feeds for bare carriage returns, in the same total size."""
    carriage = b""  # a carriage return whose follower is not known yet
    for block in blocks:
        if carriage or b"\r" in block:
            block = _BARE_CR.sub(b"\n", carriage + block)
            carriage = b"\r" if block.endswith(b"\r") else b""
            block = block.removesuffix(b"\r")
        yield block
    if carriage:
        yield b"\n"


Sources = Iterator[SourceFile | Unreadable]  # in the order of a folder or an archive
