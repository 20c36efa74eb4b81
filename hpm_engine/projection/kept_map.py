"""The map as it was laid out last, kept in the cache: made again, it would lie otherwise."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from hpm_engine.index.cache import open_plain
from hpm_engine.projection.quick import Rows
from hpm_engine.store.file.seal import Seal, sealed, unsealed
from hpm_engine.system.private_files import owner_only, private_folder

_VERSION = 1


class KeptMap(msgspec.Struct, frozen=True, array_like=True):
    """Positions of K prototypes and n memories; arrays as little-endian bytes."""

    version: int
    state: tuple[str, int, int]  # of which vectors and which cycles it is
    ids: list[int]  # of the prototypes
    means: bytes  # float32 (K, d): the prototypes' means as they were laid out
    places: bytes  # float32 (K, 2): x and y of the prototypes
    keys: bytes  # int64 (n, 2): memories by episode and number
    points: bytes  # float32 (n, 2): x and y of the memories
    fitted: int  # memories that were laid out; the others were put among them

    @classmethod
    def of(
        cls,
        state: tuple[str, int, int],
        ids: list[int],
        means: Rows,
        places: Rows,
        keys: NDArray[np.int64],
        points: Rows,
        fitted: int,
    ) -> KeptMap:
        """A map to keep."""
        return cls(
            _VERSION,
            state,
            ids,
            means.astype("<f4").tobytes(),
            places.astype("<f4").tobytes(),
            keys.astype("<i8").tobytes(),
            points.astype("<f4").tobytes(),
            fitted,
        )

    def prototypes(self) -> tuple[dict[int, int], Rows, Rows]:
        """The row of each prototype, the means (K, d) and the positions (K, 2)."""
        count = max(1, len(self.ids))
        means = np.frombuffer(self.means, "<f4").reshape(count, -1)
        rows = {key: row for row, key in enumerate(self.ids)}
        return rows, means, np.frombuffer(self.places, "<f4").reshape(-1, 2)

    def memories(self) -> tuple[dict[tuple[int, int], int], Rows]:
        """The row of each memory, and the positions (n, 2)."""
        keys = np.frombuffer(self.keys, "<i8").reshape(-1, 2).tolist()
        rows = {(episode_id, number): row for row, (episode_id, number) in enumerate(keys)}
        return rows, np.frombuffer(self.points, "<f4").reshape(-1, 2)

    @property
    def sound(self) -> bool:
        """Whether the arrays belong together: a file in a cache may be anything."""
        count, points = len(self.ids), len(self.points) // 8
        return (
            self.version == _VERSION
            and count > 0
            and len(self.places) == 8 * count
            and len(self.means) % (4 * count) == 0
            and len(self.points) == 8 * points
            and len(self.keys) == 16 * points
            and all(
                bool(np.isfinite(np.frombuffer(array, "<f4")).all())
                for array in (self.means, self.places, self.points)
            )
        )


def read_kept(path: Path, seal: Seal | None = None) -> KeptMap | None:
    """The map that is kept at ``path``; ``None`` where there is none that can be used."""
    try:
        with open_plain(path) as stream:
            kept = msgspec.msgpack.decode(unsealed(stream.read(), seal), type=KeptMap)
    except (OSError, ValueError, msgspec.DecodeError):
        return None
    return kept if kept.sound else None


def keep(path: Path, kept: KeptMap, seal: Seal | None = None) -> None:
    """Write a map in place of the one before, whole or not at all. Raises ``OSError``."""
    private_folder(path.parent)
    new = path.with_name(f"{path.name}.{os.getpid()}")
    with open(new, "wb", opener=owner_only) as stream:
        stream.write(sealed(msgspec.msgpack.encode(kept), seal))
    new.replace(path)
