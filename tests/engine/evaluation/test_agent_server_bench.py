from __future__ import annotations

from pathlib import Path

import pytest

from hpm_engine.evaluation.agents import bench
from hpm_engine.evaluation.agents.bench import AgentServerBench
from hpm_engine.evaluation.agents.load import LoadSize


def test_it_measures_servers_and_finds_every_recall_recorded(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(bench, "_LATER", 4)
    load = LoadSize(agents=2, recalls=3)
    result = AgentServerBench(episodes=20, starts=1, load=load).run(None, lambda _: None)
    figures = {name: figure.value for name, figure in result.results.items()}
    assert 0 < figures["tool list"] <= 1_000
    assert figures["first reply"] < figures["first recall, from the start"]
    assert figures["recalls of agents at once"] == figures["recalls recorded"] == 6
    assert figures["sessions imported meanwhile"] > 0
    for name, figure in result.results.items():
        assert figure.reference != 0 or figure.value == 0, name
