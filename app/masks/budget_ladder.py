"""The compressions of one episode at each stop of the slider, computed nearest first."""

from __future__ import annotations

from functools import partial
from math import log

import msgspec
from PySide6.QtCore import QObject, Signal

from app.kit.latest_read import LatestRead
from app.kit.session import Session
from app.masks.mask_estimate import estimate
from app.masks.mask_reading import RATIOS, MaskedEpisode, MaskReading, read_mask
from hpm_engine import COMPRESSION_RATIO, Budget, BudgetKind, Job, Memory


class Wanted(msgspec.Struct, frozen=True):
    """What is to be looked at: a budget, a scorer, and perhaps another to set beside it."""

    kind: BudgetKind = BudgetKind.STANDARD
    ratio: float = COMPRESSION_RATIO.value
    scorers: tuple[str, ...] = ("",)

    @property
    def budget(self) -> Budget:
        """The budget that is wanted."""
        return Budget(self.kind, self.ratio)

    def rungs(self) -> list[tuple[BudgetKind, float, str]]:
        """Every compression that a move of the slider could ask for, the nearest first."""
        near = sorted(RATIOS, key=lambda ratio: abs(RATIOS.index(ratio) - self._stop))
        return [(self.kind, ratio, scorer) for ratio in near for scorer in self.scorers]

    @property
    def _stop(self) -> int:
        return min(range(len(RATIOS)), key=lambda stop: abs(RATIOS[stop] - self.ratio))


Rung = tuple[BudgetKind, float, str]


class BudgetLadder(QObject):
    """The readings of a slider's stops; ``arrived`` when all that is wanted is, ``more`` at each.

    One question at a time, so that another wish is answered next. What was computed stays until
    another episode is shown: going back costs a look into a dictionary.
    """

    arrived = Signal()
    more = Signal()
    failed = Signal(object)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._read = LatestRead(session, self, whole_store=True)
        self._episode: MaskedEpisode | None = None
        self._wanted = Wanted()
        self._computed: dict[Rung, MaskReading | None] = {}
        self._asked: Rung | None = None

    def show(self, episode: MaskedEpisode | None) -> None:
        """Begin with another episode, or with a changed state of one."""
        self._read.cancel()
        self._asked = None
        self._episode, self._computed = episode, {}

    def want(self, wanted: Wanted) -> None:
        """Answer this next: at once if it was computed."""
        self._wanted = wanted
        if self._complete():
            self.arrived.emit()
        self._go_on()

    def readings(self) -> tuple[MaskReading | None, ...] | None:
        """What is wanted, one for each scorer, ``None`` of each that holds nothing; or not yet."""
        rungs = self._wanted.rungs()[: len(self._wanted.scorers)]
        if any(rung not in self._computed for rung in rungs):
            return None
        return tuple(self._computed[rung] for rung in rungs)

    def estimates(self) -> tuple[MaskReading, ...]:
        """A guess at what is wanted, from the nearest ratio of each scorer that is here.

        Empty where one of them has none yet.
        """
        episode, wanted = self._episode, self._wanted
        if episode is None:
            return ()
        guesses = []
        for scorer in wanted.scorers:
            known = self._nearest(scorer)
            if known is None:
                return ()
            same = known.kept.budget.ratio == wanted.ratio
            guesses.append(known if same else estimate(known, wanted.budget))
        return tuple(guesses)

    def _nearest(self, scorer: str) -> MaskReading | None:
        wanted = self._wanted
        candidates = [
            (abs(log(ratio / wanted.ratio)), -ratio, reading)
            for (kind, ratio, by), reading in self._computed.items()
            if (kind, by) == (wanted.kind, scorer) and reading is not None
        ]
        return min(candidates, key=lambda candidate: candidate[:2])[2] if candidates else None

    def ready(self) -> tuple[float, ...]:
        """The ratios that would be shown at once."""
        kind, scorers = self._wanted.kind, self._wanted.scorers
        return tuple(r for r in RATIOS if all((kind, r, s) in self._computed for s in scorers))

    def _complete(self) -> bool:
        return self.readings() is not None

    def _go_on(self) -> None:
        episode = self._episode
        missing = [rung for rung in self._wanted.rungs() if rung not in self._computed]
        if episode is None or not missing or self._asked is not None:
            return
        self._asked = rung = missing[0]
        kind, ratio, scorer = rung

        def call(memory: Memory, job: Job) -> MaskReading | None:
            return read_mask(memory, job, episode, Budget(kind, ratio), scorer)

        self._read.ask(call, partial(self._on_found, rung), self._on_failed)

    def _on_found(self, rung: Rung, reading: MaskReading | None) -> None:
        was_complete = self._complete()
        self._asked = None
        self._computed[rung] = reading
        if self._complete() and not was_complete:
            self.arrived.emit()
        self.more.emit()
        self._go_on()

    def _on_failed(self, error: Exception) -> None:
        self._asked = None
        self.failed.emit(error)
