"""Decision points rebuilt from a twelfth of the steps: the learned mask beside every rule."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec
import numpy as np

from hpm_engine.adaptation.bootstrap import by_cluster
from hpm_engine.compressor.evidence.file_roles import file_roles
from hpm_engine.compressor.evidence.identifiers import Counts, Floats
from hpm_engine.compressor.evidence.scorer import Evidence, Filling
from hpm_engine.compressor.rebuilding import find_again, hits, values_of
from hpm_engine.compressor.scorers.decision_features import kept_steps
from hpm_engine.compressor.scorers.decision_input import DecisionLesson, best_steps, decision_input
from hpm_engine.compressor.scorers.decision_labels import decision_labels
from hpm_engine.compressor.scorers.decision_net import mask_logits
from hpm_engine.compressor.scorers.mask_net import Weights
from hpm_engine.compressor.scorers.rules import STEP_RULES, StepRule
from hpm_engine.evaluation.compression.facts import Case
from hpm_engine.evaluation.result import Figure
from hpm_engine.memory import Memory
from hpm_engine.recall.changes import changes_of

SHORTEST = 24  # steps: below, a twelfth is one step
_NEAR = 0.95  # cosine of steps that can hardly be told apart


class DecisionCase(msgspec.Struct, frozen=True):
    """An episode whose decision points are to be rebuilt; the patch that named them is hidden."""

    project: str
    evidence: Evidence
    lesson: DecisionLesson


class Rebuilt(msgspec.Struct, frozen=True):
    """The shares of one episode's decision points that one choice of steps rebuilds."""

    coverage: float  # kept themselves
    hits: float  # nearest, of all steps, to what is decoded in their place
    near: float  # not kept, but hardly to be told from a kept step


def decision_cases(memory: Memory, cases: Iterable[Case]) -> Iterator[DecisionCase]:
    """The cases, made with the patch hidden, each with the points that the patch tells."""
    for case in cases:
        episode, evidence = case.solved.episode, case.evidence
        steps = evidence.trajectory.steps
        folder = memory.episodes.detail(episode.id).cwd
        changed = {change.path for change in changes_of(memory.steps.read(episode.id), folder)}
        points = decision_labels(steps, file_roles(steps), changed)
        lesson = DecisionLesson(decision_input(evidence), points)
        yield DecisionCase(episode.project, evidence, lesson)


def asked(case: DecisionCase) -> bool:
    """Whether an episode is long enough to be asked, and has points."""
    return len(case.lesson.points) > 0 and case.evidence.trajectory.length >= SHORTEST


Choice = Callable[[DecisionCase, Weights], Counts]


def choices() -> dict[str, Choice]:
    """Every way to choose steps, by name; "" is the learned mask."""
    baselines: dict[str, Choice] = {"": _learned, "constant": _constant, "shuffled": _shuffled}
    rules = (rule for rule in STEP_RULES if rule.filling is Filling.STEPS)
    return baselines | {rule.name: _by(rule) for rule in rules} | {"oracle": _oracle}


def _by(rule: StepRule) -> Choice:
    return lambda case, _: best_steps(rule.scores(case.evidence).steps)


def _learned(case: DecisionCase, weights: Weights) -> Counts:
    return best_steps(mask_logits(weights, case.lesson.given))


def _constant(case: DecisionCase, weights: Weights) -> Counts:
    return best_steps(np.ones(case.evidence.trajectory.length, np.float32))


def _shuffled(case: DecisionCase, weights: Weights) -> Counts:
    """The learned mask with its values dealt out anew over the steps."""
    logits = mask_logits(weights, case.lesson.given)
    return best_steps(np.random.default_rng(len(logits)).permutation(logits))


def _oracle(case: DecisionCase, weights: Weights) -> Counts:
    return case.lesson.points[: kept_steps(case.evidence.trajectory.length)]


def rebuilt(case: DecisionCase, weights: Weights, kept: Counts) -> Rebuilt:
    """Decode an episode from the bytes of the kept steps' values; the others are not there."""
    vectors, points = case.lesson.given.vectors, case.lesson.points
    stored = values_of(weights, vectors[kept])
    decoded = hits(find_again(weights, kept, stored, vectors, points), points)
    held = np.isin(points, kept)
    near = ~held & (_closest(vectors - weights["centre"], points, kept) > _NEAR)
    return Rebuilt(float(held.mean()), float(decoded.mean()), float(near.mean()))


def _closest(vectors: Floats, points: Counts, kept: Counts) -> Floats:
    """The cosine of each point with the kept step that is most like it."""
    unit = vectors / np.maximum(1e-9, np.linalg.norm(vectors, axis=1, keepdims=True))
    cosines: Floats = (unit[points] @ unit[kept].T).max(axis=1, initial=-1.0)
    return cosines


def figures(cases: Sequence[DecisionCase], weights: Sequence[Weights]) -> dict[str, Figure]:
    """Each choice's coverage and hit@1; ``weights`` are parallel, and saw no such repository.

    The reference of the learned mask is the best rule on these very cases; ``gain`` is the paired
    difference from it. Intervals are over repositories.
    """
    pairs = list(zip(cases, weights, strict=True))
    projects = [case.project for case in cases]
    arms = {
        name: [
            rebuilt(case, fold_weights, choose(case, fold_weights)) for case, fold_weights in pairs
        ]
        for name, choose in choices().items()
    }
    empty = [
        rebuilt(case, fold_weights, np.zeros(0, np.int64)).hits for case, fold_weights in pairs
    ]
    rules = {name: rebuildings for name, rebuildings in arms.items() if name not in ("", "oracle")}
    rebuilding = {
        "everything_dropped_hit@1": _figure(empty, projects),
        "decision_near_duplicates": _figure([share.near for share in arms[""]], projects),
        "decision_episodes": Figure(len(cases), "episodes"),
        "decision_points": Figure(
            statistics.fmean(len(case.lesson.points) for case in cases), "an episode"
        ),
    }
    for measure, label in (("coverage", "coverage"), ("hits", "hit@1")):
        values = {
            name: [getattr(share, measure) for share in rebuildings]
            for name, rebuildings in arms.items()
        }
        best = max(rules, key=lambda name: statistics.fmean(values[name]))
        gain = [a - b for a, b in zip(values[""], values[best], strict=True)]
        rebuilding[f"decision_{label}"] = _figure(
            values[""], projects, statistics.fmean(values[best])
        )
        rebuilding[f"decision_{label}_gain"] = _figure(gain, projects)
        for name in (*rules, "oracle"):
            rebuilding[f"decision_{name.replace(' ', '_')}_{label}"] = _figure(
                values[name], projects
            )
    return rebuilding


def _figure(
    values: Sequence[float], projects: Sequence[str], reference: float | None = None
) -> Figure:
    return Figure(statistics.fmean(values), "", *by_cluster(values, projects), reference)
