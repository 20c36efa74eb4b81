"""Puts new prototypes on memories that those in use explain badly."""

from __future__ import annotations

import numpy as np

from hpm_engine.consolidator.mixture import Matrix


def births(
    memories: Matrix,
    means: Matrix,
    count: int,
    random: np.random.Generator,
    explained: float = 1.0,
) -> Matrix:
    """Up to ``count`` memories, drawn with probability (1 - their highest cosine)².

    One whose highest cosine is ``explained`` or more is explained well enough and never drawn.

    The rule of k-means++ (Arthur and Vassilvitskii 2007) against prototypes that are there
    already; always taking the farthest memory was measured to be worse: it takes the odd ones.
    """
    born: list[Matrix] = []
    nearest = (memories @ means.T).max(axis=1) if len(means) else np.full(len(memories), -1.0)
    for _ in range(min(count, len(memories))):
        badness = np.where(nearest < explained, np.maximum(1.0 - nearest, 0.0) ** 2, 0.0)
        total = badness.sum()
        if total <= 1e-9:
            break
        chosen = memories[random.choice(len(memories), p=badness / total)]
        born.append(chosen)
        nearest = np.maximum(nearest, memories @ chosen)
    return np.array(born).reshape(-1, memories.shape[1])
