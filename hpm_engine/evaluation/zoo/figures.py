"""The zoo's part of the benchmark of formats: right units by kind, and a list of what is wrong."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from hpm_engine.evaluation.result import Figure, Report
from hpm_engine.evaluation.zoo.judge import Judgement, ZooVerdict, judged
from hpm_engine.evaluation.zoo.units import units

_LONGEST = 60  # characters of a value in the table


def zoo_figures(zoo: Path, within: Path, report: Report) -> dict[str, Figure]:
    """Judge the units of a zoo that lie within a folder; ``report`` gets what is wrong."""
    judgements = [judged(unit) for unit in units(zoo, within)]
    of_kind = Counter(judgement.unit.kind for judgement in judgements)
    right = Counter(j.unit.kind for j in judgements if j.verdict is ZooVerdict.RIGHT)
    for judgement in judgements:
        for line in _lines(judgement):
            report(line)
    unread = sum(judgement.verdict is ZooVerdict.NOT_READ for judgement in judgements)
    return {
        "zoo_units": Figure(len(judgements), "units"),
        "zoo_right": Figure(right.total(), "units", reference=len(judgements)),
        "zoo_not_read": Figure(unread, "units", reference=0),
        **{
            f"zoo_{kind}_right": Figure(right[kind], "units", reference=count)
            for kind, count in of_kind.items()
        },
    }


def _lines(judgement: Judgement) -> list[str]:
    """What is wrong with a unit, a line each; none for one that is right."""
    name = f"zoo: {judgement.unit.name}"
    if judgement.verdict is ZooVerdict.NOT_READ:
        return [f"{name}: not read"]
    if not judgement.differences:
        return []
    return [
        f"{name}: wrong",
        *(
            f"- {each.what}: expected {_short(each.expected)}, got {_short(each.got)}"
            for each in judgement.differences
        ),
    ]


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
