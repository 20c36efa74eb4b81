"""The sessions of a database as sources, one each: ``PATH!/ID.jsonl``."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Iterator
from typing import BinaryIO, cast
from urllib.parse import quote

from hpm_engine.errors import CannotImport, LimitExceeded
from hpm_engine.ingest.databases.kind import DatabaseKind
from hpm_engine.ingest.databases.kinds import KINDS
from hpm_engine.ingest.databases.open_tables import OpenTables
from hpm_engine.ingest.databases.private_copy import LOG_MAGIC, MAGIC, PARTS, Part, PrivateCopy
from hpm_engine.ingest.databases.row_digests import row_digests
from hpm_engine.ingest.databases.row_lines import LeftOut, Row, first_line, row_line
from hpm_engine.ingest.databases.session_lines import Loss, gather
from hpm_engine.ingest.databases.written_tables import written_columns
from hpm_engine.ingest.sources.known_rows import KnownBytes, KnownRows
from hpm_engine.ingest.sources.limits import Limits
from hpm_engine.ingest.sources.member_names import base_name
from hpm_engine.ingest.sources.pieces import PieceStream
from hpm_engine.ingest.sources.source import SourceFile, Sources, Unreadable

_ENDINGS = (".db", ".sqlite", ".sqlite3", ".vscdb")  # of a database that may be all in its log
_INTERRUPTED = "interrupted"  # what SQLite says when the deadline has passed
_ENDLESS = "it takes longer to read than any sound one of its size"
_PEEK = 16  # bytes
_LONGEST_NAME = 200  # characters
_LONGEST_ID = 1_000  # characters of a session's id


def is_database(head: bytes, name: str, part: Part) -> bool:
    """Whether a file that begins with ``head`` is a database, if only by the log beside it."""
    if head.startswith(MAGIC):
        return True
    if head.strip(b"\0") or not name.lower().endswith(_ENDINGS):
        return False
    log = part("-wal")
    if log is None:
        return False
    with log:
        return log.read(_PEEK).startswith(LOG_MAGIC)


def database_of(name: str) -> str:
    """The name of the database that a file of this name belongs to; "" for any other name."""
    for ending in PARTS:
        if name.endswith(ending):
            return base_name(name).removesuffix(ending)
    return ""


def sessions_of(source: SourceFile, part: Part, known: KnownRows) -> Sources:
    """The sessions of a database; the database itself where it is of no known kind.

    Those whose rows are ``known`` are not told again unless somebody opens them.
    What cannot be read of it is yielded as ``Unreadable`` after the sessions that can.
    """
    try:
        copy = PrivateCopy(source.name, part, source.limits.file_size)
        tables = OpenTables(copy.path, copy.size)
    except sqlite3.Error as error:
        yield _unopened(source, error)
        return
    except CannotImport as error:
        yield Unreadable(source.name, str(error).removeprefix(f"{source.name}: "))
        return
    try:
        yield from _sessions(source, copy, tables, known)
    finally:
        tables.close()


def _unopened(source: SourceFile, error: sqlite3.Error) -> SourceFile | Unreadable:
    """A database that SQLite cannot open: damaged, if an agent's tables are in it."""
    columns = written_columns(source)
    if any(kind.recognises(columns, source.name) for kind in KINDS):
        return Unreadable(source.name, _damaged(error))
    return source


def _sessions(
    source: SourceFile, copy: PrivateCopy, tables: OpenTables, known: KnownRows
) -> Sources:
    kind = next((kind for kind in KINDS if kind.recognises(tables.columns, source.name)), None)
    if kind is None:
        yield source
        return
    count = 0
    try:
        tables.begin()
        tables.index(kind.indexes(tables.columns))
        ids = _ids(kind, tables, source.limits)
        losses = tuple(tables.losses)
        tables.begin()
        digests = row_digests(kind, tables, ids)
        for session in ids:
            digest = digests.get(session, b"")
            same = known.get(digest)
            if same is None:
                yield _session(source, copy, tables, kind, session, digest)
            else:
                yield _known(source, copy, kind, session, same)
            count += 1
    except sqlite3.Error as error:
        yield Unreadable(source.name, _damaged(error, count))
        return
    except LimitExceeded as error:
        yield Unreadable(source.name, str(error))
        return
    if losses or tables.fault:
        reason = tables.fault or losses[0].reason
        yield Unreadable(source.name, _damaged(reason, count))
    elif not count:
        reason = f"A database of {kind.agent} in which there are no sessions."
        yield Unreadable(source.name, reason, aside=True)


def _ids(kind: DatabaseKind, tables: OpenTables, limits: Limits) -> list[str]:
    ids: list[str] = []
    for session in kind.sessions(tables):
        if len(session) > _LONGEST_ID:
            tables.losses.append(Loss("", f"an id of {len(session):,} characters"))
        elif len(ids) < limits.archive_members:
            ids.append(session)
        else:
            raise LimitExceeded(
                f"It holds more than {limits.archive_members:,} sessions, the limit for one file."
            )
    return ids


def _known(
    source: SourceFile, copy: PrivateCopy, kind: DatabaseKind, session: str, same: KnownBytes
) -> SourceFile:
    """A session whose rows, and so its bytes, are known."""
    limits = source.limits
    return SourceFile(
        f"{source.name}!/{_member(session)}.jsonl",
        same.size,
        lambda: _reading(copy, kind, session, limits.line_size),
        modified_at=source.modified_at,
        limits=limits,
        beside=source.beside,
        known_as=same.sha256,
    )


def _session(
    source: SourceFile,
    copy: PrivateCopy,
    tables: OpenTables,
    kind: DatabaseKind,
    session: str,
    digest: bytes,
) -> SourceFile:
    """One session, read to its end; its bytes are held while they are few."""
    tables.begin()
    limits = source.limits
    told = gather(_lines(tables, kind, session, limits.line_size), tables.losses)

    def open_() -> BinaryIO:
        if told.data is not None:
            return io.BytesIO(told.data)
        return _reading(copy, kind, session, limits.line_size)

    return SourceFile(
        f"{source.name}!/{_member(session)}.jsonl",
        told.size,
        open_,
        modified_at=source.modified_at,
        limits=limits,
        beside=source.beside,
        losses=told.losses,
        rows_digest=b"" if told.losses else digest,
    )


def _reading(copy: PrivateCopy, kind: DatabaseKind, session: str, longest: int) -> BinaryIO:
    """A session's bytes, read anew from the copy."""
    try:
        tables = OpenTables(copy.path, copy.size)
    except sqlite3.Error as error:
        raise OSError(str(error)) from error
    return cast("BinaryIO", PieceStream(_again(tables, kind, session, longest), tables.close))


def _again(tables: OpenTables, kind: DatabaseKind, session: str, longest: int) -> Iterator[bytes]:
    try:
        for line in _lines(tables, kind, session, longest):
            yield line
            tables.begin()  # whoever reads may take their time
    except sqlite3.Error as error:
        raise OSError(str(error)) from error


def _lines(tables: OpenTables, kind: DatabaseKind, session: str, longest: int) -> Iterator[bytes]:
    yield first_line(kind.format, session)
    for selection in kind.selections(tables, session):
        for row in tables.rows(selection):
            line = row_line(selection.table, row)
            while len(line) > longest:
                row, line = _shorter(tables, selection.table, row, longest)
            yield line


def _shorter(tables: OpenTables, table: str, row: Row, longest: int) -> tuple[Row, bytes]:
    """A row without its largest value, whose line would be too long, and the new line."""
    sizes = {name: len(value) for name, value in row.items() if isinstance(value, (str, bytes))}
    name = max(sizes, key=lambda name: sizes[name])
    reason = f"its row would be longer than {longest:,} bytes"
    tables.losses.append(Loss(f'table "{table}", column "{name}"', reason))
    row = {**row, name: LeftOut(reason)}
    return row, row_line(table, row)


def _member(session: str) -> str:
    """An id as a file's name: what separates folders is spelled out."""
    return quote(session, safe=" @:+=,~#$!()[]{}")[:_LONGEST_NAME] or "session"


def _damaged(what: object, count: int = 0) -> str:
    what = _ENDLESS if str(what) == _INTERRUPTED else what
    rest = f" Besides the {count:,} sessions read, others may be lost." if count else ""
    return f"The database is damaged ({what}).{rest} Get a complete copy, then import it again."
