"""Weights taken into use and given back, with what hangs on them."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import psutil
import pytest

from hpm_engine.adaptation.tuned import Tuned
from hpm_engine.compressor.scorers.learned import Network
from hpm_engine.compressor.scorers.shipped_mask import packed_networks, shipped_scorer
from hpm_engine.encoder.phi_encoder import PhiEncoder
from hpm_engine.encoder.shipped import DIGESTS, MASK, PHI
from hpm_engine.encoder.tensor_file import packed
from hpm_engine.encoding.encoder_in_use import encoder_in_use
from hpm_engine.encoding.phi_in_use import phi_in_use, phi_weights
from hpm_engine.errors import (
    Cancelled,
    CannotWrite,
    DamagedStore,
    NotFound,
    ReadOnlyStore,
    StoreBusy,
    WorkerDied,
)
from hpm_engine.job import Job, Progress
from hpm_engine.memory import Memory, open_memory
from hpm_engine.store.learned.tuned_weights import TuningRecord
from hpm_engine.store.learned.vectors import VectorRows
from hpm_engine.values.adaptation import Model, Verdict
from hpm_engine.values.reports import AuditFilter
from hpm_engine.values.vectors import VectorKind
from tests.support.sessions_to_learn import with_habits, with_needs

T = TypeVar("T")
BETTER = Verdict(30, 20, "project", 0.5, 0.6, 0.05, 0.15)
WORSE = Verdict(30, 20, "project", 0.5, 0.5, -0.05, 0.05)


@pytest.fixture(scope="module")
def habits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("habits") / "habits.hpm"
    with open_memory(path, create=True) as memory:
        with_habits(memory, 80)
        memory.encode()
    return path


@pytest.fixture
def store(habits: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(habits, tmp_path / "store.hpm"))


@pytest.fixture
def memory(store: Path) -> Iterator[Memory]:
    with open_memory(store) as memory:
        yield memory


def other_phi(memory: Memory) -> bytes:
    weights = phi_weights(memory.internals.database)
    return packed(weights | {"gate": weights["gate"] * 2}, "")


def other_mask(scale: float = 1.5) -> bytes:
    networks = shipped_scorer().networks
    return packed_networks(
        [
            Network(
                dict(network.weights) | {"prior": network.weights["prior"] * scale}, network.blind
            )
            for network in networks
        ]
    )


def give(memory: Memory, model: Model, data: bytes) -> str:
    """Take weights into use as a tuning that was better would."""
    shipped = DIGESTS[PHI if model is Model.ENCODER else MASK]
    now = next(row.sha256 for row in memory.adaptation.in_use() if row.model is model)
    with memory.internals.database.writing():
        return TuningRecord(memory.internals.database, memory.internals.log).take_into_use(
            model, now, data, BETTER, shipped
        )


def actions(memory: Memory) -> list[str]:
    return [
        row.action for row in memory.audit.page(AuditFilter(), 0, 10_000) if "weights" in row.action
    ]


def vector_digest(memory: Memory) -> str:
    current = VectorRows(memory.internals.database).current(VectorKind.EPISODE)
    assert current is not None
    return current.sha256


def test_better_weights_are_used_and_the_old_ones_come_back(memory: Memory) -> None:
    shipped, before = memory.adaptation.in_use()[0], vector_digest(memory)
    assert (shipped.shipped, shipped.earlier, shipped.sha256) == (True, 0, DIGESTS[PHI])
    seen: list[Progress] = []
    done = memory.adaptation.run(Model.ENCODER, Job(seen.append))
    assert done.accepted, done
    assert {progress.note for progress in seen} >= {"starting", "training"}
    now = memory.adaptation.in_use()[0]
    assert (now.sha256, now.verdict, now.earlier) == (done.after, done.verdict, 1)
    assert (done.before, now.shipped) == (shipped.sha256, False)
    memory.encode()
    steps = encoder_in_use(memory.internals.database)
    assert steps is not None
    assert (
        vector_digest(memory)
        == phi_in_use(memory.internals.database, steps).identity.sha256
        != before
    )
    assert memory.adaptation.restore(Model.ENCODER).in_use == shipped
    memory.encode()
    assert vector_digest(memory) == before == PhiEncoder(steps).identity.sha256
    assert actions(memory) == ["use weights", "restore weights"]
    assert memory.audit.verify().broken_at is None
    with pytest.raises(NotFound, match="none to go back to"):
        memory.adaptation.restore(Model.ENCODER)


def test_weights_that_are_not_better_change_nothing_but_the_log(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    def worse(model: Model, store: Path, job: Job) -> Tuned:
        return Tuned(DIGESTS[PHI], other_phi(memory), WORSE)

    monkeypatch.setattr("hpm_engine.adaptation.apart.tuned_apart", worse)
    done = memory.adaptation.run(Model.ENCODER)
    assert (done.accepted, done.before, done.after) == (False, DIGESTS[PHI], DIGESTS[PHI])
    assert "were kept" in done.reason
    assert memory.adaptation.in_use()[0].shipped
    assert actions(memory) == ["keep weights"]
    assert memory.internals.database.value("SELECT count(*) FROM tuned_weights") == 0


def test_recall_asks_with_the_weights_that_made_the_vectors(memory: Memory) -> None:
    meaning = memory.internals.recall._recaller._meaning
    pool = [episode for (episode,) in memory.internals.database.rows("SELECT id FROM episodes")]
    first = meaning.phis("steam from the kettle", pool)
    give(memory, Model.ENCODER, other_phi(memory))
    with open_memory(memory.path, read_only=True) as reader:
        fresh = reader.internals.recall._recaller._meaning
        assert fresh.phis("steam from the kettle", pool) == {}, "vectors of other weights"
        memory.encode()
        second = fresh.phis("steam from the kettle", pool)
        assert second == meaning.phis("steam from the kettle", pool)
    assert first.keys() == second.keys() != set()
    assert first != second


def test_what_was_compressed_keeps_the_name_of_its_weights(tmp_path: Path) -> None:
    with open_memory(tmp_path / "needs.hpm", create=True) as memory:
        with_needs(memory, 4)
        tier = memory.compression
        tier.compress([1])
        digest = give(memory, Model.MASK, other_mask())
        assert tier.scorers()[:2] == (f"learned-{digest[:8]}", "learned")
        tier.compress([2])
        tier.compress([3], scorer="learned")
        second = give(memory, Model.MASK, other_mask(0.5))
        with pytest.raises(NotFound, match=f"learned-{second[:8]}"):
            tier.preview(4, scorer=f"learned-{digest[:8]}")
        assert tier.preview(4).scorer == f"learned-{second[:8]}"
        assert memory.adaptation.restore(Model.MASK).in_use.sha256 == digest
        assert tier.preview(4).scorer == f"learned-{digest[:8]}"
        memory.adaptation.restore(Model.MASK)
        assert tier.preview(4).scorer == "learned"
        names = [tier.read(key).scorer for key in (1, 2, 3)]
        assert names == ["learned", f"learned-{digest[:8]}", "learned"]


def test_only_the_last_few_weights_are_kept_and_the_first_are_shipped(memory: Memory) -> None:
    given = [give(memory, Model.MASK, other_mask(1 + number / 8)) for number in range(1, 11)]
    assert memory.internals.database.value("SELECT count(*) FROM tuned_weights") == 8
    assert memory.adaptation.in_use()[1].earlier == 8
    back = [memory.adaptation.restore(Model.MASK).in_use.sha256 for _ in range(8)]
    assert back == [*reversed(given[2:9]), DIGESTS[MASK]]


def test_weights_tuned_from_others_than_those_in_use_are_refused(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overtaken(model: Model, store: Path, job: Job) -> Tuned:
        give(memory, Model.ENCODER, other_phi(memory))
        return Tuned(DIGESTS[PHI], b"late", BETTER)

    monkeypatch.setattr("hpm_engine.adaptation.apart.tuned_apart", overtaken)
    with pytest.raises(CannotWrite, match="other weights meanwhile"):
        memory.adaptation.run(Model.ENCODER)
    assert memory.internals.database.value("SELECT count(*) FROM tuned_weights") == 1
    assert actions(memory) == ["use weights"]


def test_damaged_weights_are_refused_and_can_be_taken_back(memory: Memory) -> None:
    give(memory, Model.ENCODER, other_phi(memory))
    memory.internals.database.execute("UPDATE tuned_weights SET data = substr(data, 2)")
    steps = encoder_in_use(memory.internals.database)
    assert steps is not None
    with pytest.raises(DamagedStore, match="--restore"):
        phi_in_use(memory.internals.database, steps)
    [problem] = memory.figures.health(check=True).problems
    assert "1 fine-tuned weights" in problem
    memory.adaptation.restore(Model.ENCODER)
    assert phi_in_use(memory.internals.database, steps).identity == PhiEncoder(steps).identity
    assert not memory.figures.health(check=True).problems


def test_a_store_for_reading_is_refused_at_once(store: Path) -> None:
    with open_memory(store, read_only=True) as memory:
        with pytest.raises(ReadOnlyStore):
            memory.adaptation.run(Model.MASK)
        assert [model.shipped for model in memory.adaptation.in_use()] == [True, True]


@pytest.mark.parametrize("note", ["starting", "reading lessons", "training"])
def test_cancelled_it_stops_at_once_and_nothing_is_written(memory: Memory, note: str) -> None:
    began: list[float] = []

    def look(progress: Progress) -> None:
        if progress.note == note and not began:
            began.append(time.monotonic())
            job.cancel()

    job = Job(look, 0)
    with pytest.raises(Cancelled):
        memory.adaptation.run(Model.ENCODER, job)
    assert time.monotonic() - began[0] < 5
    assert workers() == []
    assert actions(memory) == []
    assert memory.internals.database.value("SELECT count(*) FROM tuned_weights") == 0


def test_a_process_that_was_killed_is_told_and_nothing_is_written(memory: Memory) -> None:
    def look(progress: Progress) -> None:
        if progress.note == "training":
            for worker in workers():
                worker.kill()

    with pytest.raises(WorkerDied, match="ended before it was done"):
        memory.adaptation.run(Model.ENCODER, Job(look, 0))
    assert actions(memory) == []


def test_killed_it_takes_its_process_along_and_can_be_run_again(store: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from hpm_engine import Model, open_memory\n"
        "open_memory(Path(sys.argv[1])).adaptation.run(Model.ENCODER)"
    )
    killed = subprocess.Popen([sys.executable, "-c", code, str(store)], cwd=Path.cwd())
    worker = within(60, lambda: next(iter(workers(killed.pid)), None))
    killed.kill()
    killed.wait()
    assert within(10, lambda: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE)
    with open_memory(store) as memory:
        assert memory.adaptation.in_use()[0].shipped
        assert actions(memory) == []
        assert not memory.figures.health(check=True).problems
        assert memory.adaptation.run(Model.ENCODER).accepted


def workers(of: int | None = None) -> list[psutil.Process]:
    """The processes that tune for a process, this one or another."""
    running = []
    for child in psutil.Process(of).children():
        with suppress(psutil.NoSuchProcess):  # it has just ended
            if any("adaptation.worker" in part for part in child.cmdline()):
                running.append(child)
    return running


def within(seconds: float, probe: Callable[[], T]) -> T:
    """What ``probe`` gives once it gives anything."""
    until = time.monotonic() + seconds
    while not (value := probe()):
        assert time.monotonic() < until
        time.sleep(0.02)
    return value


def test_short_work_of_the_thread_takes_its_turn(memory: Memory) -> None:
    turns: list[int] = []

    def give_way() -> None:
        turns.append(1)
        if len(turns) == 3:
            memory.marks.set_pinned([1], True)
            job.cancel()

    job = Job(give_way=give_way)
    with pytest.raises(Cancelled):
        memory.adaptation.run(Model.ENCODER, job)
    assert memory.episodes.get([1])[0].pinned


def test_two_programs_do_not_adapt_one_store_at_once(memory: Memory, store: Path) -> None:
    refused: list[Exception] = []

    def second() -> None:
        with open_memory(store) as other:
            try:
                other.adaptation.run(Model.ENCODER)
            except StoreBusy as error:
                refused.append(error)

    def look(progress: Progress) -> None:
        if progress.note == "reading lessons" and not refused:
            thread = threading.Thread(target=second)
            thread.start()
            thread.join()
            job.cancel()

    job = Job(look, 0)
    with pytest.raises(Cancelled):
        memory.adaptation.run(Model.ENCODER, job)
    assert "adapting this store" in str(refused[0])
