"""What is rebuilt of the compressions in sight, worked out once they are counted."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal

from app.kit.latest_read import LatestRead
from app.kit.session import Session
from app.masks.mask_reading import MaskedEpisode, MaskReading
from app.masks.rebuilt.reading import Rebuilding, read_rebuilt
from hpm_engine import CompressedEpisode, Job, Memory

_Key = tuple[int, int, tuple[int, ...], bytes]  # all that the answer hangs on


class Rebuildings(QObject):
    """What the wanted compressions rebuild; ``arrived`` when one was worked out.

    It takes as long as the square of the steps, a second for 5,000, and so is asked for only of
    what is in sight, and stopped when it no longer is. Most budgets store the same values: a move
    of the slider then finds the answer here, or on its way.
    """

    arrived = Signal()
    failed = Signal(object)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._read = LatestRead(session, self, whole_store=True)
        self._wanted: tuple[CompressedEpisode | None, ...] = ()
        self._rebuilt: dict[_Key, Rebuilding] = {}
        self._asked: _Key | None = None

    def forget(self) -> None:
        """Begin with another episode, or with a changed state of one."""
        self._stop()
        self._wanted, self._rebuilt = (), {}

    def want(self, readings: Sequence[MaskReading], episode: MaskedEpisode) -> None:
        """Work these out next; nothing is said of estimates: who knows what they would store."""
        self._wanted = tuple(
            _stored(reading, episode) if reading.exact else None for reading in readings
        )
        if self._asked is not None and self._asked not in map(_key, filter(None, self._wanted)):
            self._stop()
        self._go_on()

    def shown(self) -> tuple[Rebuilding, ...]:
        """What is known of each that is wanted."""
        return tuple(
            None if kept is None else self._rebuilt.get(_key(kept)) for kept in self._wanted
        )

    def _stop(self) -> None:
        self._read.cancel()
        self._asked = None

    def _go_on(self) -> None:
        missing = [
            kept for kept in self._wanted if kept is not None and _key(kept) not in self._rebuilt
        ]
        if not missing or self._asked is not None:
            return
        kept = missing[0]
        self._asked = key = _key(kept)

        def call(memory: Memory, job: Job) -> Rebuilding:
            return read_rebuilt(memory, job, kept)

        self._read.ask(call, partial(self._on_found, key), self._on_failed)

    def _on_found(self, key: _Key, rebuilding: Rebuilding) -> None:
        self._asked = None
        self._rebuilt[key] = rebuilding
        self.arrived.emit()
        self._go_on()

    def _on_failed(self, error: Exception) -> None:
        self._asked = None
        self.failed.emit(error)


def _stored(reading: MaskReading, episode: MaskedEpisode) -> CompressedEpisode:
    """What is said of a stored memory is said of the values on disk, not of new ones like them."""
    kept, stored = reading.kept, episode.stored
    if stored is None or (stored.budget, stored.scorer) != (kept.budget, kept.scorer):
        return kept
    return stored


def _key(kept: CompressedEpisode) -> _Key:
    return (kept.episode_id, kept.steps, kept.valued, kept.values)
