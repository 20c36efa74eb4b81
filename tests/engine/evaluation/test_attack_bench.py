"""The bench of a million changed inputs: a few of them here, and a reader that does crash."""

from __future__ import annotations

import json
import random

import pytest

from hpm_engine.evaluation.attack import trial
from hpm_engine.evaluation.attack.documents import documents
from hpm_engine.evaluation.attack.mutation import changed_document
from hpm_engine.evaluation.attack.trial import share


def test_changed_inputs_neither_crash_nor_hang() -> None:
    result = share(11, 600, documents(None))
    assert dict(result.crashes) == {}
    assert result.hangs == 0
    assert sum(result.inputs.values()) == 600
    assert set(result.inputs) == {"trace", "archive", "query"}
    assert result.episodes > 100  # most changes leave something that is read


def test_a_crash_is_found_and_its_input_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def crashing(source: object) -> None:
        raise KeyError("planted")

    monkeypatch.setattr(trial, "detect", crashing)
    result = share(11, 50, documents(None))
    assert sum(result.crashes.values()) > 0
    assert all("KeyError at test_attack_bench.py" in name for name in result.crashes)
    assert result.kept


def test_a_changed_document_is_another_one_and_the_same_for_a_seed() -> None:
    start = documents(None).traces
    changed = [changed_document(random.Random(seed), start) for seed in range(200)]
    assert changed == [changed_document(random.Random(seed), start) for seed in range(200)]
    assert sum(data in start for data in changed) < 60
    assert any(_is_json(data.splitlines()) for data in changed if data not in start)


def _is_json(lines: list[bytes]) -> bool:
    try:
        return bool([json.loads(line) for line in lines])
    except ValueError:
        return False
