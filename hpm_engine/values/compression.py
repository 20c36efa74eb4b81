"""The frozen values of compression: what a memory kept of an episode, what it dropped, and why.

Sizes are bytes; positions count from 0. Texts come from traces: they are data, shown as plain text.

``Memory.compression`` gives them: ``read(episode_id) -> CompressedEpisode``, read back from disk;
``preview(episode_id, budget=Budget(), scorer="") -> CompressedEpisode``, which writes nothing;
``order(episode_id, scorer="") -> KeptOrder``, which any preview holds a beginning of;
``compress(ids, budget=Budget(), scorer="", job=None) -> CompressionReport``;
``restore(ids) -> RestoreReport``; ``ageing``, which does both by age and use;
``scorers()``, their names. What only a preview can tell: ``curve(episode_id) -> ActionCurve``,
``identifiers(kept) -> KeptIdentifiers``, ``rebuilt(kept, job) -> RebuiltSteps | NotRebuilt``.
Of the whole store: ``listed(order) -> CompressedList``, ``briefs(ids)``.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import ClassVar

import msgspec

from hpm_engine.config import COMPRESSION_RATIO, STEP_VALUES_SHARE
from hpm_engine.values.episodes import PartKind
from hpm_engine.values.reports import Changed


class BudgetKind(StrEnum):
    """What a compressed memory's stored bytes are held against."""

    STANDARD = "standard"  # the texts as they are: the paper's 4.2 MB to 350 KB
    DEEP = "deep"  # the texts compressed by zstd at level 19: about five times less


class Budget(msgspec.Struct, frozen=True):
    """Stored bytes, every side-car counted, times ``ratio`` are at most the bytes of ``kind``."""

    kind: BudgetKind = BudgetKind.STANDARD
    ratio: float = COMPRESSION_RATIO.value


class KeptFor(StrEnum):
    """Why a text is kept word for word."""

    TASK = "task"
    CHANGE = "change"  # the final patch
    FIRST = "first step"
    LAST = "last step"
    ERROR = "error"
    USER = "user turn"
    MASK = "mask"  # of a step that the scorer values
    COVER = "identifiers"  # holds identifiers that nothing else kept holds


class KeptSpan(msgspec.Struct, frozen=True, gc=False):
    """Lines of one part of a step, word for word; ``line`` is the first one's place in the part."""

    seq: int
    part: int
    kind: PartKind
    line: int
    text: str
    reason: KeptFor


class LedgerWord(msgspec.Struct, frozen=True, gc=False):
    """An identifier that was met: about how often (1, 4 or 10 times), and in which step most.

    ``seq`` is ``None`` where the budget is deep: a pointer costs as much as half a word.
    """

    word: str
    count: int
    seq: int | None


class KeptOrder(msgspec.Struct, frozen=True):
    """The order of an episode's L lines: each budget takes a beginning of it. Packed arrays."""

    steps: bytes  # int32 (L,): the step of each line
    sizes: bytes  # int32 (L,): the bytes of each line's text
    texts: bytes  # float32 (L + 1,): about the bytes that the first 0 to L lines take, packed
    listed: bytes  # float32 (L + 1,): about those of a list of identifiers that they do not hold
    most_listed: float  # share of a budget that the list takes at most


class SideCar(msgspec.Struct, frozen=True):
    """One thing that a compressed memory stores, and its bytes."""

    name: str
    size: int


class CompressedEpisode(msgspec.Struct, frozen=True):
    """What compression keeps of an episode, all of it read back from the stored bytes.

    ``decision_points`` are the steps at which the actions change course, found with ``penalty``, in
    units of squared distance between unit vectors. ``side_cars`` sum up to ``stored_size``.
    """

    episode_id: int
    scorer: str
    budget: Budget
    steps: int  # T
    mask: bytes  # uint8 (T,): m_t of each step, 255 is 1.0
    decision_points: tuple[int, ...]
    penalty: float
    spans: tuple[KeptSpan, ...]  # in the order of the steps
    ledger: tuple[LedgerWord, ...]
    raw_size: int
    zstd_size: int | None  # of the same texts; None where the budget did not ask for it
    stored_size: int
    side_cars: tuple[SideCar, ...]
    made_at: int | None  # None: a preview, nothing was written
    valued: tuple[int, ...] = ()  # V steps whose values are stored; none where they do not fit
    values: bytes = b""  # uint8 (V, 34): 64 numbers of four bits and their scale for each step

    @property
    def limit(self) -> int:
        """The bytes that the budget allows."""
        of = self.raw_size if self.budget.kind is BudgetKind.STANDARD else self.zstd_size or 0
        return int(of / self.budget.ratio)

    @property
    def kept_steps(self) -> tuple[int, ...]:
        """The steps of which some text is kept word for word."""
        return tuple(dict.fromkeys(span.seq for span in self.spans))


class CompressionReport(msgspec.Struct, frozen=True):
    """What a compression job did; ``too_small`` episodes stay whole: no budget holds them."""

    CHANGES: ClassVar[Changed] = Changed.EPISODES | Changed.AUDIT
    compressed: int
    too_small: int
    raw_size: int
    stored_size: int
    seconds: float

    @property
    def changed(self) -> Changed:
        """What it changed in the store."""
        return self.CHANGES if self.compressed else Changed.NOTHING


class RestoreReport(msgspec.Struct, frozen=True):
    """How many compressed episodes were made whole again."""

    CHANGES: ClassVar[Changed] = Changed.EPISODES | Changed.AUDIT
    episodes: int

    @property
    def changed(self) -> Changed:
        """What it changed in the store."""
        return self.CHANGES if self.episodes else Changed.NOTHING


class ActionCurve(msgspec.Struct, frozen=True):
    """The course of an episode's actions: their vectors along their main component.

    ``values`` has one number in [0, 1] for each step; ``points`` are the change points of the
    vectors themselves, found with ``penalty``.
    """

    episode_id: int
    values: tuple[float, ...]
    points: tuple[int, ...]
    penalty: float


class KeptIdentifiers(msgspec.Struct, frozen=True):
    """What becomes of an episode's identifiers: word for word, in the ledger alone, or lost."""

    total: int
    verbatim: int
    ledger_only: tuple[LedgerWord, ...]
    lost: int
    most_used_lost: tuple[tuple[str, int], ...]  # with how often each was met, 500 at most


class RebuiltSteps(msgspec.Struct, frozen=True):
    """An episode's steps as the decoder rebuilds them from the values of ``valued`` alone.

    Parallel to the steps: the cosine of each rebuilt vector with the true one, and which step it
    is nearest to: itself, where it was found again.
    """

    episode_id: int
    valued: tuple[int, ...]
    cosines: tuple[float, ...]
    nearest: tuple[int, ...]

    @property
    def found(self) -> tuple[int, ...]:
        """The steps that are found again."""
        return tuple(seq for seq, near in enumerate(self.nearest) if near == seq)

    def found_among(self, steps: Iterable[int]) -> tuple[int, ...]:
        """Those of some steps that are found again."""
        return tuple(seq for seq in steps if self.nearest[seq] == seq)


class NotRebuilt(StrEnum):
    """Why nothing is rebuilt of a compressed episode's steps."""

    NO_VALUES = (
        "no values of steps are stored: they would take over "
        f"1/{1 / STEP_VALUES_SHARE.value:g} of the budget"
    )
    EVICTED = "the originals were deleted with the full text: there is nothing to compare with"
    CHANGED = "the episode has changed since: the stored values are of an earlier state"


class CompressedOrder(StrEnum):
    """In which order compressed memories are listed."""

    LEAST_KEPT = "least kept first"  # by the share of steps that keep some text
    LEAST_RATIO = "lowest ratio first"
    LARGEST = "largest first"
    NEWEST = "newest first"


class CompressedList(msgspec.Struct, frozen=True):
    """All n compressed episodes in an order, in packed arrays."""

    ids: bytes  # int64 (n,)
    ratios: bytes  # float64 (n,): bytes of the texts over stored bytes
    raw_size: int
    stored_size: int
    evicted: int = 0  # of them, those whose whole text is deleted

    def __len__(self) -> int:
        return len(self.ids) // 8

    def window(self, start: int, stop: int) -> list[int]:
        """The ids at positions ``start`` to ``stop``."""
        return memoryview(self.ids).cast("q")[start:stop].tolist()


class CompressedBrief(msgspec.Struct, frozen=True):
    """A compressed memory in brief.

    Arrays have a cell a step; of longer episodes 200 cells, each the largest of its stretch.
    """

    episode_id: int
    scorer: str
    budget: Budget
    steps: int
    mask: bytes  # uint8 (cells,): 255 is 1.0
    kept: bytes  # uint8 (cells,): 255 where a step keeps some text
    kept_steps: int
    decision_points: int
    decision_points_kept: int
    ledger: int
    raw_size: int
    stored_size: int
    made_at: int
