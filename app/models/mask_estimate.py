"""What another budget would keep of an episode, guessed from one that was computed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from app.models.mask_reading import MaskReading, shares_of
from hpm_engine import Budget, KeptFor, KeptSpan, StepOutline

# What a smaller budget takes from its end; of the rest it takes the steps of lowest value.
_BY_PLACE = {KeptFor.TASK, KeptFor.CHANGE, KeptFor.USER, KeptFor.FIRST, KeptFor.LAST, KeptFor.ERROR}


def estimate(known: MaskReading, steps: Sequence[StepOutline], budget: Budget) -> MaskReading:
    """The reading of ``known`` as it might be with another ratio; ``exact`` is false in it.

    Each reason for keeping text has about the same share of any budget. So a smaller one keeps
    the beginning of what each reason keeps now, best first; a larger one all of that, and of the
    steps of highest value as much as its bytes would hold.
    """
    factor = known.kept.budget.ratio / budget.ratio
    kept = msgspec.structs.replace(
        known.kept,
        budget=budget,
        spans=known.kept.spans if factor >= 1 else tuple(_beginning(known, factor)),
        stored_size=int(known.kept.stored_size * factor),
        made_at=None,
    )
    spans: defaultdict[int, list[KeptSpan]] = defaultdict(list)
    for span in kept.spans:
        spans[span.seq].append(span)
    shares = bytearray(shares_of(spans, steps, kept.steps) if factor < 1 else known.shares)
    if factor > 1:
        _grow(shares, known, steps, factor)
    return msgspec.structs.replace(
        known,
        kept=kept,
        shares=bytes(shares),
        spans={seq: tuple(of) for seq, of in spans.items()},
        exact=False,
    )


def _beginning(known: MaskReading, factor: float) -> Iterable[KeptSpan]:
    """Of each reason's texts as much as its smaller share holds, in the order of the steps."""
    groups: defaultdict[KeptFor, list[tuple[int, KeptSpan]]] = defaultdict(list)
    for place, span in enumerate(known.kept.spans):
        groups[span.reason].append((place, span))
    chosen: list[tuple[int, KeptSpan]] = []
    for reason, of in groups.items():
        if reason not in _BY_PLACE:
            of.sort(key=lambda one: known.ranks[one[1].seq])
        chosen += _within(of, factor * sum(len(span.text) for _, span in of))
    return [span for _, span in sorted(chosen, key=lambda one: one[0])]


def _within(of: Iterable[tuple[int, KeptSpan]], room: float) -> Iterator[tuple[int, KeptSpan]]:
    for place, span in of:
        if room <= 0:
            return
        yield place, span
        room -= len(span.text)


def _grow(
    shares: bytearray, known: MaskReading, steps: Sequence[StepOutline], factor: float
) -> None:
    """Let more steps keep as much as one of those that do keeps now, the highest value first."""
    held = sum(map(bool, shares))
    size = sum(len(span.text) for span in known.kept.spans)
    each = size / max(1, held)
    room = size * (factor - 1)
    best = sorted(range(len(shares)), key=known.ranks.__getitem__)
    for seq in best:
        text = steps[seq].text_size
        if room <= 0:
            return
        if text and shares[seq] < 255:
            more = min(each, text * (255 - shares[seq]) / 255)
            shares[seq] = max(1, min(255, shares[seq] + int(more * 255 / text)))
            room -= more
