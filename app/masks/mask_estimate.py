"""What another budget would keep of an episode, guessed from one that was computed."""

from __future__ import annotations

import msgspec
import numpy as np
from numpy.typing import NDArray

from app.masks.mask_reading import MaskReading
from hpm_engine import Budget, KeptOrder


def estimate(known: MaskReading, budget: Budget) -> MaskReading:
    """The reading of ``known`` as it might be with another ratio; ``exact`` is false in it.

    Each budget holds a beginning of one order of the lines. Where it ends is about where the bytes
    expected of a beginning, corrected by what they were in ``known``, reach the budget. Texts
    are known of the steps alone of which as much is kept as in ``known``.
    """
    factor = known.kept.budget.ratio / budget.ratio
    kept = msgspec.structs.replace(
        known.kept, budget=budget, stored_size=int(known.kept.stored_size * factor), made_at=None
    )
    shares = _shares(known, factor)
    same = (seq for seq, share in enumerate(shares) if share and share == known.shares[seq])
    spans = {seq: known.spans[seq] for seq in same if seq in known.spans}
    return msgspec.structs.replace(known, kept=kept, shares=shares, spans=spans, exact=False)


def _shares(known: MaskReading, factor: float) -> bytes:
    """How much of each step's text the first lines hold, as ``MaskReading.shares``."""
    steps = known.kept.steps
    places, sizes = (np.frombuffer(of, np.int32) for of in (known.order.steps, known.order.sizes))
    if not known.lines:  # a deep budget is a ledger's
        return bytes(steps)
    limit = known.kept.stored_size
    wrong = limit / _taken(known.order, limit)[known.lines]
    taken = _taken(known.order, limit * factor) * wrong
    count = max(0, int(np.searchsorted(taken, limit * factor, "right")) - 1)
    whole, held = (np.bincount(places[:of], sizes[:of], steps) for of in (len(places), count))
    shares = np.clip(held * 255 // np.maximum(1, whole), 1, 255)
    return np.where(held > 0, shares, 0).astype(np.uint8).tobytes()


def _taken(order: KeptOrder, limit: float) -> NDArray[np.float32]:
    """About the bytes that a memory of ``limit`` takes with each number of lines."""
    texts, listed = (np.frombuffer(of, np.float32) for of in (order.texts, order.listed))
    share = min(1.0, order.most_listed * limit / max(1.0, float(listed[0])))
    taken: NDArray[np.float32] = np.maximum.accumulate(texts + share * listed)
    return taken
