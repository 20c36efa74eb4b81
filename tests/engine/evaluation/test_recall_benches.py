from __future__ import annotations

from math import log
from pathlib import Path

import numpy as np
import pytest

from hpm_engine import NotFound, Outcome
from hpm_engine.adaptation.bootstrap import by_cluster, by_query
from hpm_engine.evaluation.recall.latency import Latency
from hpm_engine.evaluation.recall.locomo import LoCoMo
from hpm_engine.evaluation.recall.plain_bm25 import PlainBM25
from hpm_engine.evaluation.recall.recall_parts import RecallParts
from hpm_engine.evaluation.recall.transfer import Transfer
from hpm_engine.evaluation.recall.transfer_tasks import (
    Solved,
    any_tasks,
    earlier_tasks,
    first_rank,
    hit_and_rank,
    same_task_tasks,
)
from hpm_engine.evaluation.result import Bench
from hpm_engine.values.episodes import Episode, Tier


def solved(key: int, file: str, project: str = "p/q", instance: str = "") -> Solved:
    episode = Episode(
        *(key, "made", f"i-{key}", "a", "m", project, "t", Outcome.UNKNOWN, Tier.EPISODIC),
        *(0, 0, 1, 1, 0, 0, 0, 0, None, 1, False, (), 0, None, None),
    )
    return Solved(episode, instance or f"i-{key}", key, f"issue {key}", "text", frozenset({file}))


def test_bootstrap_intervals_hold_the_mean_and_clusters_widen_them() -> None:
    random = np.random.default_rng(1)
    clusters = np.repeat(np.arange(8), 25)
    values = (random.normal(size=8)[clusters] + 0.1 * random.normal(size=200)).tolist()
    low, high = by_query(values)
    assert low < np.mean(values) < high
    wide = by_cluster(values, clusters.tolist())
    assert wide[1] - wide[0] > 2 * (high - low)
    assert by_query([2.0] * 10) == (2.0, 2.0)


def test_plain_bm25_is_the_formula() -> None:
    index = PlainBM25({1: "red red fox", 2: "blue dog", 3: "green cat here now"})
    scores = index.scores("Red red wolf", [1, 2, 3])
    rarity = log((3 - 1 + 0.5) / (1 + 0.5))
    norm = 1.2 * (1 - 0.75 + 0.75 * 3 / 3)
    assert scores[1] == pytest.approx(rarity * (1 + log(2)) * 2 * 2.2 / (2 + norm))
    assert scores[2] == scores[3] == 0
    once = PlainBM25({1: "red red fox", 2: "blue dog", 3: "x y"}, log_weighted=False)
    assert once.scores("red red", [1])[1] < scores[1]
    stems = PlainBM25({1: "she paints", 2: "a dog", 3: "b cat"}, stemmed=True)
    assert stems.scores("the painting", [1])[1] > 0


def test_only_earlier_episodes_on_a_shared_file_are_relevant() -> None:
    known = [solved(number, "a.py" if number in (2, 11) else "b.py") for number in range(1, 13)]
    tasks = {task.cue: task for task in earlier_tasks(known)}
    assert set(tasks) == {"issue 11", "issue 12"}  # the rest have fewer than ten earlier ones
    assert tasks["issue 11"].relevant == {2}
    assert max(tasks["issue 11"].candidates) == 10
    every = {task.cue: task for task in any_tasks(known)}
    assert every["issue 2"].relevant == {11}
    assert earlier_tasks([solved(n, "a.py", project=f"p/{n}") for n in range(30)]) == []


def test_the_same_task_is_the_same_instance_of_the_repository() -> None:
    stored = [solved(number, "a.py", instance=f"task-{number}") for number in range(100, 112)]
    [task] = same_task_tasks([solved(5, "a.py", instance="task-103")], stored)
    assert task.relevant == {103}
    assert len(task.candidates) == 12


def test_places_count_ties_by_id_and_what_has_no_score_last() -> None:
    [task] = earlier_tasks([solved(n, "a.py" if n in (3, 11) else "b.py") for n in range(1, 12)])
    assert first_rank({3: 1.0, 4: 2.0, 2: 1.0}, task) == 2
    assert first_rank({}, task) == 2
    assert hit_and_rank([0, 1, 20]) == pytest.approx(
        {"hit@1": 1 / 3, "hit@10": 2 / 3, "mrr": (1 + 1 / 2 + 1 / 21) / 3}
    )


@pytest.mark.parametrize("bench", [Transfer(), RecallParts(), LoCoMo()])
def test_a_bench_without_its_traces_says_which(bench: Bench, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="--data"):
        bench.run(tmp_path, print)


def test_latency_measures_generated_stores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "hpm_engine.evaluation.generated_store.user_cache_path", lambda name: tmp_path
    )
    monkeypatch.setattr("hpm_engine.evaluation.recall.latency._CUES", 4)
    monkeypatch.setenv("HPM_CACHE_DIR", str(tmp_path))
    by_name = Latency({"small": 3, "1k": 6}).run(None, lambda line: None).results
    assert by_name["p50_small_ms"].value <= by_name["p99_small_ms"].value
    assert by_name["ratio_to_bare"] == by_name["ratio_to_bare_1k"] != by_name["ratio_to_bare_small"]
    assert by_name["ratio_to_bare"].value > 0
    assert "growth_exponent" in by_name
