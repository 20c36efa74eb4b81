from __future__ import annotations

import msgspec
import numpy as np
import pytest
import torch

from hpm_engine.compressor.evidence.gathering import Gatherer
from hpm_engine.compressor.evidence.identifiers import Counts, Floats
from hpm_engine.compressor.evidence.needs import StoreHistory
from hpm_engine.compressor.packing.step_values import ROW, packed_values, unpacked_values
from hpm_engine.compressor.rebuilding import find_again, hits, values_of
from hpm_engine.compressor.scorers import decision_net as net
from hpm_engine.compressor.scorers.decision_features import kept_steps
from hpm_engine.compressor.scorers.decision_input import (
    INPUT,
    VALUE,
    VECTOR,
    DecisionInput,
    DecisionLesson,
    best_steps,
    decision_input,
    layout,
)
from hpm_engine.compressor.scorers.decision_module import (
    DecisionBatch,
    DecisionMask,
    Decoder,
    weights_of,
)
from hpm_engine.compressor.scorers.mask_net import Weights
from hpm_engine.compressor.scorers.shipped_mask import shipped_scorer
from hpm_engine.compressor.training.decision_training import Mode, budgeted, chosen, train_decisions
from tests.support.courses import COURSE, course
from tests.support.patched_sessions import steps

SIGN = INPUT - 1  # the column that tells the made lessons' points


def invented_lesson(length: int, seed: int) -> DecisionLesson:
    """Steps without likeness to each other; one column tells which few are to be rebuilt."""
    draw = np.random.default_rng(seed)
    given = (0.1 * draw.standard_normal((length, INPUT))).astype(np.float32)
    given[:, :VECTOR] /= np.linalg.norm(given[:, :VECTOR], axis=1, keepdims=True)
    points = np.sort(draw.choice(length, kept_steps(length), replace=False))
    given[:, SIGN] = 0
    given[points, SIGN] = 1
    return DecisionLesson(DecisionInput(given, np.zeros(length, np.float32)), points)


def moved(seed: int = 0) -> tuple[DecisionMask, Decoder]:
    """Networks that are not at their start, where last layers are zero."""
    torch.manual_seed(seed)
    draw = np.random.default_rng(seed)
    main = 0.1 * draw.standard_normal((VALUE, VECTOR))
    mask, decoder = DecisionMask(), Decoder(np.full(VECTOR, 0.01, np.float32), main)
    with torch.no_grad():
        for parameter in (*mask.parameters(), *decoder.parameters()):
            parameter.add_(0.05 * torch.randn_like(parameter))
    return mask, decoder


@pytest.fixture(scope="module")
def given() -> list[DecisionInput]:
    gatherer = Gatherer()
    return [
        decision_input(gatherer.evidence(steps(length, length), StoreHistory()))
        for length in (24, 31, 50)
    ]


@pytest.fixture(scope="module")
def learned() -> Weights:
    return train_decisions([invented_lesson(36, seed) for seed in range(40)], seed=0, steps=60)


def shares(weights: Weights, lesson: DecisionLesson, kept: Counts) -> tuple[float, float]:
    """Coverage and hit@1 of a lesson's points."""
    vectors = lesson.given.vectors
    stored = values_of(weights, vectors[kept])
    rebuilt = hits(find_again(weights, kept, stored, vectors, lesson.points), lesson.points)
    return float(np.isin(lesson.points, kept).mean()), float(rebuilt.mean())


def test_the_networks_in_use_compute_what_was_trained(given: list[DecisionInput]) -> None:
    mask, decoder = moved()
    weights = weights_of(mask, decoder)
    batch = DecisionBatch(given)
    logits = mask(batch)
    kept = [best_steps(net.mask_logits(weights, lesson_input)) for lesson_input in given]
    hard = torch.zeros_like(logits)
    for row, of in enumerate(kept):
        hard[row, torch.from_numpy(of)] = 1
    rebuilt = decoder(batch, hard).detach()
    for row, lesson_input in enumerate(given):
        length = len(lesson_input.steps)
        own = net.mask_logits(weights, lesson_input)
        np.testing.assert_allclose(own, logits[row, :length].detach(), atol=2e-4)
        held = net.values(weights, lesson_input.vectors[kept[row]])
        again = net.decoded(weights, np.arange(length), kept[row], held, length)
        np.testing.assert_allclose(again, rebuilt[row, :length], atol=2e-4)


def test_the_layout_names_every_weight() -> None:
    weights = weights_of(*moved())
    assert {name: ("float32", weight.shape) for name, weight in weights.items()} == layout()


def test_an_untrained_mask_is_its_rule(given: list[DecisionInput]) -> None:
    weights = weights_of(DecisionMask())
    for lesson_input in given:
        np.testing.assert_allclose(
            net.mask_logits(weights, lesson_input), lesson_input.worth, atol=1e-6
        )


def test_what_is_dropped_is_absent(given: list[DecisionInput]) -> None:
    """Whatever stood at the dropped steps: a single digit of what is rebuilt does not change."""
    _, decoder = moved()
    batch = DecisionBatch(given)
    keep = torch.zeros(batch.there.shape)
    keep[:, ::12] = 1
    before = decoder(batch, keep)
    batch.steps = torch.where(keep[..., None] > 0, batch.steps, 1e4 * torch.randn_like(batch.steps))
    assert torch.equal(before, decoder(batch, keep))
    for lesson_input in given:  # in use a dropped step has no way in at all
        kept = np.arange(0, len(lesson_input.steps), 12)
        weights = weights_of(decoder)
        asked, held = (
            np.arange(len(lesson_input.steps)),
            net.values(weights, lesson_input.vectors[kept]),
        )
        nothing = net.decoded(weights, asked, kept[:0], held[:0], len(asked))
        some = net.decoded(weights, asked, kept, held, len(asked))
        assert np.abs(nothing - some).max() > 1e-3


def test_an_even_shrink_of_the_mask_is_not_free(given: list[DecisionInput]) -> None:
    _, decoder = moved()
    batch = DecisionBatch(given)
    shares = (1.0, 1e-2, 1e-4, 0.0)
    outputs = [
        decoder(batch, share * torch.ones(batch.there.shape))[batch.there] for share in shares
    ]
    distances = [float((output - outputs[3]).detach().norm()) for output in outputs[:3]]
    assert distances[1] < 0.7 * distances[0]
    assert distances[2] < 0.05 * distances[0]


@pytest.mark.parametrize("hard", [False, True])
def test_gradient_reaches_the_mask_and_every_layer(given: list[DecisionInput], hard: bool) -> None:
    """Through the reconstruction alone, without labels; dropped steps hear of it too."""
    mask, decoder = moved()
    batch = DecisionBatch(given)
    logits = mask(batch)
    logits.retain_grad()
    soft = budgeted(logits, batch.there)
    decoder(batch, chosen(soft, batch.there) if hard else soft)[:, :24:5].square().sum().backward()
    silent = [
        name
        for module in (mask, decoder)
        for name, parameter in module.named_parameters()
        if parameter.requires_grad and not parameter.grad.abs().sum() > 0
    ]
    assert silent == []
    assert logits.grad is not None
    dropped = (chosen(soft, batch.there) < 0.5) & batch.there
    assert float((logits.grad[dropped] != 0).float().mean()) > 0.9


@pytest.mark.parametrize("length", [1, 2, 11, 12, 13, 50, 1_200, 20_000])
def test_the_budget_of_steps_is_met_exactly(length: int) -> None:
    torch.manual_seed(length)
    logits = 3 * torch.randn(1, length)
    there = torch.ones(1, length, dtype=torch.bool)
    soft = budgeted(logits, there)
    wanted = (length + 11) // 12
    assert float(soft.sum()) == pytest.approx(wanted, rel=2e-3)
    assert float(soft.min()) >= 0
    assert float(soft.max()) <= 1
    assert float(net.mask(logits[0].numpy()).sum()) == pytest.approx(wanted, rel=2e-3)
    hard = chosen(soft, there)
    assert sorted(hard.unique().tolist()) in ([0.0, 1.0], [1.0])
    assert int(hard.sum()) == len(best_steps(logits[0].numpy())) == wanted


def test_padding_takes_nothing_of_a_budget() -> None:
    there = torch.arange(60)[None] < torch.tensor([[60], [13]])
    soft = budgeted(torch.randn(2, 60), there)
    assert soft.sum(dim=1).tolist() == pytest.approx([5, 2], rel=2e-3)
    assert float(soft[1, 13:].abs().sum()) == 0


def test_training_finds_the_points_and_rebuilds_them(learned: Weights) -> None:
    """Steps without likeness: what was dropped cannot be found again but by chance."""
    unseen = [invented_lesson(36, seed) for seed in range(100, 130)]
    draw = np.random.default_rng(0)
    arms: dict[str, list[tuple[float, float]]] = {}
    for lesson in unseen:
        logits = net.mask_logits(learned, lesson.given)
        masks: dict[str, Floats] = {
            "learned": logits,
            "shuffled": draw.permutation(logits),
            "constant": np.ones_like(logits),
            "random": draw.random(len(logits), np.float32),
        }
        for name, mask in masks.items():
            arms.setdefault(name, []).append(shares(learned, lesson, best_steps(mask)))
    means = {name: np.mean(of, axis=0) for name, of in arms.items()}
    coverage, rebuilt = means.pop("learned")
    assert coverage > 0.9
    assert rebuilt > 0.85
    for name, (covered, hit_share) in means.items():
        assert covered < 0.3, name
        assert hit_share <= covered + 2 / 36 + 0.05, name
    assert rebuilt <= coverage + 2 / 36


def test_with_everything_dropped_only_chance_is_left(learned: Weights) -> None:
    nothing = np.zeros(0, np.int64)
    hit_shares = [
        shares(learned, invented_lesson(36, seed), nothing)[1] for seed in range(100, 130)
    ]
    assert np.mean(hit_shares) < 0.15


def test_training_repeats_itself() -> None:
    lessons = [invented_lesson(30, seed) for seed in range(6)]
    first, second = (train_decisions(lessons, seed=3, steps=4) for _ in range(2))
    assert all((first[name] == second[name]).all() for name in first)


def test_the_papers_penalty_drops_nothing() -> None:
    """λ ‖M‖₁ on a sigmoid makes masks small, never zero: all T values would have to be kept."""
    lessons = [invented_lesson(36, seed) for seed in range(20)]
    before = 0.5  # a sigmoid at its start
    weights = train_decisions(lessons, seed=0, steps=60, mode=Mode.PENALTY)
    masks = [1 / (1 + np.exp(-net.mask_logits(weights, lesson.given))) for lesson in lessons]
    assert np.mean(masks) < before
    assert np.count_nonzero(masks) == 20 * 36  # ratio 1, not 12
    assert weights["prior"][0] == 0


def test_values_are_read_back_but_for_their_rounding() -> None:
    values = np.random.default_rng(1).standard_normal((100, VALUE)).astype(np.float32)
    values[7] = 0
    values[8] *= 1e-2
    data = packed_values(values)
    assert len(data) == 100 * ROW
    spread = values.std(axis=1, keepdims=True)
    cut = np.clip(values, -2.5 * spread, 2.5 * spread)
    assert (np.abs(unpacked_values(data) - cut) <= spread * 2.5 / 7 * 0.51).all()
    assert packed_values(values[:0]) == b""
    assert unpacked_values(b"").shape == (0, VALUE)


@pytest.mark.parametrize("data", [b"\0", b"\0" * (ROW + 1), b"\xff\x7f" + b"\1" * VALUE])
def test_damaged_values_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"reshape|finite"):
        unpacked_values(data)


def test_the_learned_scorers_mask_is_the_decision_mask_where_files_are_touched() -> None:
    scorer = shipped_scorer()
    gates = msgspec.structs.replace(scorer, decisions=None)
    on_files = Gatherer().evidence(course(*COURSE), StoreHistory())
    mask = scorer.scores(on_files).steps
    assert set(best_steps(mask).tolist()) <= {1, 5, 8, 9}  # the read and writes of what stands
    assert float(mask.sum()) == pytest.approx(2, rel=1e-2)
    assert not np.allclose(mask, gates.scores(on_files).steps)
    talk = Gatherer().evidence(steps(30), StoreHistory())
    np.testing.assert_array_equal(scorer.scores(talk).steps, gates.scores(talk).steps)
