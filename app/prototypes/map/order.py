"""The order of the prototypes: it stays while somebody looks at them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import structs

from hpm_engine import PrototypeMap


def in_order(prototype_map: PrototypeMap, ids: Sequence[int]) -> PrototypeMap:
    """The same map with the prototypes of these ids first, in this order; others follow."""
    rows = {prototype.id: row for row, prototype in enumerate(prototype_map.prototypes)}
    order = [rows.pop(key) for key in ids if key in rows]
    order += rows.values()
    if order == list(range(len(order))):
        return prototype_map
    owners = np.frombuffer(prototype_map.memories.owners, "<i4")
    became = np.empty(len(order), "<i4")
    became[order] = np.arange(len(order))
    places = np.frombuffer(prototype_map.places, "<f4").reshape(-1, 2)
    facts = prototype_map.facts
    return structs.replace(
        prototype_map,
        prototypes=tuple(prototype_map.prototypes[row] for row in order),
        places=places[order].tobytes(),
        memories=structs.replace(
            prototype_map.memories, owners=became[owners].astype("<i4").tobytes()
        ),
        facts=tuple(facts[row] for row in order) if facts else (),
    )
