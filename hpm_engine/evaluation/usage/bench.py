"""``hpm bench used``: whether it is told rightly that sessions used what they were given."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from hpm_engine.evaluation.environment import environment
from hpm_engine.evaluation.result import BenchResult, Figure, Report
from hpm_engine.evaluation.usage.developed import DEVELOPED
from hpm_engine.evaluation.usage.held_out import HELD_OUT
from hpm_engine.evaluation.usage.script import Script, at, session_key
from hpm_engine.evaluation.usage.shapes import Scene, Shape
from hpm_engine.evaluation.usage.topics import WorkTopic, topics
from hpm_engine.memory import Memory, open_memory
from hpm_engine.values.episodes import EpisodeQuery
from hpm_engine.values.recall import (
    GivenMemory,
    MemoryKind,
    RecallOptions,
    RecallScope,
    Use,
)
from hpm_engine.values.visibility import Reader
from hpm_engine.words.scripts import words_of

SEEDS = {"developed": range(6), "held out": range(100, 106)}
SHAPES = {"developed": DEVELOPED, "held out": HELD_OUT}
NOTES = {
    "developed": "Run the tests with `uv run pytest`, never with bare pytest.",
    "held out": "Amounts are kept as integer cents, never as floats.",
}
_TOPICS = 8
_DAY = timedelta(days=1)
_BAR = 0.9


class JudgedCase(NamedTuple):
    """One memory that a scripted session was given: what is true of it, and what was judged."""

    shape: str
    given: GivenMemory
    truth: Use
    shared: bool  # whether the session has any word of it: the simplest judge


class UsedBench:
    """Sessions in many shapes, each given five memories and a note by a real recall.

    The weights were tuned on one half; that which is reported has other shapes, words and seeds.
    Beside it stands the simplest judge: whatever shares a word with the session was used.
    """

    name = "used"
    summary = "what sessions were given, used or ignored: scripted sessions judged rightly"

    def run(self, data: Path | None, report: Report) -> BenchResult:
        """Play and judge both halves; with ``data`` real sessions get recalls of others, too."""
        results: dict[str, Figure] = {}
        for wording in ("held out", "developed"):
            cases = [case for seed in SEEDS[wording] for case in played(wording, seed, report)]
            results |= figures(cases, "" if wording == "held out" else "developed_")
        if data is not None:
            from hpm_engine.evaluation.usage.shuffled import shuffled
            from hpm_engine.evaluation.usage.worth import worth

            results |= shuffled(data, report) | worth(data, report)
        return BenchResult(self.name, results, environment())


def figures(cases: Sequence[JudgedCase], prefix: str = "") -> dict[str, Figure]:
    """Precision and recall of "used", beside the simplest judge."""
    judged = [case.given.use is Use.USED for case in cases]
    true = [case.truth is Use.USED for case in cases]
    shared = [case.shared for case in cases]
    plain_precision, plain_recall = _precision_recall(shared, true)
    precision, recall = _precision_recall(judged, true)
    looked = [case for case in cases if case.truth is Use.LOOKED_AT]
    return {
        f"{prefix}sessions": Figure(len({case.given.into for case in cases}), "sessions"),
        f"{prefix}memories": Figure(len(cases), "memories"),
        f"{prefix}memories_used": Figure(sum(true), "memories"),
        f"{prefix}precision": Figure(precision, "of used", reference=_BAR),
        f"{prefix}recall": Figure(recall, "of used", reference=_BAR),
        f"{prefix}looked_at": Figure(
            _mean([case.given.use is Use.LOOKED_AT for case in looked]), "of looked at"
        ),
        f"{prefix}any_shared_word_precision": Figure(plain_precision, "of used"),
        f"{prefix}any_shared_word_recall": Figure(plain_recall, "of used"),
    }


def played(wording: str, seed: int, report: Report = lambda line: None) -> list[JudgedCase]:
    """All shapes of one half, played in one store."""
    with tempfile.TemporaryDirectory(prefix="hpm-bench-") as scratch:
        folder = Path(scratch)
        with open_memory(folder / "store.hpm", create=True, actor="hpm bench") as memory:
            cases = _Play(memory, folder, wording, seed).cases()
    for case in cases:
        if (case.given.use is Use.USED) != (case.truth is Use.USED):
            report(f"{wording} {seed}: {case.shape}: {case.truth}, judged {case.given.use}")
    return cases


class _Play:
    """One store: earlier sessions, a note, and each shape with its recall."""

    def __init__(self, memory: Memory, folder: Path, wording: str, seed: int) -> None:
        self._memory, self._folder, self._wording, self._seed = memory, folder, wording, seed
        self._topics = topics(wording, seed, _TOPICS)
        self._texts: dict[str, str] = {}  # of the sessions
        self._given: dict[tuple[str, MemoryKind, int], str] = {}  # what was given, as text

    def cases(self) -> list[JudgedCase]:
        """What became of all that was given."""
        known, other = self._topics[:-1], self._topics[-1]
        for number, topic in enumerate(known):
            self._write(self._earlier(topic, number))
        self._memory.import_paths([self._folder])
        self._memory.recall.prepare()
        note = NOTES[self._wording]
        self._accept(note)
        keys = self._ids()
        ids = {topic: keys[self._earlier_key(number)] for number, topic in enumerate(known)}
        shapes: dict[str, tuple[Shape, int]] = {}
        scripts = []
        chooser = random.Random(self._seed)
        for shape in SHAPES[self._wording]:
            topic = chooser.choice(known)
            scene = Scene(topic, other, ids[topic], note)
            key = session_key(f"{self._wording}:{self._seed}:{shape.name}")
            start = at(time.time_ns() // 1000) - timedelta(minutes=10)
            script = Script(key, start)
            script.prompt(shape.cue(scene))
            if shape.before is not None:
                shape.before(script, scene)
            self._recall(shape.cue(scene), key)
            script.go_on(at(time.time_ns() // 1000))
            shape.play(script, scene)
            scripts.append(script)
            shapes[key] = shape, ids[topic]
        for script in scripts:
            self._write(script)
        self._memory.import_paths([self._folder])
        self._memory.recall.prepare()
        given = self._memory.recall.given(limit=-1)
        return [self._case(each, *shapes[each.into]) for each in given if each.into in shapes]

    def _case(self, given: GivenMemory, shape: Shape, episode_id: int) -> JudgedCase:
        if given.kind is MemoryKind.ACCEPTED:
            truth = shape.note
        else:
            truth = shape.episode if given.id == episode_id else Use.IGNORED
        own = set(words_of(self._texts[given.into].lower()))
        words = set(words_of(self._given[given.into, given.kind, given.id].lower()))
        return JudgedCase(shape.name, given, truth, bool(own & words))

    def _earlier(self, topic: WorkTopic, number: int) -> Script:
        script = Script(
            self._earlier_key(number), at(time.time_ns() // 1000) - (30 - number) * _DAY
        )
        script.prompt(topic.task)
        script.run("python tools/setup_works.py --all", "ok")
        script.run(topic.command, "failed", failed=True)
        script.edit(topic.file, f"def {topic.name}():\n    return {topic.option}\n")
        script.edit("app.py", "load_works_config()\n")
        script.run("make check", "passed")
        for word in topic.aside:  # what this session alone went into
            script.read(f"notes/{word}.txt", f"{word} {word}s and what is known of {word}\n")
        script.say(
            f"The {topic.folder} is mended: {topic.name} in {topic.file} keeps to {topic.option};"
            f" the {topic.folder} service listens on port {topic.number}. Before: `{topic.usual}`."
        )
        return script

    def _recall(self, cue: str, key: str) -> None:
        scope = RecallScope(not_session=key, reader=Reader("claude-code", "works"))
        options = RecallOptions(budget=1_200, into=key, steps=5)
        recall = self._memory.recall.ask(cue, 5, scope, (), options)
        for piece in recall.context.pieces:
            self._given[key, piece.kind, piece.id] = piece.text

    def _accept(self, text: str) -> None:
        proposals = self._memory.proposals
        proposals.propose(text, "", agent="claude-code", session="", project="works")
        for proposal in proposals.page():
            proposals.accept(proposal.id)

    def _earlier_key(self, number: int) -> str:
        return session_key(f"{self._wording}:{self._seed}:earlier {number}")

    def _ids(self) -> dict[str, int]:
        found = self._memory.episodes.find(EpisodeQuery())
        episodes = self._memory.episodes.get(found.window(0, len(found)))
        return {episode.key: episode.id for episode in episodes}

    def _write(self, script: Script) -> None:
        content = script.content()
        self._texts[script.key] = content.decode()
        (self._folder / f"{script.key}.jsonl").write_bytes(content)


def _precision_recall(judged: Sequence[bool], true: Sequence[bool]) -> tuple[float, float]:
    right = sum(each and fact for each, fact in zip(judged, true, strict=True))
    return right / max(1, sum(judged)), right / max(1, sum(true))


def _mean(values: Sequence[bool]) -> float:
    return sum(values) / max(1, len(values))
