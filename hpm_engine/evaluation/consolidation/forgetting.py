"""The benchmark of forgetting: a stream of repositories, learned by all arms, paired over seeds."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

from msgspec import structs

from hpm_engine.adaptation.bootstrap import by_query
from hpm_engine.consolidator.rule import SHIPPED, FisherForm, LearningRule, Update
from hpm_engine.errors import NotFound
from hpm_engine.evaluation.consolidation.gap_curve import gap_curve
from hpm_engine.evaluation.consolidation.stream_learner import StreamLearner, nearest_neighbour
from hpm_engine.evaluation.consolidation.task_stream import Corpus, Stream, corpus_of, stream_of
from hpm_engine.evaluation.environment import environment
from hpm_engine.evaluation.result import BenchResult, Figure, Report
from hpm_engine.memory import open_memory
from hpm_engine.values.consolidation import Retention

_TRACES = "mini-swe-agent-gemini3pro/trajs.tar.xz"
SEEDS = 20
_NAIVE = structs.replace(SHIPPED, beta=0.0, replay=0)
_COUNTED = structs.replace(SHIPPED, update=Update.CONJUGATE, replay=0, kappa=20.0)

# Each differs from what ships in what its name says. The conjugate arms have the concentration
# that serves them best: a firm one costs them accuracy.
ARMS: dict[str, LearningRule] = {
    "ewc": SHIPPED,
    "ewc_alone": structs.replace(SHIPPED, replay=0),
    "naive": _NAIVE,
    "replay": structs.replace(SHIPPED, beta=0.0),
    "conjugate": structs.replace(_COUNTED, births=0),
    "conjugate_births": _COUNTED,
    "shuffled": structs.replace(SHIPPED, fisher=FisherForm.SHUFFLED),
    "averaged": structs.replace(SHIPPED, fisher=FisherForm.AVERAGED),
    "batched": structs.replace(SHIPPED, fisher=FisherForm.BATCHED),
    "uniform": structs.replace(SHIPPED, fisher=FisherForm.UNIFORM),
    "beta_0.05": structs.replace(SHIPPED, beta=0.05),
    "beta_5": structs.replace(SHIPPED, beta=5.0),
    "beta_50": structs.replace(SHIPPED, beta=50.0),
    "kappa_20": structs.replace(SHIPPED, kappa=20.0),
    "ewc_without_births": structs.replace(SHIPPED, births=0),
    "naive_without_births": structs.replace(_NAIVE, births=0),
}
_FIELDS = (
    ("acc", "acc"),
    ("ratio", "retention"),
    ("just_learned", "just_learned"),
    ("bwt", "bwt"),
    ("forgetting", "forgetting"),
)
_RIVALS = ("conjugate", "conjugate_births", "naive", "replay", "shuffled", "averaged", "batched")


class Forgetting:
    """``hpm bench forgetting``.

    Seven repositories are learned one after another, two cycles of up to 50 memories each; a
    held-out memory counts when its nearest prototype's members are mostly of its repository.
    Every arm learns the same memories in the same order from the same seed.
    """

    name = "forgetting"
    summary = "what consolidation keeps of a stream of repositories, beside every rival update"

    def run(self, data: Path | None, report: Report) -> BenchResult:
        """Import and encode the traces, then learn them 20 times by each arm. Needs ``data``."""
        if data is None or not (data / _TRACES).exists():
            raise NotFound(f"The forgetting benchmark needs --data with {_TRACES} in it.")
        corpus = _corpus(data / _TRACES, report)
        streams = [stream_of(corpus, seed) for seed in range(SEEDS)]
        figures = measure(streams, report)
        figures |= gap_curve(streams, report)
        return BenchResult(self.name, figures, environment())


def measure(streams: Sequence[Stream], report: Report) -> dict[str, Figure]:
    """Every arm over the same streams; gains of what ships are paired by stream."""
    retentions: dict[str, list[Retention]] = {}
    for name, rule in ARMS.items():
        report(f"{name}: {len(streams)} streams")
        retentions[name] = [
            StreamLearner(stream, rule, seed).run() for seed, stream in enumerate(streams)
        ]
    figures = {"seeds": Figure(len(streams), "streams")}
    for name, each in retentions.items():
        for field, short in _FIELDS:
            figures[f"{name}_{short}"] = _mean([getattr(retention, field) for retention in each])
    for name in _RIVALS:
        pairs = zip(retentions["ewc"], retentions[name], strict=True)
        figures[f"ewc_minus_{name}"] = _mean([ewc.acc - rival.acc for ewc, rival in pairs])
    figures["nearest_neighbour_acc"] = _mean(
        [nearest_neighbour(stream, stream.tasks, stream.learned()) for stream in streams]
    )
    return figures


def _mean(values: Sequence[float]) -> Figure:
    return Figure(statistics.fmean(values), "", *by_query(values))


def _corpus(traces: Path, report: Report) -> Corpus:
    with tempfile.TemporaryDirectory(prefix="hpm-bench-") as folder:
        path = Path(folder) / "stream.hpm"
        with open_memory(path, create=True, actor="bench") as memory:
            report(f"importing {traces.name}")
            memory.import_paths([traces])
            report("encoding")
            memory.encode()
            return corpus_of(memory)
