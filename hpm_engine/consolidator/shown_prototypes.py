"""Prototypes as a person sees them: their rows with labels, names and pins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hpm_engine.consolidator.conclusion import strip_of, words_in
from hpm_engine.recall.prototype_labels import labels
from hpm_engine.store.learned.prototypes import PrototypeRow
from hpm_engine.values.consolidation import Prototype


def shown(rows: Sequence[PrototypeRow], marks: Mapping[int, tuple[str, bool]]) -> list[Prototype]:
    """The prototypes of all rows, in their order; ``marks`` are names and pins by id."""
    prototypes = []
    for row, label in zip(rows, labels([words_in(row) for row in rows]), strict=True):
        name, pinned = marks.get(row.id, ("", False))
        prototypes.append(
            Prototype(
                id=row.id,
                label=label,
                count=row.count,
                fisher=strip_of(row),
                born=row.born,
                reinforced=row.reinforced,
                mean=row.mean,
                strip=row.fisher,
                name=name,
                pinned=pinned,
            )
        )
    return prototypes
