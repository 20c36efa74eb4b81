from __future__ import annotations

import numpy as np
import pytest
import torch

from hpm_engine import Job
from hpm_engine.encoder import phi_encoder
from hpm_engine.encoder.phi import Phi
from hpm_engine.encoder.phi_encoder import PhiEncoder
from hpm_engine.encoder.phi_network import PhiNetwork
from hpm_engine.encoder.phi_shape import LAYOUT
from hpm_engine.encoder.phi_training import train_phi, untrained
from hpm_engine.encoder.phi_watch import watched
from hpm_engine.encoder.shipped import DIMENSION
from hpm_engine.encoder.static import StaticEncoder
from hpm_engine.encoder.tensor_file import packed, parsed
from hpm_engine.encoder.traced_task import repository_groups, steps_of
from hpm_engine.errors import Cancelled
from tests.support.loaded_modules import output_and_loaded
from tests.support.traced_tasks import made_tasks


def opened_gate(seed: int = 0, gate: float = 0.7) -> PhiNetwork:
    torch.manual_seed(seed)
    network = PhiNetwork(np.full(DIMENSION, 0.01, np.float32))
    with torch.no_grad():
        network.gate.fill_(gate)
    return network


def test_numpy_computes_what_torch_does() -> None:
    network = opened_gate()
    phi = Phi(network.tensors())
    tasks = made_tasks(20)
    expected = network.embedded([task.steps for task in tasks])
    vectors = np.stack([phi(task.steps.states, task.steps.actions) for task in tasks])
    np.testing.assert_allclose(vectors, expected, atol=2e-6)


def test_padding_beside_a_longer_episode_changes_nothing() -> None:
    network = opened_gate()
    short, long = sorted((task.steps for task in made_tasks(8)), key=lambda s: len(s.plain))[::7]
    assert len(short.plain) < len(long.plain)
    together = network.embedded([short, long])
    np.testing.assert_allclose(network.embedded([short])[0], together[0], atol=1e-6)


def test_before_training_it_is_the_centred_mean() -> None:
    tasks = made_tasks(6)
    network = untrained(tasks)
    centre = np.concatenate([task.steps.plain for task in tasks]).mean(axis=0)
    for task in tasks:
        mean = (task.steps.actions - centre).mean(axis=0)
        expected = mean / np.linalg.norm(mean)
        np.testing.assert_allclose(network.embedded([task.steps])[0], expected, atol=1e-6)


def test_order_matters_once_the_gate_is_open() -> None:
    phi = Phi(opened_gate().tensors())
    steps = made_tasks(1)[0].steps
    forth = phi(steps.states, steps.actions)
    back = phi(steps.states[::-1], steps.actions[::-1])
    assert forth @ back < 0.9999


def test_steps_of_which_nothing_is_known_do_not_count() -> None:
    phi = Phi(opened_gate().tensors())
    steps = made_tasks(1)[0].steps
    nothing = np.zeros((2, DIMENSION), np.float32)
    padded = phi(np.vstack([steps.states, nothing]), np.vstack([steps.actions, nothing]))
    assert np.array_equal(padded, phi(steps.states, steps.actions))
    assert not phi(nothing, nothing).any()
    assert not phi(nothing[:0], nothing[:0]).any()


def test_a_step_without_an_action_counts_by_its_state() -> None:
    states, actions = np.eye(2, DIMENSION, dtype=np.float32), np.zeros((2, DIMENSION), np.float32)
    actions[1, 5] = 1
    plain = steps_of(states, actions).plain
    assert np.array_equal(plain, [states[0], actions[1]])


def test_huge_weights_stay_finite() -> None:
    tensors = {name: value * 1e4 for name, value in opened_gate().tensors().items()}
    steps = made_tasks(1)[0].steps
    assert np.isfinite(Phi(tensors)(steps.states, steps.actions)).all()


def test_the_same_training_gives_the_same_bytes() -> None:
    tasks = made_tasks(24)
    first, second = (
        packed(train_phi(tasks[:16], tasks[16:], Job(), rounds=20).network.tensors(), "")
        for _ in range(2)
    )
    other = train_phi(tasks[:16], tasks[16:], Job(), rounds=20, seed=1).network.tensors()
    assert first == second
    assert first != packed(other, "")
    assert parsed(first, LAYOUT, "trained").keys() == LAYOUT.keys()


def test_training_leaves_torchs_chance_and_threads_alone() -> None:
    torch.manual_seed(9)
    before, threads = torch.get_rng_state(), torch.get_num_threads()
    tasks = made_tasks(12)
    train_phi(tasks[:8], tasks[8:], Job(), rounds=10)
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.get_num_threads() == threads


def test_training_finds_what_the_mean_cannot_see() -> None:
    learn, watch = made_tasks(150, hidden=True), made_tasks(20, seed=8, hidden=True)
    trained = train_phi(learn, watch, Job(), rounds=100)
    start = trained.seen[0]
    assert trained.best > 0
    assert watched(trained.network, watch, 0).own > start.own + 0.1


def test_a_network_no_better_than_the_mean_is_not_kept() -> None:
    learn = made_tasks(16, hidden=True)
    watch = made_tasks(12, seed=8)  # where the mean is right each time
    trained = train_phi(learn, watch, Job(), rounds=20)
    mean = watched(untrained(learn), watch, 0)
    assert mean.own == 1.0
    assert watched(trained.network, watch, 0).score >= mean.score


def test_training_stops_when_asked() -> None:
    job = Job()
    job.cancel()
    with pytest.raises(Cancelled):
        train_phi(made_tasks(8), made_tasks(8), job)


def test_groups_share_no_repository_and_lose_no_task() -> None:
    tasks = made_tasks(40, repositories=7)
    groups = repository_groups(tasks, 3)
    named = [{task.repository for task in group} for group in groups]
    assert not named[0] & named[1] | named[1] & named[2] | named[0] & named[2]
    assert sorted(task.episode for group in groups for task in group) == list(range(40))


def test_the_shipped_encoder_finds_the_episode_that_did_what_is_asked() -> None:
    phi = PhiEncoder(StaticEncoder())
    migration = [
        ("the migration fails", "bash grep -rn RenameField django/db/migrations"),
        ("django/db/migrations/operations/fields.py", "bash pytest tests/migrations"),
    ]
    plotting = [
        ("the legend is cut off", "bash grep -rn legend lib/matplotlib"),
        ("lib/matplotlib/legend.py", "bash pytest lib/matplotlib/tests/test_legend.py"),
    ]
    query = phi.query("RenameField loses the column in a migration")
    assert query @ phi.episode(migration) > query @ phi.episode(plotting) + 0.1
    assert not phi.episode([]).any()
    assert not phi.episode([("", " ")]).any()


def test_its_identity_covers_the_step_encoder() -> None:
    base = StaticEncoder()
    weighted = StaticEncoder(base.counted([["some words"]]))
    assert PhiEncoder(base).identity != PhiEncoder(weighted).identity
    assert PhiEncoder(base).identity == PhiEncoder(StaticEncoder()).identity


def test_embedding_an_episode_does_not_load_torch() -> None:
    code = (
        f"from {phi_encoder.__name__} import PhiEncoder\n"
        "from hpm_engine.encoder.static import StaticEncoder\n"
        "PhiEncoder(StaticEncoder()).episode([('a', 'b')])"
    )
    _, loaded = output_and_loaded(code, ("numpy", "torch"))
    assert loaded == ["numpy"]
