"""Prototypes as a person sees them: their labels, names and pins, and what they hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from hpm_engine.consolidator.conclusion import strip_of
from hpm_engine.errors import BadQuery
from hpm_engine.recall.prototype_labels import LabelWords, labels
from hpm_engine.store.learned.prototypes import PrototypeRow
from hpm_engine.values.consolidation import Holding, Member, Prototype


def shown(
    rows: Sequence[PrototypeRow],
    words: Sequence[LabelWords],
    marks: Mapping[int, tuple[str, bool]],
) -> list[Prototype]:
    """The prototypes of all rows with their words, in order; ``marks`` are names and pins by id."""
    prototypes = []
    for row, label in zip(rows, labels(words), strict=True):
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


def holdings(prototypes: Iterable[Prototype], links: Iterable[Member]) -> list[Holding]:
    """What each prototype holds of an episode by its links; those that explain most come first."""
    shares: defaultdict[int, list[float]] = defaultdict(list)
    for link in links:
        shares[link.prototype_id].append(link.weight)
    held = [
        Holding(prototype, len(shares[prototype.id]), sum(shares[prototype.id]))
        for prototype in prototypes
        if prototype.id in shares
    ]
    return sorted(held, key=lambda holding: (-holding.share, holding.prototype.id))


def refuse_taken(prototypes: Iterable[Prototype], prototype_id: int, name: str) -> None:
    """Raise ``BadQuery`` where another prototype goes by a name, however it is written."""
    name = " ".join(name.split()).casefold()
    for other in prototypes:
        if name and other.id != prototype_id and other.told.casefold() == name:
            raise BadQuery(f"Another topic goes by that name: number {other.id}.", 0)
