"""The frozen values that tell what the engine found or did: figures, health, imports, audit.

Times are Unix microseconds (``int``) in UTC, sizes are bytes, digests are lower-case hex.
"""

from __future__ import annotations

from enum import Flag, StrEnum, auto
from typing import ClassVar, Protocol, runtime_checkable

import msgspec

from hpm_engine.values.episodes import Kept


class EpisodeFigures(msgspec.Struct, frozen=True):
    """Counts and bytes of some of a store's episodes."""

    episodes: int
    steps: int
    text_size: int  # before anything of it was evicted


class Stats(msgspec.Struct, frozen=True):
    """The store in figures."""

    episodes: int
    subagents: int
    steps: int
    errors: int
    pinned: int
    sources: int
    set_aside: int
    raw_size: int  # bytes of the sources as they were
    raw_stored: int  # bytes they take in the store
    text_size: int  # bytes of all distinct texts
    text_stored: int
    file_size: int  # the store file with its WAL
    first_at: int | None
    last_at: int | None
    kept: dict[Kept, EpisodeFigures]  # all three ways, which add up to all episodes
    learned: EpisodeFigures
    formats: tuple[tuple[str, int], ...]
    outcomes: tuple[tuple[str, int], ...]


class TableSize(msgspec.Struct, frozen=True):
    """Bytes on disk of one table or index."""

    name: str
    rows: int | None
    size: int


class Health(msgspec.Struct, frozen=True):
    """What ``hpm doctor`` and the Health view report. ``problems`` is empty when all is well."""

    path: str
    store_id: str
    schema: int
    program_version: str
    sqlite_version: str
    sqlite_driver: str
    journal_mode: str
    synchronous: str
    wal_size: int
    file_size: int
    free_size: int  # bytes in unused pages
    disk_free: int
    checked: bool  # whether the full integrity check ran
    audit_rows: int
    audit_head: str
    tables: tuple[TableSize, ...]
    problems: tuple[str, ...]
    search_waiting: int = 0  # steps that an earlier version indexed: ``hpm index`` does it again
    left_behind: int = 0  # steps of imports that were stopped: the next import removes them


class SourceState(StrEnum):
    """What became of a source file."""

    IMPORTED = "imported"
    ASIDE = "aside"  # a damaged trace that could not be read: bytes kept, the reason is said
    SUPERSEDED = "superseded"  # a later version of the same session took its place


class FileStatus(StrEnum):
    """What an import did with one file."""

    ADDED = "added"
    EXTENDED = "extended"
    UNCHANGED = "unchanged"
    ASIDE = "aside"
    FAILED = "failed"


WAITING = "a last line that is not complete yet"  # a rule by which a line is passed over


class Damage(msgspec.Struct, frozen=True):
    """Bytes of a source that were no record as they stood."""

    place: str  # as a person would look it up: "line 12"
    start: int  # bytes from the source's start
    size: int  # bytes
    reason: str
    mended: bool  # every record in them was read all the same


class SourceAccount(msgspec.Struct, frozen=True):
    """What became of each record of a source; ``places`` are the first damaged ones."""

    read: int = 0
    mended: int = 0  # damaged places of which nothing was lost
    damaged: int = 0  # damaged places of which something was
    damaged_size: int = 0  # bytes in them
    passed_over: tuple[tuple[str, int], ...] = ()  # by rule, most frequent first
    unknown: tuple[tuple[str, int], ...] = ()  # by shape, most frequent first
    places: tuple[Damage, ...] = ()
    # The files beside it that its reader asked for: the relative path, and a digest; "" for none.
    companions: tuple[tuple[str, str], ...] = ()


class SourceRow(msgspec.Struct, frozen=True):
    """A file whose bytes are kept, and what became of it."""

    id: int
    path: str
    format: str
    state: SourceState
    size: int
    stored: int  # bytes that it takes in the store
    sha256: str
    reason: str  # why it could not be read, or is no longer an episode's own
    modified_at: int | None
    imported_at: int
    episodes: int
    first_episode: int | None
    account: SourceAccount | None  # None where an earlier version imported it


class SourceSums(msgspec.Struct, frozen=True):
    """How many files were read, and how well; ``places`` are the first damaged ones by path."""

    whole: int  # every record was read or passed over by a rule
    mended: int  # of these, with damaged places of which nothing was lost
    damaged: int  # something in them could not be read
    damaged_places: int
    untold: int  # imported by an earlier version, which kept no account
    set_aside: int  # no traces; none of their bytes are kept
    set_aside_size: int
    unreadable: int  # traces too damaged to be read; their bytes are kept
    unknown: int  # undamaged, with records or parts of a shape that is not known
    places: tuple[tuple[str, str], ...] = ()


class FileReport(msgspec.Struct, frozen=True):
    """What an import did with one file, and why."""

    path: str
    status: FileStatus
    format: str = ""
    episodes_added: int = 0
    episodes_extended: int = 0
    steps_added: int = 0
    size: int = 0
    reason: str = ""  # why it was set aside or failed, with the remedy
    account: SourceAccount | None = None  # None where no reader went through it
    branches: tuple[str, ...] = ()  # the sessions of which it holds a second branch
    notes_added: int = 0
    notes_changed: int = 0
    notes_gone: int = 0
    in_trash: int = 0  # sessions in it that a person deleted: they stay in the trash
    erased: int = 0  # sessions in it that a person erased: they do not come back
    masked: int = 0  # secrets that were masked in it


class Changed(Flag):
    """What a write changed; views refresh on what concerns them."""

    NOTHING = 0
    EPISODES = auto()
    MARKS = auto()
    SETTINGS = auto()
    AUDIT = auto()
    SEARCHES = auto()
    RECALLS = auto()  # a recall was recorded, or what recall searches
    NOTES = auto()  # agents' memory notes and proposals; a person's notes on episodes are marks
    PROTOTYPES = auto()  # a cycle, its undoing, or what a person did to prototypes
    CHECKPOINTS = auto()

    @property
    def changed(self) -> Changed:
        """Itself: a write that has nothing else to say gives this alone."""
        return self


@runtime_checkable
class WriteReport(Protocol):
    """What a write gives back. ``CHANGES`` of a report's class is the most that it can change."""

    @property
    def changed(self) -> Changed:
        """What it changed in the store."""
        ...


class ImportReport(msgspec.Struct, frozen=True):
    """What an import did, file by file."""

    CHANGES: ClassVar[Changed] = Changed.EPISODES | Changed.NOTES | Changed.AUDIT
    files: tuple[FileReport, ...]
    episodes_added: int
    episodes_extended: int
    steps_added: int
    raw_size: int
    seconds: float
    changed: Changed
    branches: int = 0  # episodes added beside others of their sessions
    notes_added: int = 0  # of agents' memories
    notes_changed: int = 0  # that have a new version
    notes_gone: int = 0  # that are no longer where they were; they are kept
    in_trash: int = 0  # sessions that were met and stay in the trash
    erased: int = 0  # sessions that were met and do not come back
    masked: int = 0  # secrets that were masked
    otherwise: int = 0  # known files whose secrets were treated otherwise than they would be now

    def with_status(self, status: FileStatus) -> tuple[FileReport, ...]:
        """The files that ended with ``status``."""
        return tuple(file for file in self.files if file.status is status)


class EncodeReport(msgspec.Struct, frozen=True):
    """What encoding a store did."""

    CHANGES: ClassVar[Changed] = Changed.RECALLS | Changed.AUDIT
    encoder: str
    episodes: int  # that lacked vectors
    steps: int  # that were looked at
    vectors: int  # made: a step that says nothing has none
    seconds: float
    changed: Changed  # something also where only vectors of whole episodes were made
    indexed: bool = False  # whether a new generation of an index was built


class Edit(msgspec.Struct, frozen=True):
    """A change to marks that can be undone: what it was for each episode or prototype."""

    title: str  # "Pin 3 episodes"
    kind: str  # "pin", "tag", "note" or "proposal"; "prototype pin" or "prototype name"
    before: tuple[tuple[int, tuple[str, ...]], ...]  # pinned as ("1",) or (), or the tags
    after: tuple[tuple[int, tuple[str, ...]], ...]
    changed: Changed


class AuditFilter(msgspec.Struct, frozen=True):
    """Which rows of the audit log; times are microseconds, ``until`` is exclusive."""

    since: int | None = None
    until: int | None = None
    actor: str = ""
    action: str = ""
    episode_id: int | None = None  # its own rows, and the recalls that gave it
    title: str = ""  # a part of what episodes are called, or a number
    text: str = ""  # anywhere in a row, or in the name or cue of what it is about


class AuditRow(msgspec.Struct, frozen=True):
    """One row of the audit log; ``hash`` chains it to the row before (``previous``)."""

    seq: int
    at: int
    actor: str
    action: str
    subject: str
    before: str
    after: str
    detail: str  # canonical JSON, with what the row says of content while that is there
    previous: str
    hash: str
    stored: str = ""  # the detail alone, with a commitment in the content's place
    state: str = ""  # JSON: digests of what the change left
    content: str = ""  # canonical JSON
    salt: str = ""  # of the commitment, hex


class Exported(msgspec.Struct, frozen=True):
    """An episode written to a file or a stream, of ``size`` bytes."""

    episode_id: int
    steps: int
    size: int
    sha256: str
    digest: str = ""  # of the episode as it was then
    notes: int = 0  # a person's, that were written too

    @property
    def changed(self) -> Changed:
        """The log, which tells of every export."""
        return Changed.AUDIT


class AsideReport(msgspec.Struct, frozen=True):
    """What was forgotten of the files that were set aside."""

    CHANGES: ClassVar[Changed] = Changed.AUDIT
    files: int
    with_bytes: int  # damaged traces, whose bytes went too

    @property
    def changed(self) -> Changed:
        """The log alone: no episode is of such a file."""
        return self.CHANGES


class ReindexReport(msgspec.Struct, frozen=True):
    """What indexing again for searches did."""

    CHANGES: ClassVar[Changed] = Changed.RECALLS | Changed.AUDIT
    steps: int

    @property
    def changed(self) -> Changed:
        """What searches and recall look in, if there was something to do."""
        return self.CHANGES if self.steps else Changed.NOTHING
