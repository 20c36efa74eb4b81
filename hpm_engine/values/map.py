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
    """n memories on the map, in packed arrays."""

    places: bytes = b""  # float32 (n, 2): x and y
    episodes: bytes = b""  # int64 (n,): ids
    starts: bytes = b""  # int32 (n,): the step that each begins with
    owners: bytes = b""  # int32 (n,): rows of the map's prototypes
    backgrounds: bytes = b""  # int32 (n,): rows of the map's backgrounds

    def __len__(self) -> int:
        return len(self.owners) // 4


class TopicFacts(msgspec.Struct, frozen=True):
    """What a prototype was learned from.

    ``project`` is that of most of its memories, "" where none has half; ``refreshed_at`` when a
    cycle last gave it a memory, ``None`` where that cycle is not known.
    """

    episodes: int
    project: str
    refreshed_at: int | None


class PrototypeMap(msgspec.Struct, frozen=True):
    """K prototypes, heaviest first, with the memories under them."""

    prototypes: tuple[Prototype, ...]
    places: bytes  # float32 (K, 2): x and y of each prototype
    memories: MemoryPoints  # those that are shown
    backgrounds: tuple[Background, ...]
    state: MapState
    fitted: int  # memories that were laid out; the others were put among them
    total: int  # memories that there are
    facts: tuple[TopicFacts, ...] = ()  # of each prototype


class MapMoment(msgspec.Struct, frozen=True):
    """K prototypes as a cycle left them, on today's map."""

    cycle_id: int  # 0 is before the first
    at: int
    ids: tuple[int, ...]
    places: bytes  # float32 (K, 2): x and y, in the order of ``ids``
    counts: bytes  # float32 (K,): memories of each, in the order of ``ids``
