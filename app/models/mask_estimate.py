"""What another budget would keep of an episode, guessed from one that was computed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

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
    changes = {"budget": budget, "stored_size": int(known.kept.stored_size * factor)}
    if factor > 1:
        kept = msgspec.structs.replace(known.kept, made_at=None, **changes)
        shares = bytearray(known.shares)
        _grow(shares, known, steps, factor)
        return msgspec.structs.replace(known, kept=kept, shares=bytes(shares), exact=False)
    places = sorted(_beginning(known, factor))
    spans: defaultdict[int, list[KeptSpan]] = defaultdict(list)
    for place in places:
        spans[known.kept.spans[place].seq].append(known.kept.spans[place])
    left = [known.kept.spans[place] for place in places]
    sizes = tuple(known.sizes[place] for place in places)
    of_steps = zip((span.seq for span in left), sizes, strict=True)
    return msgspec.structs.replace(
        known,
        kept=msgspec.structs.replace(known.kept, spans=tuple(left), made_at=None, **changes),
        shares=shares_of(of_steps, steps, known.kept.steps),
        spans={seq: tuple(of) for seq, of in spans.items()},
        sizes=sizes,
        exact=False,
    )


def _beginning(known: MaskReading, factor: float) -> Iterator[int]:
    """Of each reason's texts as much as its smaller share holds, by their places."""
    groups: defaultdict[KeptFor, list[int]] = defaultdict(list)
    for place, span in enumerate(known.kept.spans):
        groups[span.reason].append(place)
    for reason, places in groups.items():
        if reason not in _BY_PLACE:
            places.sort(key=lambda place: known.ranks[known.kept.spans[place].seq])
        room = factor * sum(known.sizes[place] for place in places)
        for place in places:
            if room <= 0:
                break
            yield place
            room -= known.sizes[place]


def _grow(
    shares: bytearray, known: MaskReading, steps: Sequence[StepOutline], factor: float
) -> None:
    """Let more steps keep as much as one of those that do keeps now, the highest value first."""
    held = sum(map(bool, shares))
    size = sum(known.sizes)
    each = size / max(1, held)
    room = size * (factor - 1)
    for seq in known.best:
        text = steps[seq].text_size
        if room <= 0:
            return
        if text and shares[seq] < 255:
            more = min(each, text * (255 - shares[seq]) / 255)
            shares[seq] = max(1, min(255, shares[seq] + int(more * 255 / text)))
            room -= more
