"""The benchmark of LoCoMo: questions about conversations, and the turns that hold the evidence."""

from __future__ import annotations

import re
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from hpm_engine.adaptation.bootstrap import by_cluster
from hpm_engine.errors import NotFound
from hpm_engine.evaluation.environment import environment
from hpm_engine.evaluation.phi.part import with_phi
from hpm_engine.evaluation.recall.plain_bm25 import PlainBM25
from hpm_engine.evaluation.recall.transfer import scratch_store
from hpm_engine.evaluation.result import BenchResult, Figure, Report
from hpm_engine.memory import Memory
from hpm_engine.recall.weights import SHIPPED
from hpm_engine.store.learned.vectors import VectorRows
from hpm_engine.values.episodes import EpisodeQuery
from hpm_engine.values.recall import RecallOptions, RecallScope, Weight
from hpm_engine.values.vectors import VectorKind

_FILE = "locomo/locomo10.dev.json"
_TURN = re.compile(r"D\d+:\d+")
_DEPTH = 10  # turns, and sessions, of an answer

TurnKey = tuple[int, int]  # episode (a session), position (a turn)
Answer = tuple[list[TurnKey], list[int]]  # turns and sessions, the best first


class _Asked(msgspec.Struct):
    """A question with the turns that hold its answer."""

    question: object = ""
    evidence: object = ()


class _Sample(msgspec.Struct):
    """One conversation's questions."""

    qa: list[_Asked]
    sample_id: str


class Question(msgspec.Struct, frozen=True):
    """A question about one conversation, and where the evidence stands."""

    conversation: str
    text: str
    evidence: frozenset[TurnKey]


class LoCoMo:
    """``hpm bench locomo``.

    Questions without evidence that can be found in the conversation are left out (upstream counts
    them as right). ``turn_recall@10``: the share of a question's evidence turns among the ten best
    steps, averaged over questions; ``session_hit@1`` and ``session_any@10``: whether the first
    episode, or one of ten, holds any evidence. Nothing is fitted to these conversations: recall's
    weights are fixed and came from other tasks. Intervals draw whole conversations. ``phi_*``: what
    the part φ, trained on no conversation, adds at a half beside the mean's part or in its place.
    """

    name = "locomo"
    summary = "questions about long conversations lead to the turns that answer them"

    def run(self, data: Path | None, report: Report) -> BenchResult:
        """Import the conversations into a scratch store, and recall from it. Needs ``data``."""
        if data is None or not (data / _FILE).exists():
            raise NotFound(f"The LoCoMo benchmark needs --data with {_FILE} in it.")
        with (
            tempfile.TemporaryDirectory(prefix="hpm-bench-") as folder,
            scratch_store(Path(folder) / "locomo.hpm", [data / _FILE], report) as memory,
        ):
            turns = _turns(memory)
            questions = _questions(data / _FILE, turns)
            report(f"{len(questions)} questions about {len({q.conversation for q in questions})}")
            answers = [_recalled(memory, question) for question in questions]
            reference = _bm25(memory, questions, turns)
            sessions = _sessions_with_phi(memory)
            asked = {
                name: [_recalled(memory, question, weights) for question in questions]
                for name, weights in with_phi(SHIPPED).items()
            }
        figures = {"questions": Figure(len(questions), "questions")}
        figures |= _figures("", questions, answers, _means(questions, reference))
        figures |= _figures("bm25_", questions, reference)
        figures["phi_sessions"] = Figure(sessions, "sessions")
        for name in ("beside", "instead"):
            figures |= _phi_figures(f"phi_{name}_", questions, asked[name], asked["without"])
        return BenchResult(self.name, figures, environment())


def _turns(memory: Memory) -> dict[tuple[str, str], TurnKey]:
    """The key of each turn, by conversation and the turn's own id."""
    results = memory.episodes.find(EpisodeQuery())
    return {
        (episode.project, part.call_id): (episode.id, step.seq)
        for episode in memory.episodes.get(results.window(0, len(results)))
        for step in memory.steps.read(episode.id)
        for part in step.parts
    }


def _questions(path: Path, turns: dict[tuple[str, str], TurnKey]) -> list[Question]:
    samples = msgspec.json.decode(path.read_bytes(), type=list[_Sample])
    questions = []
    for sample in samples:
        for asked in sample.qa:
            ids = _TURN.findall(str(asked.evidence))
            keys = (turns.get((sample.sample_id, turn)) for turn in ids)
            if evidence := frozenset(key for key in keys if key):
                questions.append(Question(sample.sample_id, str(asked.question), evidence))
    return questions


def _recalled(memory: Memory, question: Question, weights: tuple[Weight, ...] = SHIPPED) -> Answer:
    """The ten best turns and sessions."""
    scope = RecallScope(project=question.conversation)
    options = RecallOptions(
        weights=weights, steps=0, steps_of_all=_DEPTH, record=False, alike_once=False
    )
    recall = memory.recall.ask(question.text, _DEPTH, scope, options=options)
    turns = [(step.episode_id, step.seq) for step in recall.steps]
    return turns, [hit.episode.id for hit in recall.hits]


def _bm25(
    memory: Memory, questions: Sequence[Question], turns: dict[tuple[str, str], TurnKey]
) -> list[Answer]:
    """The same by BM25 over turns, without function words and endings; sessions by best turn."""
    texts: dict[int, str] = {}
    keys: dict[int, TurnKey] = {}
    numbers_by_conversation: dict[str, list[int]] = {}
    for number, ((conversation, _), key) in enumerate(turns.items()):
        [step] = memory.steps.read(key[0], key[1], key[1] + 1)
        texts[number] = "\n".join(f"{part.name} {part.text}" for part in step.parts)
        keys[number] = key
        numbers_by_conversation.setdefault(conversation, []).append(number)
    index = PlainBM25(texts, stemmed=True)
    answers = []
    for question in questions:
        scores = index.scores(question.text, numbers_by_conversation[question.conversation])
        order = sorted(scores, key=lambda number: (-scores[number], number))
        ranked = [keys[number] for number in order]
        sessions = list(dict.fromkeys(episode_id for episode_id, _ in ranked))
        answers.append((ranked[:_DEPTH], sessions[:_DEPTH]))
    return answers


def _each(questions: Sequence[Question], answers: Sequence[Answer]) -> dict[str, list[float]]:
    """The three measures, question by question."""
    measures: dict[str, list[float]] = {
        "turn_recall@10": [],
        "session_hit@1": [],
        "session_any@10": [],
    }
    for question, (turns, sessions) in zip(questions, answers, strict=True):
        right = {episode_id for episode_id, _ in question.evidence}
        got = len(question.evidence & set(turns)) / len(question.evidence)
        measures["turn_recall@10"].append(got)
        measures["session_hit@1"].append(float(sessions[:1] != [] and sessions[0] in right))
        measures["session_any@10"].append(float(bool(right & set(sessions))))
    return measures


def _means(questions: Sequence[Question], answers: Sequence[Answer]) -> dict[str, float]:
    return {name: statistics.fmean(values) for name, values in _each(questions, answers).items()}


def _figures(
    prefix: str,
    questions: Sequence[Question],
    answers: Sequence[Answer],
    reference: dict[str, float] | None = None,
) -> dict[str, Figure]:
    clusters = [question.conversation for question in questions]
    return {
        prefix + name: Figure(
            statistics.fmean(values),
            "",
            *by_cluster(values, clusters),
            None if reference is None else reference[name],
        )
        for name, values in _each(questions, answers).items()
    }


def _phi_figures(
    prefix: str,
    questions: Sequence[Question],
    answers: Sequence[Answer],
    without: Sequence[Answer],
) -> dict[str, Figure]:
    """Sessions with φ, and the paired gain: turns are ranked by themselves, without it."""
    clusters = [question.conversation for question in questions]
    each, before = _each(questions, answers), _each(questions, without)
    figures: dict[str, Figure] = {}
    for name in ("session_hit@1", "session_any@10"):
        gains = [mine - other for mine, other in zip(each[name], before[name], strict=True)]
        mean = statistics.fmean(each[name])
        figures[prefix + name] = Figure(mean, "", reference=statistics.fmean(before[name]))
        gain = Figure(statistics.fmean(gains), "", *by_cluster(gains, clusters))
        figures[f"{prefix}{name}_gain"] = gain
    return figures


def _sessions_with_phi(memory: Memory) -> int:
    """The number of sessions with a vector by φ: those in which an agent acts."""
    rows = VectorRows(memory.internals.database)
    current = rows.current(VectorKind.EPISODE)
    return 0 if current is None else rows.count(current)
