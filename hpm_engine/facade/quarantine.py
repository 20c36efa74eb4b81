"""Quarantine: what a person set apart from recall and learning, and what it had touched."""

from __future__ import annotations

from collections.abc import Sequence

from hpm_engine.facade.internals import Internals
from hpm_engine.job import Job
from hpm_engine.store.erasure.quarantine import QuarantineRows
from hpm_engine.values.episodes import PartKind
from hpm_engine.values.leaving.trash import Containment, QuarantinedItem, SuspiciousText
from hpm_engine.values.reports import Edit
from hpm_engine.words.warning_signs import SignKind, warning_signs

_LOOKED_AT = (SignKind.COMMANDS, SignKind.INVISIBLE)
_LONGEST = 20_000  # characters of a text that are looked at
_MOST = 1_000  # texts that are told


class Quarantine:
    """What ``Memory.quarantine`` is. Every method may raise ``HPMError``."""

    def __init__(self, internals: Internals) -> None:
        self._internals = internals
        self._db = internals.database
        self._rows = QuarantineRows(internals.database, internals.log)

    def put(self, ids: Sequence[int], reason: str, *, notes: bool = False) -> Edit:
        """Set episodes, or notes of memories, apart: in view, but neither recalled nor learned.

        What was learned of them before stays: see ``contained``. The edit undoes it.
        """
        with self._db.writing():
            return self._rows.put("note" if notes else "episode", ids, reason)

    def release(self, ids: Sequence[int], *, notes: bool = False) -> Edit:
        """Let them be recalled and learned again."""
        with self._db.writing():
            return self._rows.release("note" if notes else "episode", ids)

    def listed(self) -> list[QuarantinedItem]:
        """What is set apart and why, the latest first."""
        with self._db.reading():
            return self._rows.listed()

    def contained(self, ids: Sequence[int]) -> list[Containment]:
        """What episodes had touched: topics, notes, recalls, sessions that were given them."""
        with self._db.reading():
            return self._rows.contained(ids)

    def suspicious(self, ids: Sequence[int], job: Job | None = None) -> list[SuspiciousText]:
        """Results of calls in episodes that command whoever reads them, or hide characters.

        For a person to look at: nothing is set apart by it.
        """
        job = job or Job()
        found: list[SuspiciousText] = []
        for done, key in enumerate(ids):
            job.step(done, len(ids), "looking for texts that give orders", "episodes")
            with self._db.reading():
                steps = self._internals.steps.steps(key, 0, None, [PartKind.RESULT])
            for step in steps:
                for sign in warning_signs("\n".join(p.text for p in step.parts)[:_LONGEST]):
                    if sign.kind in _LOOKED_AT and len(found) < _MOST:
                        kind = sign.kind.value
                        found.append(SuspiciousText(key, step.seq, kind, sign.sample))
        return found
