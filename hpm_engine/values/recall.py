"""The frozen values of recall: what was asked, what came back and why, what was injected.

Times are Unix microseconds (``int``) in UTC, durations milliseconds. Texts come from traces: they
are data, shown as plain text.

``Memory.recall`` gives them: ``ask(cue, k=10, scope=RecallScope(), without=(),
options=RecallOptions()) -> Recall``, ``past(offset=0, limit=200, of=RecallFilter()) ->
list[PastRecall]`` (newest first), ``past_count(of=RecallFilter()) -> int``, ``unprepared() -> int``
and ``prepare(job, openings=False) -> Prepared``.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

import msgspec

from hpm_engine.config import CONTEXT_TOKENS, PRIOR_WEIGHT
from hpm_engine.values.consolidation import Label
from hpm_engine.values.episodes import Episode, Kept, Outcome, Tier
from hpm_engine.values.memory_notes import NoteHit
from hpm_engine.values.reports import Changed
from hpm_engine.values.visibility import Reader

STEPS_BY = "hpm show STORE EPISODE --steps N"


class RecallScope(msgspec.Struct, frozen=True):
    """Which episodes a recall may give. Empty fields do not restrict.

    ``reader`` is who asks: the store's rules of visibility hold for it. ``None`` is a person, who
    sees everything.
    """

    project: str = ""
    agent: str = ""
    since: int | None = None  # started at this time or later
    until: int | None = None  # started before this time
    outcome: Outcome | None = None
    tag: str = ""
    without_tag: str = ""  # leave out what carries this tag: what is not for everybody
    top_level: bool = False  # leave out subagents
    among: tuple[int, ...] | None = None  # only these episodes
    not_session: str = ""  # leave out the session with this id, its branches and its subagents
    reader: Reader | None = None


class Weight(msgspec.Struct, frozen=True):
    """How much one part of the score counts, in standard deviations among the candidates."""

    part: str
    weight: float


class ScorePart(msgspec.Struct, frozen=True):
    """One part of a hit's score: ``weight`` times ``value`` is what it adds.

    ``raw`` is the part's own measure (BM25, cosine), ``value`` the same as a z-score among all
    candidates of this recall, ``share`` (0 to 1) its part of all that spoke for the hit.
    """

    name: str
    raw: float
    value: float
    weight: float
    share: float


class StepHit(msgspec.Struct, frozen=True):
    """A step that answers the cue: the text around what matched, and the terms that did.

    ``seq`` counts from 0; what people and agents read counts steps from 1.
    """

    episode_id: int
    seq: int
    score: float
    excerpt: str
    terms: tuple[str, ...]


class Alike(msgspec.Struct, frozen=True):
    """An episode that nearly equals a hit, which is no older: the same was asked and done."""

    episode_id: int
    name: str  # what the session is called
    started_at: int | None
    score: float


class Hit(msgspec.Struct, frozen=True):
    """One recalled episode: its score is the sum of ``weight * value`` over ``parts``.

    It stands for those ``alike``, as the latest of them, at the place of the best of them. Its
    last answer is then the first of its ``steps``.
    """

    episode: Episode
    score: float
    tier: Tier
    parts: tuple[ScorePart, ...]
    steps: tuple[StepHit, ...]  # best first
    terms: tuple[str, ...]  # words of the cue that stand in the episode, most telling first
    alike: tuple[Alike, ...] = ()  # latest first, of the candidates that were looked at

    @property
    def others(self) -> str:
        """What it stands for, in words: "newest of 6, and 5 like it"; "" where it is alone."""
        if not self.alike:
            return ""
        like = f"and {len(self.alike)} like it"
        times = [self.episode.started_at, *(twin.started_at for twin in self.alike)]
        dated = None not in times
        return f"newest of {len(self.alike) + 1}, {like}" if dated else like


class StageTime(msgspec.Struct, frozen=True):
    """How long one stage of a recall took."""

    name: str
    ms: float


class MemoryKind(StrEnum):
    """What a memory that was given is."""

    EPISODE = "episode"
    ACCEPTED = "accepted note"  # a person accepted it
    NOTE = "note"  # of an agent's memory


class Use(StrEnum):
    """What became of a memory that a session was given."""

    UNKNOWN = "not known yet"  # the session is not imported, or has nothing after the recall
    USED = "used"
    LOOKED_AT = "looked at"  # asked for or spoken of, and nothing done by it
    IGNORED = "ignored"
    UNCLEAR = "too little to tell"  # what was given has no word by which one would know it again


class GivenPiece(msgspec.Struct, frozen=True, gc=False):
    """What a context block says of one memory, by its number among its kind."""

    kind: MemoryKind
    id: int
    text: str


class ContextBlock(msgspec.Struct, frozen=True):
    """What an agent is given: quoted data with where each piece comes from.

    ``tokens`` is an estimate that errs upwards and never exceeds ``budget``; ``episode_ids`` are
    the hits that found room, in the order of the text, and ``note_ids`` the accepted notes that
    stand before them, ``noted_ids`` other notes behind them, by their numbers among memory notes;
    ``stated_ids`` are the episodes of which what a person said for later is told. ``pieces`` is
    the text of memories once more, by what it is of.
    """

    text: str
    tokens: int
    budget: int
    episode_ids: tuple[int, ...]
    note_ids: tuple[int, ...] = ()
    noted_ids: tuple[int, ...] = ()
    pieces: tuple[GivenPiece, ...] = ()
    stated_ids: tuple[int, ...] = ()


class Known(msgspec.Struct, frozen=True):
    """What is generally known here: a prototype near the cue, and whose memories it holds.

    ``episodes`` is how many it holds, ``sources`` the foremost of them; ``name`` is what a person
    called it, "" where nobody did.
    """

    prototype_id: int
    score: float  # cosine
    label: Label
    episodes: int
    sources: tuple[int, ...]
    name: str = ""

    @property
    def told(self) -> str:
        """Its name or topic before what sets it apart. Text of traces."""
        words = ", ".join((*self.label.paths, *self.label.terms, *self.label.tools))
        return ": ".join(filter(None, (self.name or self.label.topic, words)))


class Recall(msgspec.Struct, frozen=True):
    """What one recall gave. ``id`` is ``None`` where it was not recorded; ``notes`` say why.

    ``noted`` are notes of memories for an agent that asked; a person is told of notes elsewhere.
    """

    id: int | None
    cue: str
    scope: RecallScope
    candidates: int  # episodes within the scope
    hits: tuple[Hit, ...]  # best first
    steps: tuple[StepHit, ...]  # the best steps of all candidates, where asked for, best first
    stages: tuple[StageTime, ...]
    context: ContextBlock
    notes: tuple[str, ...]
    known: tuple[Known, ...] = ()  # nearest first
    noted: tuple[NoteHit, ...] = ()  # best first

    @property
    def changed(self) -> Changed:
        """The record of recalls, where it was recorded."""
        return Changed.NOTHING if self.id is None else Changed.RECALLS | Changed.AUDIT


class UsedStep(msgspec.Struct, frozen=True, gc=False):
    """The step in which a session first used, or looked at, what it was given."""

    episode_id: int
    seq: int


class GivenMemory(msgspec.Struct, frozen=True):
    """A memory that a recall gave to a session, and what became of it.

    ``id`` is an episode's number or a memory note's, ``name`` what it is called, "" once it is
    gone.
    """

    recall_id: int
    at: int  # when it was given
    into: str  # the session's own id
    kind: MemoryKind
    id: int
    name: str
    use: Use
    step: UsedStep | None  # where that is seen
    session_id: int | None  # the episode that the session is, where the store has it
    session: str  # what that is called


class GivenFilter(msgspec.Struct, frozen=True):
    """Which memories that were given: of a recall, into an episode, or what one episode gave."""

    recall_id: int | None = None
    into_episode: int | None = None
    of_episode: int | None = None


class PastHit(msgspec.Struct, frozen=True):
    """One episode that a recorded recall gave; ``task`` and ``name`` are "" once it is gone."""

    episode_id: int
    task: str
    name: str  # what its session is called
    score: float
    shares: tuple[tuple[str, float], ...]  # the parts of the score by name
    injected: bool  # whether it stood in the context block
    use: Use = Use.UNKNOWN  # of what was injected
    step: UsedStep | None = None  # where that is seen


class PastRecall(msgspec.Struct, frozen=True):
    """A recorded recall: who asked what when, what came back, and where it went."""

    id: int
    at: int
    actor: str
    cue: str
    into: str  # the session or place that the context block was given to; "" if only shown
    ms: float
    tokens: int  # of the context block
    context_sha256: str
    hits: tuple[PastHit, ...]
    notes: tuple[GivenMemory, ...] = ()  # that stood in the context block, too


class ExportedRecalls(msgspec.Struct, frozen=True):
    """Recorded recalls written to a file with this SHA-256."""

    recalls: int
    sha256: str

    @property
    def changed(self) -> Changed:
        """The log, which tells of every export."""
        return Changed.AUDIT


class RecallFilter(msgspec.Struct, frozen=True):
    """Which recorded recalls: those that gave an episode, one by its id, of one destination."""

    episode_id: int | None = None
    recall_id: int | None = None
    into: str | None = None


class RecallOptions(msgspec.Struct, frozen=True):
    """How to recall, beyond what and where.

    ``weights`` replaces the shipped weights (benchmarks compare parts so); ``recency``,
    ``importance`` and ``use`` are the weights of parts that are off unless asked for; ``steps``
    is how many of its best steps each hit shows (0: none); ``steps_of_all`` how many of the
    best steps of all candidates are given, whatever episode they are of, which in a large store
    takes longer than all else; ``budget`` is the context block's size in tokens, ``steps_by``
    how its reader gets whole steps, ``covered`` (0 to 1) how much of the worth of the cue's
    words a hit must have to stand in it; ``into`` says where the block goes, for the record;
    with ``alike_once`` episodes that nearly equal each other are one hit (benchmarks, which
    measure the ranking, ask for all).
    """

    weights: tuple[Weight, ...] | None = None
    recency: float = PRIOR_WEIGHT.value
    importance: float = PRIOR_WEIGHT.value
    use: float = PRIOR_WEIGHT.value
    steps: int = 3
    steps_of_all: int = 0
    budget: int = CONTEXT_TOKENS.value
    into: str = ""
    steps_by: str = STEPS_BY
    covered: float = 0.0
    record: bool = True
    alike_once: bool = True


class Prepared(msgspec.Struct, frozen=True):
    """What preparing a store for recall did."""

    CHANGES: ClassVar[Changed] = Changed.RECALLS | Changed.AUDIT
    episodes: int  # whose texts were indexed
    seconds: float
    openings: int = 0  # episodes whose first actions the stronger encoder encoded
    opening_seconds: float = 0.0
    reindexed: int = 0  # steps that searches find by more words now
    followed: int = 0  # recalls of which it is known anew whether what they gave was used

    @property
    def changed(self) -> Changed:
        """What it changed in the store."""
        done = self.episodes or self.openings or self.reindexed or self.followed
        return self.CHANGES if done else Changed.NOTHING


class KeptMove(msgspec.Struct, frozen=True):
    """An episode whose text is to be kept in another way, by its use or lack of use, and why."""

    episode_id: int
    kept: Kept
    becomes: Kept
    reason: str
