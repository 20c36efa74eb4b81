from __future__ import annotations

import numpy as np
import pytest
from msgspec import structs

from hpm_engine.consolidator.births import births
from hpm_engine.consolidator.learning import learn
from hpm_engine.consolidator.long_term import LongTerm
from hpm_engine.consolidator.mixture import Matrix, gradient
from hpm_engine.consolidator.rule import SHIPPED, FisherForm, LearningRule, Update
from hpm_engine.consolidator.windows import centred, memories_of, unit, window_spans
from hpm_engine.errors import Cancelled
from hpm_engine.job import Job, Progress

DIMENSION = 32
NONE = np.zeros((0, DIMENSION))


def topic(axis: int, count: int, seed: int = 0) -> Matrix:
    """Memories around one direction."""
    noise = np.random.default_rng(seed).normal(size=(count, DIMENSION)) * 0.12
    return unit(np.eye(DIMENSION)[axis] + noise)


def mixed(seed: int, *places: int) -> Matrix:
    return np.vstack([topic(axis, 20, seed) for axis in places])


def settled(rule: LearningRule = SHIPPED, seed: int = 0) -> LongTerm:
    """What is left of two topics."""
    random = np.random.default_rng(seed)
    return learn(LongTerm.empty(DIMENSION), mixed(1, 0, 1), NONE, rule, random, Job()).after


def test_beta_zero_is_bit_identical_to_the_naive_update() -> None:
    before = settled()
    memories = mixed(2, 2, 3)
    rule = structs.replace(SHIPPED, beta=0.0, replay=0)
    learned = learn(before, memories, NONE, rule, np.random.default_rng(5), Job())
    random = np.random.default_rng(5)
    born = births(memories, before.means, rule.births, random, rule.explained)
    means = np.vstack([before.means, born])
    for _ in range(rule.steps):
        means = unit(means + rule.rate / rule.kappa * gradient(memories, means, rule.kappa))
    assert learned.after.means.tobytes() == means.tobytes()


def test_the_penalty_holds_what_was_learned_where_a_naive_update_loses_it() -> None:
    before = settled()
    # New memories between the old topics and another: without births they must be shared.
    between = unit(topic(0, 30, 3) + topic(7, 30, 4))
    gone = {}
    for name, beta in (("naive", 0.0), ("ewc", 0.5)):
        rule = structs.replace(SHIPPED, beta=beta, births=0)
        learned = learn(before, between, NONE, rule, np.random.default_rng(0), Job())
        gone[name] = learned.moved.max()
        assert (learned.held[-1] > 0) == (beta > 0)
    assert gone["ewc"] < 0.5 * gone["naive"]


def test_shuffled_information_holds_what_matters_less() -> None:
    random = np.random.default_rng(0)
    once = structs.replace(SHIPPED, births=2)
    memories = np.vstack([topic(0, 200), topic(1, 2)])
    before = learn(LongTerm.empty(DIMENSION), memories, NONE, once, random, Job()).after
    between = unit(topic(0, 30, 3) + topic(7, 30, 4))
    heavy = int(before.counts.argmax())
    moved = {}
    for form in (FisherForm.SUMMED, FisherForm.SHUFFLED):
        rule = structs.replace(SHIPPED, fisher=form, births=0)
        moved[form] = learn(before, between, NONE, rule, random, Job()).moved[heavy]
    assert moved[FisherForm.SUMMED] < 0.5 * moved[FisherForm.SHUFFLED]


def test_replayed_memories_add_nothing_to_information_or_counts() -> None:
    replayed = mixed(1, 0, 1)
    learned = learn(settled(), mixed(2, 2), replayed, SHIPPED, np.random.default_rng(0), Job())
    assert learned.after.counts.sum() == pytest.approx(40 + 20)
    assert len(learned.replay_loss) == SHIPPED.steps


def test_gamma_lets_old_information_fade() -> None:
    rule = structs.replace(SHIPPED, gamma=0.5, births=0, beta=0.0)
    before = settled()
    faded = learn(before, mixed(2, 2), NONE, rule, np.random.default_rng(0), Job()).after
    kept = learn(
        before, mixed(2, 2), NONE, structs.replace(rule, gamma=1.0), np.random.default_rng(0), Job()
    ).after
    assert kept.information - faded.information == pytest.approx(0.5 * before.information)


def test_the_conjugate_update_is_the_mean_of_all_memories_of_a_prototype() -> None:
    rule = LearningRule(update=Update.CONJUGATE, births=1, kappa=20.0)
    first, second = topic(0, 20, 1), topic(0, 30, 2)
    before = learn(LongTerm.empty(DIMENSION), first, NONE, rule, np.random.default_rng(0), Job())
    no_more = structs.replace(rule, births=0)
    after = learn(before.after, second, NONE, no_more, np.random.default_rng(0), Job()).after
    expected = unit(np.vstack([first, second]).sum(axis=0, keepdims=True))
    assert after.means == pytest.approx(expected)
    assert after.resultants[0] == pytest.approx(np.linalg.norm(np.vstack([first, second]).sum(0)))


def test_prototypes_are_born_where_memories_are_badly_explained() -> None:
    known = np.eye(DIMENSION)[:1]
    memories = np.vstack([topic(0, 40), topic(5, 10)])
    born = [births(memories, known, 1, np.random.default_rng(seed))[0] for seed in range(50)]
    at_the_odd_ones = sum(mean @ np.eye(DIMENSION)[5] > 0.5 for mean in born)
    assert at_the_odd_ones > 35  # a tenth of the memories would draw about 10 of 50 by chance
    assert not len(births(known, known, 3, np.random.default_rng(0)))


def test_no_prototype_is_born_where_all_memories_are_explained() -> None:
    known = np.eye(DIMENSION)[:1]
    memories = np.vstack([topic(0, 40), topic(5, 1)])
    [born] = births(memories, known, 3, np.random.default_rng(0), 0.3)
    assert born == pytest.approx(memories[-1])
    assert not len(births(memories[:-1], known, 3, np.random.default_rng(0), 0.3))


def test_learning_stops_at_its_next_step_when_asked() -> None:
    seen: list[Progress] = []
    job = Job(lambda progress: (seen.append(progress), job.cancel())[0], interval=0)
    with pytest.raises(Cancelled):
        learn(settled(), mixed(2, 2), NONE, SHIPPED, np.random.default_rng(0), job)
    assert len(seen) == 1


def test_windows_leave_the_growing_end_of_an_episode_for_later() -> None:
    assert window_spans(0) == []
    assert window_spans(3) == [(0, 3)]
    assert window_spans(12) == [(0, 5), (5, 10)]


def test_a_memory_is_half_its_steps_and_half_its_episode() -> None:
    steps = np.eye(DIMENSION)[:10]
    memories = memories_of(steps)
    whole = np.full(10, 10**-0.5)
    assert memories.shape == (2, DIMENSION)
    assert memories[0, :10] == pytest.approx(whole + np.repeat([5**-0.5, 0], 5))


def test_masked_steps_weigh_nothing_in_a_memory() -> None:
    steps = np.eye(DIMENSION)[:5]
    memories = memories_of(steps, np.array([1.0, 0, 0, 0, 0]))
    assert memories[0] == pytest.approx(2 * np.eye(DIMENSION)[0])


def test_centred_rows_have_length_one_and_no_nan() -> None:
    rows = memories_of(np.vstack([np.zeros((5, DIMENSION)), np.eye(DIMENSION)[:5]]))
    unit = centred(rows, np.zeros(DIMENSION))
    assert np.isfinite(unit).all()
    assert np.linalg.norm(unit, axis=1) == pytest.approx(np.ones(2))
