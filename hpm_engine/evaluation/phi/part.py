"""The gain of recall by φ, with weights that never saw the repository that is asked about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from hpm_engine.encoder.phi_encoder import PhiEncoder
from hpm_engine.encoder.tensor_file import Tensors
from hpm_engine.encoding.encoder_in_use import encoder_in_use
from hpm_engine.encoding.phi import encode_phi
from hpm_engine.evaluation.phi.tasks import traced_tasks
from hpm_engine.evaluation.recall.transfer_tasks import (
    Solved,
    TransferTask,
    earlier_tasks,
    first_ranks,
    gain_figures,
    hit_and_rank,
)
from hpm_engine.evaluation.result import Figure, Report
from hpm_engine.job import Job
from hpm_engine.memory import Memory
from hpm_engine.recall.meaning import Meaning
from hpm_engine.recall.prototype_matcher import PrototypeMatcher
from hpm_engine.recall.recaller import Recaller
from hpm_engine.recall.weights import CHANGE_PARTS, SHIPPED, PartName
from hpm_engine.recall.working_memory import WorkingMemory
from hpm_engine.values.recall import Recall, RecallOptions, RecallScope, Weight

_HALF = Weight(PartName.PHI, 0.5)
_STATIC = tuple(weight for weight in SHIPPED if weight.part not in (PartName.OPENING, PartName.PHI))
_PLAIN = tuple(weight for weight in _STATIC if weight.part not in CHANGE_PARTS)


def with_phi(weights: Sequence[Weight]) -> dict[str, tuple[Weight, ...]]:
    """``weights`` without φ, with φ at a half beside the mean's part, and in its place."""
    without = tuple(weight for weight in weights if weight.part != PartName.PHI)
    rest = tuple(weight for weight in without if weight.part != PartName.MEANING)
    return {"without": without, "beside": (*without, _HALF), "instead": (*rest, _HALF)}


def phi_part(memory: Memory, solved: Sequence[Solved], report: Report) -> dict[str, Figure]:
    """``phi_beside_*`` and ``phi_instead_*``: ranks, and paired gains over the score without φ.

    The repositories stand in four groups. Each is asked with the φ that was trained on two others
    and stopped by the third; the store's episodes are encoded by that φ first, as by any other.
    The static table alone, without openings. About a minute and a half for a group on one core.
    """
    tasks = earlier_tasks(solved)
    asked: list[TransferTask] = []
    scores = {"phi": with_phi(_STATIC), "plain_phi": with_phi(_PLAIN)}
    ranks: dict[str, dict[str, list[int]]] = {
        kind: {name: [] for name in weights} for kind, weights in scores.items()
    }
    for repositories, weights in _held_out(memory, solved, report):
        group = [task for task in tasks if task.project in repositories]
        asked += group
        recaller = _recaller(memory, weights)
        for kind, each in scores.items():
            for name, parts in each.items():
                ranks[kind][name] += _ranks(memory, recaller, group, parts)
    figures: dict[str, Figure] = {}
    for kind, by_weights in ranks.items():
        without = hit_and_rank(by_weights["without"])["mrr"]
        for name in ("beside", "instead"):
            mrr = hit_and_rank(by_weights[name])["mrr"]
            figures[f"{kind}_{name}_mrr"] = Figure(mrr, "", reference=without)
            figures |= gain_figures(
                f"{kind}_{name}_gain", by_weights[name], by_weights["without"], asked
            )
    return figures


def _held_out(
    memory: Memory, solved: Sequence[Solved], report: Report
) -> Iterator[tuple[set[str], Tensors]]:
    """Repositories, and the weights of a φ that saw none of them."""
    from hpm_engine.evaluation.phi.arms import ARMS, by_repository  # torch

    encoder = encoder_in_use(memory.internals.database)
    assert encoder is not None
    report("training φ without the repositories that are asked about")
    networks = by_repository(traced_tasks(memory, solved, encoder, Job()), ARMS["residual"][0], 0)
    for network in dict.fromkeys(networks.values()):
        yield {name for name, other in networks.items() if other is network}, network.tensors()


def _recaller(memory: Memory, weights: Tensors) -> Recaller:
    """Recall over the store with its episodes encoded by a φ of these weights."""
    encoder = encoder_in_use(memory.internals.database)
    assert encoder is not None
    phi = PhiEncoder(encoder, weights)
    encode_phi(memory.internals.database, memory.internals.log, memory.internals.steps, phi, Job())
    meaning = Meaning(memory.internals.database, partial(PhiEncoder, weights=weights))
    general = PrototypeMatcher(memory.internals.database)
    return Recaller(
        memory.internals.database,
        memory.internals.episodes,
        memory.internals.steps,
        WorkingMemory(),
        meaning,
        general,
    )


def _ranks(
    memory: Memory, recaller: Recaller, tasks: Sequence[TransferTask], weights: tuple[Weight, ...]
) -> list[int]:
    options = RecallOptions(weights=weights, steps=0, alike_once=False)

    def recalled(task: TransferTask) -> Recall:
        scope = RecallScope(among=task.candidates)
        with memory.internals.database.reading():
            return recaller.recall(task.cue, len(task.candidates), scope, (), options)

    return first_ranks(recalled, tasks)
