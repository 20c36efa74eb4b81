"""The frozen values that cross the engine's boundary.

Times are Unix microseconds (``int``) in UTC, sizes are bytes, digests are lower-case hex.
They are msgspec structs rather than dataclasses because an import creates millions of them.
"""

from __future__ import annotations

from enum import Flag, IntFlag, StrEnum, auto

import msgspec


class StepSource(StrEnum):
    """Who a step came from (ATIF's term)."""

    USER = "user"
    AGENT = "agent"
    SYSTEM = "system"


class StepFlag(IntFlag):
    """What is peculiar about a step."""

    NONE = 0
    ERROR = 1  # a tool call of this step failed
    NOT_EXECUTED = 2  # a format error: the agent's action was refused and nothing ran
    INJECTED = 4  # text the harness put in, not a person: environment, reminders, task notices
    COMPACTION = 8  # the agent's own summary that replaced its context
    COPIED = 16  # repeats a step of another episode; not counted again
    INTERRUPTED = 32  # a person stopped the agent here
    UNANSWERED = 64  # a tool call whose result never came
    DEMONSTRATION = 128  # another task's transcript, given as an example
    SUBMISSION = 256  # the final answer or patch


class PartKind(StrEnum):
    """What a piece of a step's text is."""

    MESSAGE = "message"
    REASONING = "reasoning"
    CALL = "call"
    RESULT = "result"


class Outcome(StrEnum):
    """Whether the task succeeded, as a label said; never guessed from the trace."""

    SUCCESS = "success"
    PARTIAL = "partial"
    FAILURE = "failure"
    UNKNOWN = "unknown"


class Tier(StrEnum):
    """Where an episode lives: whole, compressed, or consolidated into prototypes."""

    EPISODIC = "episodic"
    COMPRESSED = "compressed"
    CONSOLIDATED = "consolidated"


class Part(msgspec.Struct, frozen=True):
    """One piece of a step: a message, a reasoning, a tool call or a tool result.

    ``name`` is the tool (calls) and ``call_id`` pairs a result with its call. A call's text is
    its arguments: the source's JSON or free text as it stood.
    """

    kind: PartKind
    text: str
    name: str = ""
    call_id: str = ""
    is_error: bool = False


class Step(msgspec.Struct, frozen=True):
    """One step of an episode, with all its text."""

    episode_id: int
    seq: int
    source: StepSource
    flags: StepFlag
    at: int | None
    model: str
    tokens_in: int | None
    tokens_out: int | None
    parts: tuple[Part, ...]


class StepOutline(msgspec.Struct, frozen=True):
    """One step in brief: enough for a mini-map and a card's height, without its text."""

    seq: int
    source: StepSource
    flags: StepFlag
    at: int | None
    tool: str  # the first tool called, "" if none
    text_size: int


class Episode(msgspec.Struct, frozen=True):
    """One session of an agent, as a row of the episode table."""

    id: int
    format: str
    key: str
    agent: str
    model: str
    project: str
    task: str
    outcome: Outcome
    tier: Tier
    started_at: int | None
    ended_at: int | None
    steps: int
    agent_steps: int
    calls: int
    errors: int
    tokens_in: int
    tokens_out: int
    cost_usd: float | None
    text_size: int
    pinned: bool
    tags: tuple[str, ...]
    children: int  # subagent episodes
    kept_share: float | None  # share of steps kept by compression; None while whole
    last_recalled_at: int | None


class EpisodeLink(msgspec.Struct, frozen=True):
    """Another episode, named well enough to be shown as a link."""

    id: int
    task: str
    agent: str
    steps: int


class EpisodeDetail(msgspec.Struct, frozen=True):
    """All that the inspector shows of an episode beyond its row."""

    episode: Episode
    cwd: str
    branch: str
    source_path: str
    source_size: int
    source_sha256: str
    digest: str
    imported_at: int
    parent: EpisodeLink | None
    children: tuple[EpisodeLink, ...]
    continues: EpisodeLink | None


class SortColumn(StrEnum):
    """What the episode table can be sorted by."""

    STARTED = "started_at"
    PROJECT = "project"
    TASK = "task"
    AGENT = "agent"
    MODEL = "model"
    STEPS = "steps"
    ERRORS = "errors"
    OUTCOME = "outcome"
    TIER = "tier"
    KEPT = "kept_share"
    RECALLED = "last_recalled_at"
    SIZE = "text_size"
    PINNED = "pinned"


class EpisodeQuery(msgspec.Struct, frozen=True):
    """Which episodes, in which order. Empty fields do not restrict."""

    text: str = ""  # words, "phrases", -excluded; see hpm_engine.query
    project: str = ""
    agent: str = ""
    outcome: Outcome | None = None
    tag: str = ""
    pinned: bool | None = None
    has_error: bool | None = None
    top_level: bool = False  # leave out subagents
    sort: SortColumn = SortColumn.STARTED
    descending: bool = True


class EpisodeList(msgspec.Struct, frozen=True):
    """The ids that a query found, in order, as packed 64-bit integers.

    ``hits`` is the number of steps that matched the query's text (0 without text).
    """

    ids: bytes
    hits: int = 0

    def __len__(self) -> int:
        return len(self.ids) // 8

    def window(self, start: int, stop: int) -> list[int]:
        """The ids at positions ``start`` to ``stop``."""
        return memoryview(self.ids).cast("q")[start:stop].tolist()


class Facets(msgspec.Struct, frozen=True):
    """The values that filters can offer, each with its number of episodes."""

    projects: tuple[tuple[str, int], ...]
    agents: tuple[tuple[str, int], ...]
    tags: tuple[tuple[str, int], ...]
    outcomes: tuple[tuple[str, int], ...]


class TierFigures(msgspec.Struct, frozen=True):
    """Counts and bytes of one tier."""

    tier: Tier
    episodes: int
    steps: int
    text_size: int


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
    tiers: tuple[TierFigures, ...]
    formats: tuple[tuple[str, int], ...]
    outcomes: tuple[tuple[str, int], ...]


class GrowthPoint(msgspec.Struct, frozen=True):
    """Episodes and steps that started on one UTC day (``day`` as YYYY-MM-DD)."""

    day: str
    episodes: int
    steps: int
    text_size: int


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


class SourceState(StrEnum):
    """What became of a source file."""

    IMPORTED = "imported"
    ASIDE = "aside"  # kept, but not a trace; the reason is said
    SUPERSEDED = "superseded"  # a later version of the same session took its place


class FileStatus(StrEnum):
    """What an import did with one file."""

    ADDED = "added"
    EXTENDED = "extended"
    UNCHANGED = "unchanged"
    ASIDE = "aside"
    FAILED = "failed"


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


class Changed(Flag):
    """What a write changed; views refresh on what concerns them."""

    NOTHING = 0
    EPISODES = auto()
    MARKS = auto()
    SETTINGS = auto()
    AUDIT = auto()


class ImportReport(msgspec.Struct, frozen=True):
    """What an import did, file by file."""

    files: tuple[FileReport, ...]
    episodes_added: int
    episodes_extended: int
    steps_added: int
    raw_size: int
    seconds: float
    changed: Changed

    def with_status(self, status: FileStatus) -> tuple[FileReport, ...]:
        """The files that ended with ``status``."""
        return tuple(file for file in self.files if file.status is status)


class Edit(msgspec.Struct, frozen=True):
    """A change to marks (pins or tags) that can be undone: what it was for each episode."""

    title: str  # "Pin 3 episodes"
    kind: str  # "pin" or "tag"
    before: tuple[tuple[int, tuple[str, ...]], ...]  # pinned as ("1",) or (), or the tags
    after: tuple[tuple[int, tuple[str, ...]], ...]
    changed: Changed


class AuditFilter(msgspec.Struct, frozen=True):
    """Which rows of the audit log; times are microseconds, ``until`` is exclusive."""

    since: int | None = None
    until: int | None = None
    actor: str = ""
    action: str = ""
    episode_id: int | None = None


class AuditRow(msgspec.Struct, frozen=True):
    """One row of the audit log; ``hash`` chains it to the row before (``previous``)."""

    seq: int
    at: int
    actor: str
    action: str
    subject: str
    before: str
    after: str
    detail: str  # canonical JSON
    previous: str
    hash: str


class Verification(msgspec.Struct, frozen=True):
    """Whether the audit chain holds; ``broken_at`` is the first row that does not fit."""

    rows: int
    head: str
    broken_at: int | None
    reason: str


class Discovered(msgspec.Struct, frozen=True):
    """A folder of an agent's sessions on this computer."""

    agent: str
    path: str
    sessions: int
    size: int
