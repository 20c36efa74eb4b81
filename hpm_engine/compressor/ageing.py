"""Ageing: what is old and out of use is compressed, what is used again or pinned comes back."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

import msgspec

from hpm_engine.compressed import Budget, BudgetKind
from hpm_engine.errors import BadQuery
from hpm_engine.recall.tiering import NEWEST, moves
from hpm_engine.recalled import TierMove
from hpm_engine.records import Tier
from hpm_engine.store.recall_scope import Standing

_NAMES = ("newest", "budget", "ratio", "scorer")


class AgeingSettings(msgspec.Struct, frozen=True):
    """How a store ages; settings ``compression.newest`` and so on, for all of it."""

    newest: int = NEWEST  # episodes that stay whole whatever their use (the paper's N)
    budget: Budget = Budget()
    scorer: str = ""  # "": the default


def ageing_settings(settings: Mapping[str, str]) -> AgeingSettings:
    """The store's settings for ageing. Raises ``BadQuery`` for a value that makes no sense."""
    given = {name: settings.get(f"compression.{name}", "") for name in _NAMES}
    try:
        newest = int(given["newest"] or NEWEST)
        kind = BudgetKind(given["budget"] or BudgetKind.STANDARD)
        ratio = float(given["ratio"] or Budget().ratio)
        if newest < 0 or not 1 <= ratio < float("inf"):
            raise ValueError("out of range")
    except ValueError as error:
        raise BadQuery(
            f"The store's settings for compression make no sense ({error}): newest is a count,"
            " budget standard or deep, ratio 1 or more.",
            0,
        ) from error
    return AgeingSettings(newest, Budget(kind, ratio), given["scorer"])


def due(standings: Sequence[Standing], settings: AgeingSettings) -> tuple[TierMove, ...]:
    """The moves between whole and compressed that age and use ask for now, most wanted first."""
    now = time.time_ns() // 1000
    found = moves(standings, now, settings.newest)
    return tuple(one for one in found if one.tier is not Tier.CONSOLIDATED)
