"""The benchmark of compression: facts kept at both budgets, beside simple rules at equal bytes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from hpm_engine.adaptation.bootstrap import by_cluster
from hpm_engine.compressor.evidence.scorer import Filling, Scorer
from hpm_engine.compressor.scorers.learned import LearnedScorer
from hpm_engine.compressor.scorers.mask_net import Weights
from hpm_engine.compressor.scorers.rules import STEP_RULES, WORD_RULES
from hpm_engine.compressor.training.lessons import (
    LaterNeed,
    given_of,
    lessons_of,
    needs_of,
)
from hpm_engine.compressor.training.mask_networks import networks
from hpm_engine.errors import NotFound
from hpm_engine.evaluation.compression.decision_folds import DecisionFolds
from hpm_engine.evaluation.compression.facts import Case, cases_of
from hpm_engine.evaluation.compression.paper_row import paper_row
from hpm_engine.evaluation.compression.retention import (
    Measure,
    Retained,
    needed_facts,
    own_facts,
    ranks,
    retained,
)
from hpm_engine.evaluation.compression.speed import speed_figures
from hpm_engine.evaluation.environment import environment
from hpm_engine.evaluation.phi.training_cases import TRACES
from hpm_engine.evaluation.recall.repository_folds import FOLDS, fold_of
from hpm_engine.evaluation.recall.transfer_tasks import TransferTask, earlier_tasks, solved_in
from hpm_engine.evaluation.result import BenchResult, Figure, Report
from hpm_engine.memory import Memory, open_memory
from hpm_engine.values.compression import Budget, BudgetKind

_COMPARED = ("fact", "need", "specific")
Measures = dict[str, Measure]


class CompressionBench:
    """``hpm bench compression``.

    Each episode is compressed by networks that saw neither its repository nor, by that, its
    task; rules need none. Everything is read back from the written bytes. *Deep* hides the final
    patch; *standard* has it, as an episode in a store has.
    """

    name = "compression"
    summary = "what a twelfth of the bytes keeps of facts, beside every simple rule"

    def run(self, data: Path | None, report: Report) -> BenchResult:
        """Compress the traces under ``data`` with every scorer. Needs ``data``."""
        if data is None or not (data / TRACES).exists():
            raise NotFound(f"The compression benchmark needs --data with {TRACES} in it.")
        figures: dict[str, Figure] = {}
        with (
            tempfile.TemporaryDirectory(prefix="hpm-bench-") as folder,
            open_memory(Path(folder) / "own.hpm", create=True, actor="bench") as memory,
        ):
            report("importing")
            memory.import_paths([data / TRACES])
            deep = _Arena(memory, BudgetKind.DEEP, report)
            decisions = DecisionFolds(memory, deep.cases, report)
            folds = _trained(deep, decisions.weights, report)
            figures |= deep.figures(folds)
            figures |= decisions.figures()
            standard = _Arena(memory, BudgetKind.STANDARD, report)
            figures |= standard.figures(folds)
            report("measuring speed")
            figures |= speed_figures(standard.cases, folds[0])
        report("compressing sessions of the paper's size")
        figures |= paper_row()
        return BenchResult(self.name, figures, environment())


def _trained(arena: _Arena, decisions: Sequence[Weights], report: Report) -> list[LearnedScorer]:
    """The learned scorer of each fold, trained on the repositories outside it."""
    labels = [case.labels for case in arena.cases]
    lessons = lessons_of(labels, [given_of(case.evidence) for case in arena.cases], arena.needs)
    scorers = []
    for fold in range(FOLDS):
        report(f"training without the repositories of fold {fold + 1}")
        others = [lesson for lesson in lessons if fold_of(lesson.project) != fold]
        scorers.append(LearnedScorer(networks(others), decisions[fold]))
    return scorers


class _Arena:
    """The cases of one budget, what is asked of them, and the figures of each arm."""

    def __init__(self, memory: Memory, kind: BudgetKind, report: Report) -> None:
        self._kind, self._report = kind, report
        solved = solved_in(memory)
        report(f"reading {len(solved)} episodes")
        self.cases = list(cases_of(memory, solved, hide_patch=kind is BudgetKind.DEEP))
        self.needs: list[LaterNeed] = needs_of([case.labels for case in self.cases])
        self._tasks: list[TransferTask] = earlier_tasks(solved)

    def figures(self, folds: Sequence[LearnedScorer]) -> dict[str, Figure]:
        prefix = f"{self._kind.value}_"
        full = ranks(self.cases, self._tasks, [_whole(case) for case in self.cases])
        ours = [
            retained(c, folds[fold_of(c.labels.project)], Budget(self._kind)) for c in self.cases
        ]
        learned = self._measures(ours)
        rules: dict[str, Measures] = {}
        for rule in _rules(self._kind):
            self._report(f"{self._kind.value}: {rule.name}")
            rules[rule.name] = self._measures(
                [retained(case, rule, Budget(self._kind)) for case in self.cases]
            )
        figures = {f"{prefix}{name}": ratio for name, ratio in _ratios(ours).items()}
        figures |= _arm(prefix, learned, full, _best(rules))
        for name, measures in rules.items():
            figures |= _arm(f"{prefix}{name.replace(' ', '_')}_", measures, full, {})
        return figures | {
            f"{prefix}{name}_gain": _gain(learned[name], rules[best][name])
            for name, best in _best_names(rules).items()
        }

    def _measures(self, arm: Sequence[Retained]) -> Measures:
        held, quoted = (
            [retention.held for retention in arm],
            [retention.quoted for retention in arm],
        )
        cases, needs = self.cases, self.needs
        return {
            "fact": own_facts(cases, held),
            "need": needed_facts(cases, needs, held, specific=False),
            "specific": needed_facts(cases, needs, held, specific=True),
            "grounded": needed_facts(cases, needs, quoted, specific=False),
            "mrr": ranks(cases, self._tasks, [retention.text for retention in arm]),
        }


def _rules(kind: BudgetKind) -> Iterator[Scorer]:
    """The rules as they are alone: identifiers as a bare ledger, steps as whole steps."""
    for rule in WORD_RULES:
        yield msgspec.structs.replace(rule, filling=Filling.LEDGER)
    yield from STEP_RULES


def _whole(case: Case) -> str:
    pieces = case.evidence.trajectory.pieces
    return "\n".join(line for piece in pieces for line in piece.lines)


def _ratios(arm: Sequence[Retained]) -> dict[str, Figure]:
    stored = sum(retention.stored for retention in arm)
    total = sum(retention.budget_of for retention in arm) / max(1, stored)
    least = min(retention.budget_of / max(1, retention.stored) for retention in arm)
    return {
        "byte_ratio": Figure(total, "times", least),
        "episodes": Figure(sum(retention.stored > 0 for retention in arm), "episodes"),
    }


def _arm(
    prefix: str, measures: Measures, full: Measure, best: Mapping[str, float]
) -> dict[str, Figure]:
    figures = {
        prefix + name: Figure(
            measure.mean, "", *by_cluster(measure.values, measure.clusters), best.get(name)
        )
        for name, measure in measures.items()
        if name != "mrr"
    }
    mrr = measures["mrr"]
    share = [value / full.mean for value in mrr.values]
    figures[f"{prefix}retention_mrr"] = Figure(
        mrr.mean / full.mean, "of whole", *by_cluster(share, mrr.clusters), best.get("mrr")
    )
    return figures


def _best_names(rules: Mapping[str, Measures]) -> dict[str, str]:
    """The best rule of each column, picked on these very cases, which favours the rules."""
    return {name: max(rules, key=lambda rule: rules[rule][name].mean) for name in _COMPARED}


def _best(rules: Mapping[str, Measures]) -> dict[str, float]:
    return {name: rules[best][name].mean for name, best in _best_names(rules).items()}


def _gain(ours: Measure, theirs: Measure) -> Figure:
    """The paired difference, with its interval over repositories."""
    gains = [mine - other for mine, other in zip(ours.values, theirs.values, strict=True)]
    return Figure(ours.mean - theirs.mean, "", *by_cluster(gains, ours.clusters))
