"""Zed's database: a row for each thread, which holds it as one document, mostly packed."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

import msgspec

from hpm_engine.errors import NothingToImport
from hpm_engine.ingest.databases.kind import Columns, Selection, Tables, has
from hpm_engine.ingest.databases.row_lines import cell_bytes, cell_text, told_by
from hpm_engine.ingest.databases.rows import rows, session_of
from hpm_engine.ingest.json.typed import TooDeep, TypedDecoder
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.unpacking import DAMAGE
from hpm_engine.ingest.sources.zstd_frames import open_zstd
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.gathered import GatheredSession, Raw
from hpm_engine.ingest.steps.times import micros
from hpm_engine.ingest.zed.thread import FORMAT, ZedThread, read_thread
from hpm_engine.values.drafts import EpisodeDraft


class ZedDatabase:
    """``threads.db`` of Zed."""

    format = FORMAT
    agent = "Zed"

    def recognises(self, columns: Columns, name: str) -> bool:
        """Whether there are threads with their documents."""
        return has(columns, "threads", "id", "summary", "data_type", "data")

    def sessions(self, tables: Tables) -> Iterator[str]:
        """The ids of the threads."""
        yield from map(str, tables.values("id", Selection("threads", order=("updated_at",))))

    def selections(self, tables: Tables, session: str) -> Iterator[Selection]:
        """The thread's row."""
        yield Selection("threads", "id", session)

    def indexes(self, columns: Columns) -> Sequence[tuple[str, str]]:
        """The column by which threads are asked for."""
        return (("threads", "id"),)


class ThreadRow(msgspec.Struct):
    """A row of a thread; the last four columns are missing in older databases."""

    summary: object = None
    updated_at: object = None
    data_type: object = None
    data: object = None
    parent_id: object = None
    folder_paths: object = None
    folder_paths_order: object = None
    created_at: object = None


_THREAD = TypedDecoder(ZedThread)


class ZedRows:
    """A thread of the database."""

    format = FORMAT

    def recognises(self, source: SourceFile) -> bool:
        """Whether the source is the row of a thread of Zed."""
        return told_by(source, FORMAT)

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The thread. Raises ``NothingToImport`` for one whose document does not open."""
        source.must_fit("thread", "Split it.")
        gathered = GatheredSession(FORMAT, session_of(source))
        for _, start, size, line in rows(source):
            _read(gathered, msgspec.convert(line.row, ThreadRow), (start, size), source)
        draft = gathered.draft()
        if draft is None:
            raise source.account.nothing(source.name, "a thread of Zed without a message.")
        yield draft


def _read(gathered: GatheredSession, row: ThreadRow, raw: Raw, source: SourceFile) -> None:
    try:
        thread = _THREAD.decode(_document(row, source.limits.document_size))
    except (*DAMAGE, ValueError, TooDeep):
        thread = None
    if thread is None:
        raise NothingToImport(
            f"{source.name}: the thread's document is damaged, or packed in a way that is not "
            "known; the other threads are not concerned."
        )
    gathered.agent_name = text_of(row.summary)
    gathered.parent_key = text_of(row.parent_id)
    gathered.cwd = _folder(cell_text(row.folder_paths), cell_text(row.folder_paths_order))
    gathered.started_at, gathered.ended_at = micros(row.created_at), micros(row.updated_at)
    read_thread(gathered, thread, raw, source.account)


def _document(row: ThreadRow, most: int) -> bytes:
    """The thread's JSON. Raises one of ``DAMAGE`` where it cannot be unpacked."""
    data = cell_bytes(row.data)
    if cell_text(row.data_type).lower() != "zstd":
        return data
    with open_zstd(io.BytesIO(data)) as stream:
        document = stream.read(most + 1)
    if len(document) > most:
        raise EOFError("more than the limit for one document")
    return document


def _folder(paths: str, order: str) -> str:
    """The first of a thread's folders, in the order in which they were opened."""
    folders = [path for path in paths.split("\n") if path]
    numbers = [int(number) for number in order.split(",") if number.strip().isdecimal()]
    if not folders or len(numbers) != len(folders) or 0 not in numbers:
        return folders[0] if folders else ""
    return folders[numbers.index(0)]
