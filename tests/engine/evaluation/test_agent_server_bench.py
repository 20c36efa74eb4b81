from __future__ import annotations

from pathlib import Path

import pytest

from hpm_engine.evaluation.agents import bench
from hpm_engine.evaluation.agents.bench import AgentServerBench


def test_it_measures_servers_and_finds_every_recall_recorded(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(bench, "_AGENTS", 2)
    monkeypatch.setattr(bench, "_RECALLS", 3)
    monkeypatch.setattr(bench, "_LATER", 4)
    result = AgentServerBench(episodes=20, starts=1, imported=1024 * 1024).run(None, lambda _: None)
    figures = {name: figure.value for name, figure in result.results.items()}
    assert 0 < figures["tool list"] <= 1_000
    assert figures["first reply"] < figures["first recall, from the start"]
    assert figures["recalls of agents at once"] == 6
    for name in ("errors to agents", "records lost", "said to be unrecorded", "broken chains"):
        assert figures[name] == 0, name
