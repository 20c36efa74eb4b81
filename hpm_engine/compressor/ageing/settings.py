"""How a store ages, as its settings say it and as they are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hpm_engine.errors import BadQuery
from hpm_engine.values.ageing import AgeingSettings, Originals
from hpm_engine.values.compression import Budget, BudgetKind

_PREFIX = "compression."
_PROJECT = f"{_PREFIX}project."
_ON = "on"
_OFF = "off"
_SWITCH = {_ON: True, _OFF: False}
_AS_SHIPPED = AgeingSettings()


def ageing_settings(settings: Mapping[str, str]) -> AgeingSettings:
    """The store's settings for ageing. Raises ``BadQuery`` for a value that makes no sense."""

    def given(name: str, otherwise: object) -> str:
        return settings.get(_PREFIX + name, "") or str(otherwise)

    shipped = _AS_SHIPPED
    try:
        budget = _budget(given("budget", shipped.budget.kind), given("ratio", shipped.budget.ratio))
        originals, _, days = given("originals", shipped.originals).partition(" ")
        ageing = AgeingSettings(
            newest=int(given("newest", shipped.newest)),
            budget=budget,
            projects=dict(_projects(settings)),
            scorer=settings.get(_PREFIX + "scorer", ""),
            originals=Originals(originals),
            days=int(days or shipped.days),
            by_use=_SWITCH[given("by_use", _OFF)],
            automatic=_SWITCH[given("automatic", _ON)],
        )
        if ageing.newest < 0 or not 0 <= ageing.days <= 36_500:
            raise ValueError("out of range")
    except (ValueError, KeyError) as error:
        raise BadQuery(
            f"The store's settings for compression make no sense ({error}): newest is a count,"
            " budget standard or deep, ratio 1 or more, originals kept, evicted, or days and"
            " their number, by_use and automatic on or off.",
            0,
        ) from error
    return ageing


def as_settings(wanted: AgeingSettings, before: Mapping[str, str]) -> dict[str, str]:
    """What to write so that ``ageing_settings`` gives ``wanted``; "" takes a value back."""
    days = f" {wanted.days}" if wanted.originals is Originals.DAYS else ""
    written = {
        "newest": str(wanted.newest),
        "budget": wanted.budget.kind.value,
        "ratio": f"{wanted.budget.ratio:g}",
        "scorer": wanted.scorer,
        "originals": wanted.originals.value + days,
        "by_use": _ON if wanted.by_use else "",
        "automatic": _ON if wanted.automatic else _OFF,
    }
    values = {_PREFIX + name: value for name, value in written.items()}
    values |= {name: "" for name in before if name.startswith(_PROJECT)}
    for project, budget in wanted.projects.items():
        values[_PROJECT + project] = f"{budget.kind.value} {budget.ratio:g}"
    return {name: value for name, value in values.items() if before.get(name, "") != value}


def _projects(settings: Mapping[str, str]) -> Iterator[tuple[str, Budget]]:
    for name, value in settings.items():
        if name.startswith(_PROJECT) and value:
            kind, _, ratio = value.partition(" ")
            yield name.removeprefix(_PROJECT), _budget(kind, ratio or str(Budget().ratio))


def _budget(kind: str, ratio: str) -> Budget:
    budget = Budget(BudgetKind(kind), float(ratio))
    if not 1 <= budget.ratio < float("inf"):
        raise ValueError("out of range")
    return budget
