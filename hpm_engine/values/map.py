"""The frozen values of the prototypes' map; arrays are little-endian bytes, row after row."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from hpm_engine.values.consolidation import Prototype


class MapState(StrEnum):
    """How good the places of a map are."""

    LAID_OUT = "laid out"  # by UMAP, for the prototypes as they are
    BEHIND = "behind"  # laid out before the last cycle; what is new stands about its prototype
    QUICK = "quick"  # principal components; memories stand about their prototypes


class Background(msgspec.Struct, frozen=True):
    """What an episode is coloured by."""

    project: str
    agent: str
    outcome: str
    started_at: int | None


class MemoryPoints(msgspec.Struct, frozen=True):
    """Memories on the map: ``places`` (n, 2) 32-bit floats, the others (n,) 32-bit integers.

    ``owners`` are places in the map's prototypes, ``backgrounds`` in its backgrounds; ``episodes``
    (64-bit) and ``starts`` say which step each begins with.
    """

    places: bytes = b""
    episodes: bytes = b""
    starts: bytes = b""
    owners: bytes = b""
    backgrounds: bytes = b""

    def __len__(self) -> int:
        return len(self.owners) // 4


class PrototypeMap(msgspec.Struct, frozen=True):
    """Prototypes, heaviest first, with ``places`` (K, 2) 32-bit floats, memories under them.

    ``total`` is how many memories there are, of which ``memories`` are shown; ``fitted`` were laid
    out, the others put among them.
    """

    prototypes: tuple[Prototype, ...]
    places: bytes
    memories: MemoryPoints
    backgrounds: tuple[Background, ...]
    state: MapState
    fitted: int
    total: int


class MapMoment(msgspec.Struct, frozen=True):
    """The prototypes as a cycle left them, on today's map; ``cycle_id`` 0 is before the first.

    ``places`` (n, 2) and ``counts`` (n,) 32-bit floats, in the order of ``ids``.
    """

    cycle_id: int
    at: int
    ids: tuple[int, ...]
    places: bytes
    counts: bytes
