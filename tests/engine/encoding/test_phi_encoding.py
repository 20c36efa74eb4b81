from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from hpm_engine import Cancelled, Job, open_memory
from hpm_engine.encoder.phi_encoder import PhiEncoder
from hpm_engine.encoder.state_action import state_action_pairs
from hpm_engine.encoding.encoder_in_use import encoder_in_use
from hpm_engine.memory import Memory
from hpm_engine.store.learned.vectors import VectorRows
from hpm_engine.values.vectors import VectorKind
from tests.support.short_episodes import current, vectors, write
from tests.support.word_encoder import WordEncoder

TEXTS = ("grep the migration", "edit the operation", "run the tests again")


def expected(memory: Memory, episode: int) -> np.ndarray:
    encoder = encoder_in_use(memory.internals.database)
    assert encoder is not None
    return PhiEncoder(encoder).episode(state_action_pairs(memory.steps.read(episode)))


def of_episode(memory: Memory, episode: int) -> np.ndarray:
    return vectors(memory, VectorKind.EPISODE)[episode][0]


def test_every_episode_has_its_phi(memory: Memory) -> None:
    ids = [write(memory, key, *TEXTS, key) for key in ("alpha", "beta")]
    memory.encode()
    for episode in ids:
        np.testing.assert_allclose(
            of_episode(memory, episode), expected(memory, episode), atol=1e-3
        )
    assert current(memory, VectorKind.EPISODE).name == "phi-256"


def test_an_episode_of_which_nothing_is_known_has_none_and_is_not_asked_again(
    memory: Memory,
) -> None:
    write(memory, "a", "   ")
    memory.encode()
    assert VectorRows(memory.internals.database).count(current(memory, VectorKind.EPISODE)) == 0
    rows = memory.audit.count()
    memory.encode()
    assert memory.audit.count() == rows


def test_an_episode_that_grew_is_read_whole_again(memory: Memory) -> None:
    episode = write(memory, "a", *TEXTS)
    memory.encode()
    before = of_episode(memory, episode)
    write(memory, "a", *TEXTS, "something else entirely")
    memory.encode()
    after = of_episode(memory, episode)
    assert not np.array_equal(before, after)
    np.testing.assert_allclose(after, expected(memory, episode), atol=1e-3)


def test_stopped_between_batches_it_goes_on_to_the_same_end(
    memory: Memory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hpm_engine.encoding.phi._BATCH", 2)
    keys = [f"word{number}" for number in range(7)]
    ids = [write(memory, key, *TEXTS, key) for key in keys]
    real = PhiEncoder.episode
    job = Job()

    def three_then_stop(phi: PhiEncoder, pairs: Sequence[tuple[str, str]]) -> np.ndarray:
        if keys[3] in pairs[-1][1]:
            job.cancel()
        return real(phi, pairs)

    monkeypatch.setattr(PhiEncoder, "episode", three_then_stop)
    with pytest.raises(Cancelled):
        memory.encode(job)
    kept = VectorRows(memory.internals.database).count(current(memory, VectorKind.EPISODE))
    assert 0 < kept < len(ids)
    monkeypatch.setattr(PhiEncoder, "episode", real)
    memory.encode()
    with open_memory(tmp_path / "once.hpm", create=True) as once:
        for key in keys:
            write(once, key, *TEXTS, key)
        once.encode()
        for episode in ids:
            assert np.array_equal(of_episode(memory, episode), of_episode(once, episode))


def test_phi_is_not_put_on_top_of_another_encoder(memory: Memory) -> None:
    write(memory, "a", *TEXTS)
    memory.encode(encoder=WordEncoder())
    assert VectorRows(memory.internals.database).current(VectorKind.EPISODE) is None
