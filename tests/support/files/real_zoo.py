"""The zoo of agents' real files, judged a kind at a time; tests skip where it is missing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hpm_engine.evaluation.zoo.judge import ZooVerdict, judged
from hpm_engine.evaluation.zoo.units import FOLDER, units

_SHARED = Path(__file__).parents[4] / "shared" / "data"
_ZOO = Path(os.environ.get("HPM_DATA") or _SHARED) / FOLDER


def wrong_units(kind: str) -> dict[str, tuple[object, ...]]:
    """The units of a kind that are not read right, each with what it differs in."""
    folder = _ZOO / kind
    if not folder.is_dir():
        pytest.skip(f"no agents' files at {folder} (set HPM_DATA)")
    judgements = [judged(unit) for unit in units(_ZOO, folder)]
    assert judgements
    return {
        judgement.unit.name: judgement.differences
        for judgement in judgements
        if judgement.verdict is not ZooVerdict.RIGHT
    }
