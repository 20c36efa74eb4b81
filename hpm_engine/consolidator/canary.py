"""Canaries: long-term memories that are asked for before and after a cycle.

A canary is found when one of the three nearest prototypes, as many as recall tells of, holds a
memory of its episode: then a cue like it still leads back to where it came from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from statistics import fmean

import numpy as np

from hpm_engine.config import CANARIES, PROJECT_CANARIES, RECALLED_PROTOTYPES
from hpm_engine.consolidator.memories import Key
from hpm_engine.consolidator.mixture import Matrix
from hpm_engine.values.consolidation import Member


def chosen(members: Iterable[Member], projects: Mapping[int, str]) -> list[Key]:
    """The canaries among long-term memories: by a hash, so that they stay the same ones."""
    of: dict[str, list[Key]] = defaultdict(list)
    for key in {(member.episode_id, member.number) for member in members}:
        of[projects[key[0]]].append(key)
    each = max(1, min(PROJECT_CANARIES.value, CANARIES.value // max(1, len(of))))
    return sorted(key for keys in of.values() for key in sorted(keys, key=_order)[:each])


def found_share(
    rows: Matrix,
    episodes: Sequence[int],
    projects: Mapping[int, str],
    means: Matrix,
    held: Sequence[set[int]],
) -> dict[str, float]:
    """The share of canaries found, by project: of ``rows`` (n, d), each of an episode.

    ``held`` are the episodes of which each prototype (a row of ``means``) holds memories. By the
    nearest prototype alone each that is born near a canary would hide it, and be taken for loss.
    """
    if not len(rows) or not len(means):
        return {}
    # Of a handful of prototypes, three would be nearly all.
    nearest_count = min(RECALLED_PROTOTYPES.value, -(-len(means) // 2))
    nearest = np.argsort(-(rows @ means.T), axis=1, kind="stable")[:, :nearest_count].tolist()
    of: dict[str, list[float]] = defaultdict(list)
    for episode_id, rows_near in zip(episodes, nearest, strict=True):
        of[projects[episode_id]].append(float(any(episode_id in held[row] for row in rows_near)))
    return {project: fmean(shares) for project, shares in sorted(of.items())}


def lost(before: Mapping[str, float], after: Mapping[str, float]) -> float:
    """By how much the mean over the projects that were known fell (negative: it rose)."""
    if not before:
        return 0.0
    return fmean(before.values()) - fmean(after.get(project, 0.0) for project in before)


def _order(key: Key) -> bytes:
    return blake2b(f"{key[0]}:{key[1]}".encode(), digest_size=8).digest()
