from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from hpm_engine.encoder.phi_encoder import PhiEncoder
from hpm_engine.encoder.phi_network import PhiNetwork
from hpm_engine.encoder.phi_training import untrained
from hpm_engine.encoder.traced_task import TracedTask
from hpm_engine.encoding.encoder_in_use import encoder_in_use
from hpm_engine.evaluation.phi import arms as phi_arms
from hpm_engine.evaluation.phi.part import phi_part, with_phi
from hpm_engine.evaluation.recall.transfer_tasks import Solved
from hpm_engine.memory import Memory, open_memory
from hpm_engine.recall.weights import SHIPPED
from hpm_engine.store.learned.vectors import VectorRows
from hpm_engine.values.vectors import VectorKind
from tests.support.shop import acted, add, asked

THINGS = ("basket", "cookie", "filter", "invoice", "discount", "session")


def written(memory: Memory, project: str, number: int) -> Solved:
    thing = THINGS[number % len(THINGS)]
    task = f"The {thing} of shop {number} is wrong."
    steps = asked(task), acted(f"Look at the {thing}.", f"cat {thing}.py"), acted("Repaired.")
    key = add(memory, f"{project}-{number}", *steps, project=project)
    [episode] = memory.episodes.get([key])
    return Solved(episode, episode.key, number, task, task, frozenset({f"{thing}.py"}))


def test_phi_is_asked_about_repositories_that_it_did_not_learn_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learnt: list[tuple[set[str], set[str]]] = []

    def network(learn: Sequence[TracedTask], watch: Sequence[TracedTask], seed: int) -> PhiNetwork:
        learnt.append(({task.repository for task in learn}, {task.repository for task in watch}))
        return untrained(learn)

    monkeypatch.setitem(phi_arms.ARMS, "residual", (network, 1))
    with open_memory(tmp_path / "own.hpm", create=True) as memory:
        solved = [written(memory, f"p/{name}", n) for name in "abcd" for n in range(12)]
        memory.recall.prepare()
        memory.encode()
        figures = phi_part(memory, solved, lambda line: None)
        used = memory.internals.database.value(
            "SELECT count(*) FROM audit WHERE action = 'use encoder'"
        )
        steps, rows = (
            encoder_in_use(memory.internals.database),
            VectorRows(memory.internals.database),
        )
        assert steps is not None
        last = rows.current(VectorKind.EPISODE)
        assert last is not None
        assert last.sha256 != PhiEncoder(steps).identity.sha256
        assert rows.count(last) == len(solved)
    assert [len(learn | watch) for learn, watch in learnt] == [3] * 4
    assert used == 6  # that of steps, the shipped φ, and one φ for each group
    for name in ("phi_beside", "phi_instead", "plain_phi_beside", "plain_phi_instead"):
        mrr, gain = figures[f"{name}_mrr"], figures[f"{name}_gain"]
        assert mrr.reference is not None
        assert gain.value == pytest.approx(mrr.value - mrr.reference)
        assert gain.low is not None and gain.low <= gain.value


def test_phi_stands_beside_the_mean_or_in_its_place() -> None:
    names = {
        kind: {weight.part for weight in weights} for kind, weights in with_phi(SHIPPED).items()
    }
    assert names["beside"] - names["without"] == {"φ"}
    assert names["instead"] ^ names["without"] == {"φ", "meaning"}
