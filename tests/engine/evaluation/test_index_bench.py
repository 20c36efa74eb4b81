from __future__ import annotations

import os
from pathlib import Path

import pytest

from hpm_engine.evaluation.recall import index_quality


def test_the_bench_measures_both_ways_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(index_quality, "SIZES", {"few": 1_000})
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("HPM_CACHE_DIR", "a person's own")
    result = index_quality.IndexQuality().run(None, lambda line: None)
    assert result.results["index_recall@10_few"].value == 1.0  # so few are compared exactly
    assert result.results["index_recall@10_filtered_few"].value == 1.0
    assert result.results["index_p95_few_ms"].value > 0
    assert os.environ["HPM_CACHE_DIR"] == "a person's own" and not list(tmp_path.iterdir())
