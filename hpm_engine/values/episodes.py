"""The frozen values that cross the engine's boundary.

Times are Unix microseconds (``int``) in UTC, sizes are bytes, digests are lower-case hex.
They are msgspec structs rather than dataclasses because an import creates millions of them; those
that hold only texts and numbers are out of the garbage collector's sight (`gc=False`).
"""

from __future__ import annotations

from enum import IntFlag, StrEnum

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
    MISTAKE = 512  # a label says that the run went wrong here
    ABRIDGED = 1024  # of its text only what compression kept is left; the rest was evicted
    TAKEN_BACK = 2048  # a person took it back: the agent knows nothing of it any more


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


class Kept(StrEnum):
    """How much of an episode's text is kept. Whether the episode is learned is another fact."""

    WHOLE = "whole"
    COMPRESSED = "compressed"  # a compressed memory stands beside the whole text
    EVICTED = "evicted"  # of the text only what compression kept is left


class Tier(StrEnum):
    """The older word for both facts: consolidated where learned, else whole or compressed.

    Stored, and given to scripts that know it. What is shown and asked goes by ``Kept`` and
    ``learned``: of a consolidated episode this does not tell how its text is kept.
    """

    EPISODIC = "episodic"
    COMPRESSED = "compressed"
    CONSOLIDATED = "consolidated"


class Part(msgspec.Struct, frozen=True, gc=False):
    """One piece of a step: a message, a reasoning, a tool call or a tool result.

    ``name`` is the tool (calls) and ``call_id`` pairs a result with its call. A call's text is
    its arguments: the source's JSON or free text as it stood. Of a message ``name`` is the speaker
    where several speak under one role, and ``call_id`` the id by which the source refers to it.
    """

    kind: PartKind
    text: str
    name: str = ""
    call_id: str = ""
    is_error: bool = False


class Step(msgspec.Struct, frozen=True, gc=False):
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


class StepOutline(msgspec.Struct, frozen=True, gc=False):
    """One step in brief: enough for a mini-map and a card's height, without its text."""

    seq: int
    source: StepSource
    flags: StepFlag
    at: int | None
    tool: str  # the first tool called, "" if none
    text_size: int
    model: str = ""
    messages: int = 0  # parts of each kind
    thoughts: int = 0
    calls: int = 0


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
    evicted_at: int | None = None  # when all but what compression kept went for good
    title: str = ""  # the name that a person, else the agent, gave it
    cwd: str = ""  # the folder that it worked in
    parent: str = ""  # key of the episode that started it
    continues: str = ""  # key of the episode that it goes on from
    project_path: str = ""  # the repository or folder that ``project`` names; "" if only a name
    agent_title: str = ""  # the agent's name for it, where a person gave another
    kept: Kept = Kept.WHOLE
    learned: bool = False  # prototypes hold every memory of it
    notes: int = 0  # a person's, on the episode and on its steps
    branch: str = ""  # of the repository, when the session began
    files: int | None = None  # that it changed; None until it is prepared for recall
    quarantined: str = ""  # why a person set it apart; "": nobody did
    grew_at: int | None = None  # when its own file changed since, where its steps have no times

    @property
    def duration(self) -> int | None:
        """From its first step to its last, in microseconds; ``None`` where no step has a time."""
        if self.started_at is None or self.ended_at is None:
            return None
        return max(0, self.ended_at - self.started_at)

    @property
    def name(self) -> str:
        """What the session is called wherever a person reads it; ``store.names`` has it in SQL."""
        return self.title or self.task or self.key


class EpisodeLink(msgspec.Struct, frozen=True):
    """Another episode, named well enough to be shown as a link."""

    id: int
    task: str
    agent: str
    steps: int
    title: str
    name: str  # what the session is called: see ``Episode.name``


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
    continued_by: tuple[EpisodeLink, ...]
    held_by: int  # prototypes: consolidation.holding(id) tells which
    branches: tuple[EpisodeLink, ...] = ()  # other branches of the same session


class SortColumn(StrEnum):
    """What the episode table can be sorted by."""

    ID = "id"
    STARTED = "started_at"
    DURATION = "duration"
    PROJECT = "project"
    TITLE = "title"  # what a session is called, given or not
    AGENT = "agent"
    MODEL = "model"
    STEPS = "steps"
    ERRORS = "errors"
    CALLS = "calls"
    TOKENS_IN = "tokens_in"
    TOKENS_OUT = "tokens_out"
    COST = "cost_usd"
    FILES = "files"  # changed
    TAGS = "tags"
    NOTES = "notes"
    BRANCH = "branch"
    FOLDER = "cwd"
    OUTCOME = "outcome"
    TIER = "tier"
    KEPT = "kept_share"
    LEARNED = "learned"
    RECALLED = "last_recalled_at"
    SIZE = "text_size"
    PINNED = "pinned"


class EpisodeQuery(msgspec.Struct, frozen=True):
    """Which episodes, in which order. Empty fields do not restrict."""

    text: str = ""  # in the query language: see hpm_engine.query
    project: str = ""
    agent: str = ""
    outcome: Outcome | None = None
    tag: str = ""
    kept: Kept | None = None
    learned: bool | None = None
    pinned: bool | None = None
    has_error: bool | None = None
    top_level: bool = False  # leave out subagents
    sort: SortColumn = SortColumn.STARTED
    descending: bool = True


class SavedSearch(msgspec.Struct, frozen=True):
    """A search kept by name; ``text`` is in the query language."""

    name: str
    text: str
    saved_at: int


class EpisodeList(msgspec.Struct, frozen=True):
    """The ids that a query found, in order, as packed 64-bit integers.

    ``hits`` is the number of steps in them that hold what the query asks of a step (0 without).
    """

    ids: bytes
    hits: int = 0

    def __len__(self) -> int:
        return len(self.ids) // 8

    def window(self, start: int, stop: int) -> list[int]:
        """The ids at positions ``start`` to ``stop``."""
        return memoryview(self.ids).cast("q")[start:stop].tolist()


class DayKind(StrEnum):
    """What a group of a list by time is."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    DAY = "day"
    MONTH = "month"
    UNDATED = "undated"


class DayGroup(msgspec.Struct, frozen=True):
    """The rows from ``row`` on that began from ``start`` on and before ``end``."""

    row: int
    kind: DayKind
    start: int
    end: int


class Facets(msgspec.Struct, frozen=True):
    """The values that filters can offer, each with its number of episodes."""

    projects: tuple[tuple[str, int], ...]
    agents: tuple[tuple[str, int], ...]
    tags: tuple[tuple[str, int], ...]
    outcomes: tuple[tuple[str, int], ...]
    models: tuple[tuple[str, int], ...] = ()
    tools: tuple[tuple[str, int], ...] = ()
    kept: tuple[tuple[str, int], ...] = ()
    learned: tuple[tuple[str, int], ...] = ()  # "yes" and "no"


class FacetCounts(msgspec.Struct, frozen=True):
    """By field, its values with the episodes that each of them would leave of a search.

    What the search asks of that field itself does not count: another value of it may be chosen.
    """

    fields: dict[str, tuple[tuple[str, int], ...]]


class Sums(msgspec.Struct, frozen=True):
    """What episodes come to; ``costed`` is the number of those whose cost is known."""

    episodes: int = 0
    duration: int = 0  # microseconds
    steps: int = 0
    tokens: int = 0
    cost_usd: float = 0.0
    costed: int = 0


class Discovered(msgspec.Struct, frozen=True):
    """A folder or a file of an agent's sessions on this computer.

    ``sessions`` is ``None`` where nobody knows without opening the files, as of databases; ``read``
    says whether this version has a reader, ``notes`` that it holds notes of an agent, no sessions.
    """

    agent: str
    path: str
    sessions: int | None
    size: int  # bytes
    files: int = 0
    read: bool = True
    notes: bool = False
