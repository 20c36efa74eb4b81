"""Which state a row leaves behind: digests of subjects, so that the store is bound to its log.

A row's column ``state`` is canonical JSON from subjects to digests (hex; ``""`` for what is gone
since), as ``{"episode:12":"9f…","vectors:12":"41…"}``; it is part of the row's hash. The last row
that speaks of a subject says what the store must hold now. ``AuditLog.append(…, state=…)`` writes
it; ``hpm_engine.store.trail.states`` finds the last of each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol


class StateDigest(Protocol):
    """How the state of one kind of subject is digested, from what is stored.

    ``kind`` is what its subjects begin with: ``episode`` for ``episode:12``.
    """

    @property
    def kind(self) -> str:
        """What the subjects begin with, before the colon."""
        ...

    def of(self, keys: Iterable[str]) -> Mapping[str, str]:
        """The digests of subjects as they are stored now, by key; ``""`` for what is not there."""
        ...

    def all(self) -> Iterator[tuple[str, str]]:
        """Every subject that is stored, by key, with its digest: what no row speaks of is new."""
        ...


def subject(kind: str, key: object) -> str:
    """A subject as ``state`` names it."""
    return f"{kind}:{key}"
