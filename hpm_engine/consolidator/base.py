"""The base that a cycle starts from: the store's prototypes, and the number that draws memories."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from hpm_engine.consolidator.long_term import LongTerm
from hpm_engine.consolidator.mixture import Matrix
from hpm_engine.errors import NotFound
from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.cycles import CycleRows
from hpm_engine.store.learned.prototype_marks import PrototypeMarkRows
from hpm_engine.store.learned.prototypes import PrototypeRow, PrototypeRows, Space
from hpm_engine.store.learned.vectors import VectorRows
from hpm_engine.values.consolidation import Member
from hpm_engine.values.vectors import StoredEncoder, VectorKind


class Base(NamedTuple):
    """A store's tier 3 before a cycle.

    ``number`` is how many cycles stand or were refused, plus one: what a cycle draws by chance
    depends on it alone, so that one that was killed comes out the same the next time, and one
    that was refused does not. ``outdated`` says that
    the prototypes are of vectors that the store no longer has: the next cycle starts over.
    """

    encoder: StoredEncoder
    space: Space | None
    rows: tuple[PrototypeRow, ...]
    members: tuple[Member, ...]
    history: tuple[dict[str, float], ...]
    head: tuple[int, int]
    number: int
    outdated: bool
    pinned: frozenset[int]
    lost: float = 0.0  # since a person agreed: see ``CycleReport``

    @property
    def cycle_id(self) -> int:
        """The id of the cycle that starts here."""
        return self.head[0] + 1

    def long_term(self) -> LongTerm:
        """The prototypes in memory, in the order of the rows; none where they are outdated."""
        if self.outdated or not self.rows:
            return LongTerm.empty(self.encoder.dimension)
        return long_term_of(self.rows)


def read_base(database: Database) -> Base:
    """Inside the caller's transaction. Raises ``NotFound`` where no step has a vector yet."""
    encoder = VectorRows(database).current(VectorKind.STEP)
    if encoder is None:
        raise NotFound(
            f"{database.path}: nothing can be learned yet: the store is not prepared for recall. Do"
            " that first (hpm encode)."
        )
    prototypes, cycles = PrototypeRows(database), CycleRows(database)
    space = prototypes.space()
    outdated = space is not None and space.sha256 != encoder.sha256
    return Base(
        encoder,
        space,
        tuple(prototypes.all()),
        tuple(prototypes.members()),
        tuple(cycles.history()),
        cycles.head(),
        cycles.standing() + cycles.refusals() + 1,
        outdated,
        frozenset(PrototypeMarkRows(database).pinned()),
        0.0 if outdated else cycles.agreement().lost,
    )


def long_term_of(rows: Sequence[PrototypeRow]) -> LongTerm:
    """Stored prototypes in memory, in their order."""
    return LongTerm(
        np.array([floats(row.mean) for row in rows]),
        np.array([floats(row.fisher) for row in rows]),
        np.array([row.count for row in rows]),
        np.array([row.resultant for row in rows]),
    )


def floats(data: bytes) -> Matrix:
    """A stored vector (d,)."""
    return np.frombuffer(data, "<f4").astype(np.float64)


def packed(vector: Matrix) -> bytes:
    """A vector as it is stored."""
    return vector.astype("<f4").tobytes()
