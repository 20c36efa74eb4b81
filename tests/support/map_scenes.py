"""Maps of prototypes that no store has, to be painted."""

from __future__ import annotations

import numpy as np

from app.prototypes.map.scene import MapScene
from hpm_engine import Background, Label, MapState, MemoryPoints, Prototype, PrototypeMap


def made_scene(prototypes: int = 6, memories: int = 60, seed: int = 0) -> MapScene:
    """Prototypes on a circle, heaviest first, memories close about theirs."""
    random = np.random.default_rng(seed)
    angles = np.linspace(0, 2 * np.pi, prototypes, endpoint=False)
    places = (10 * np.stack([np.cos(angles), np.sin(angles)], axis=1)).astype("<f4")
    owners = (np.arange(memories) % prototypes).astype("<i4")
    points = (places[owners] + random.standard_normal((memories, 2)) * 0.4).astype("<f4")
    drawn = [
        Prototype(
            id=10 + row,
            label=Label((f"topic{row}", "<b>bold</b>"), (f"src/part{row}.py",), ("bash",)),
            count=float(prototypes - row),
            fisher=float(1000 * (row + 1)),
            born=1,
            reinforced=2,
            mean=random.standard_normal(8).astype("<f4").tobytes(),
            strip=np.array([8, 1, 1, 1, 1, 1, 1, 1], "<f4").tobytes(),
        )
        for row in range(prototypes)
    ]
    grounds = tuple(
        Background(f"project{number}", "codex", "success", number * 10**15) for number in range(8)
    )
    kept = MemoryPoints(
        points.tobytes(),
        np.arange(100, 100 + memories).astype("<i8").tobytes(),
        np.full(memories, 5, "<i4").tobytes(),
        owners.tobytes(),
        (owners % 8).astype("<i4").tobytes(),
    )
    state = MapState.LAID_OUT
    prototype_map = PrototypeMap(
        tuple(drawn), places.tobytes(), kept, grounds, state, memories, memories
    )
    return MapScene(prototype_map)
