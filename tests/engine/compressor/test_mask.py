from __future__ import annotations

import numpy as np
import pytest
import torch

from hpm_engine.compressor.evidence.gathering import Gatherer
from hpm_engine.compressor.evidence.needs import StoreHistory
from hpm_engine.compressor.evidence.scorer import Evidence
from hpm_engine.compressor.scorers.learned import LearnedScorer, Network
from hpm_engine.compressor.scorers.mask_input import MaskInput, layout, mask_input
from hpm_engine.compressor.scorers.mask_module import MaskBatch, MaskModule
from hpm_engine.compressor.scorers.mask_net import forward
from hpm_engine.compressor.scorers.rules import COUNT
from hpm_engine.compressor.training.lessons import Lesson
from hpm_engine.compressor.training.mask_training import train, within_budget
from tests.support.patched_sessions import steps


@pytest.fixture(scope="module")
def evidence() -> list[Evidence]:
    gatherer = Gatherer()
    return [gatherer.evidence(steps(24, seed), StoreHistory()) for seed in range(6)]


@pytest.fixture(scope="module")
def given(evidence: list[Evidence]) -> list[MaskInput]:
    return [mask_input(episode) for episode in evidence]


def moved(seed: int = 0) -> MaskModule:
    """A network that is not at its start, where the head is zero."""
    torch.manual_seed(seed)
    module = MaskModule()
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.add_(0.05 * torch.randn_like(parameter))
    return module


@pytest.mark.parametrize("blind", [True, False])
def test_the_network_in_use_computes_what_was_trained(given: list[MaskInput], blind: bool) -> None:
    module = moved()
    gates, logits = module(MaskBatch(given, blind=blind))
    start = 0
    for row, episode in enumerate(given):
        own_gates, own_logits = forward(module.weights(), episode, blind=blind)
        end = start + len(own_logits)
        np.testing.assert_allclose(own_logits, logits[start:end].detach(), atol=2e-4)
        np.testing.assert_allclose(own_gates, gates[row, : len(own_gates)].detach(), atol=2e-5)
        start = end


def test_the_layout_names_every_weight() -> None:
    weights = MaskModule().weights()
    assert {name: ("float32", weight.shape) for name, weight in weights.items()} == layout()


def test_an_untrained_network_is_the_rule_of_counts(evidence: list[Evidence]) -> None:
    learned = LearnedScorer((Network(MaskModule().weights(), blind=True),))
    for episode in evidence:
        ours, rule = learned.scores(episode).words, COUNT.scores(episode).words
        np.testing.assert_allclose(np.log(ours), rule, rtol=1e-4)


def test_the_budget_is_met_and_its_gradient_says_so() -> None:
    torch.manual_seed(1)
    logits = torch.randn(40, requires_grad=True)
    sizes, episode = torch.randint(6, 20, (40,)).float(), torch.arange(40) // 20
    budgets = torch.tensor([60.0, 110.0])
    shares = torch.sigmoid(within_budget(logits, sizes, episode, budgets))
    for number, budget in enumerate(budgets):
        used = (shares * sizes)[episode == number].sum()
        assert float(used.detach()) == pytest.approx(float(budget), rel=1e-3)
    # What raises one identifier takes from the others of its episode: the sum cannot move.
    (gradient,) = torch.autograd.grad((shares * sizes)[:20].sum(), logits)
    assert float(gradient.abs().max()) < 1e-3


def test_gradient_reaches_the_gates_and_every_layer(given: list[MaskInput]) -> None:
    module = moved()
    _, logits = module(MaskBatch(given, blind=False))
    logits[::7].sum().backward()
    silent = [
        name for name, parameter in module.named_parameters() if not parameter.grad.abs().sum() > 0
    ]
    assert silent == []


def test_steps_that_are_absent_change_nothing(given: list[MaskInput]) -> None:
    module = moved()
    alone, _ = module(MaskBatch(given[:1], blind=False))
    longer = mask_input(Gatherer().evidence(steps(60, 9), StoreHistory()))
    beside, _ = module(MaskBatch([given[0], longer], blind=False))
    np.testing.assert_allclose(alone[0].detach(), beside[0, : alone.shape[1]].detach(), atol=1e-5)


def test_training_learns_what_is_needed_and_repeats_itself(evidence: list[Evidence]) -> None:
    """What is needed here is what stands in commands: rare words, which counts put last."""
    lessons = []
    for number, episode in enumerate(evidence):
        words = episode.identifiers
        wanted = np.unique(words.word[words.acted == 1])
        lessons.append(Lesson("shop", mask_input(episode), 60.0, wanted, wanted[:0], wanted[:0]))
        assert len(wanted) > 20, number
    weights = train(lessons[:5], 0, steps=40, blind=True)
    again = train(lessons[:5], 0, steps=40, blind=True)
    assert all((weights[name] == again[name]).all() for name in weights)
    unseen, wanted = evidence[5], set(lessons[5].own.tolist())
    learned = LearnedScorer((Network(weights, blind=True),)).scores(unseen).words
    best = np.argsort(-learned)[: len(wanted)].tolist()
    by_count = np.argsort(-COUNT.scores(unseen).words)[: len(wanted)].tolist()
    draw = np.random.default_rng(0).permutation(learned)
    shuffled = np.argsort(-draw)[: len(wanted)].tolist()
    share = [len(wanted.intersection(of)) / len(wanted) for of in (best, by_count, shuffled)]
    assert share[0] > 0.8
    assert share[0] > share[1] + 0.2
    assert share[0] > share[2] + 0.2


def test_more_steps_than_attend_to_each_other_are_scored_too() -> None:
    long_evidence = Gatherer().evidence(steps(2_500), StoreHistory())
    scores = LearnedScorer((Network(moved().weights(), blind=True),)).scores(long_evidence)
    assert scores.steps.shape == (2_500,)
    assert np.isfinite(scores.words).all()
