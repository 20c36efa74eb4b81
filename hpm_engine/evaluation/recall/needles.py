"""The benchmark of searches: each word is found where it stands, and there alone."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

from hpm_engine.evaluation.environment import environment
from hpm_engine.evaluation.recall.needle_sessions import KINDS, Needle, write_sessions
from hpm_engine.evaluation.recall.needle_words import WordMaker
from hpm_engine.evaluation.result import BenchResult, Figure, Report
from hpm_engine.memory import Memory, open_memory
from hpm_engine.query.tokens import quote
from hpm_engine.values.episodes import EpisodeQuery, Part, PartKind

_WORDS = 200  # in running text
_NEEDLES = 60  # words in all that a session consists of
_ABSENT = 60  # words that stand nowhere
_PER_SESSION = 10  # needles
_SEED = 20_261_129
_RUNNING = ("prompt", "reply", "thinking", "result", "command, new line")
_StepKey = tuple[int, int]  # episode, position of the step


class Needles:
    """``hpm bench needles``.

    200 generated words of twelve scripts stand inside running text of theirs (``words``), and 60
    more in prompts, replies, thinking, results, and behind the line breaks and tabs of commands,
    edits, patches and JSON inside JSON (``needles``). ``*_found`` are found in their step,
    ``*_elsewhere`` in any other, ``*_recalled`` lead recall to their episode among ten, and
    ``absent_found`` are words that stand nowhere. What is right is read off the stored steps,
    decoded as JSON, never off the index.
    """

    name = "needles"
    summary = "words of twelve scripts, and behind line breaks of calls, are found and nowhere else"

    def __init__(self, words: int = _WORDS, needles: int = _NEEDLES, absent: int = _ABSENT) -> None:
        self._words, self._needles, self._absent = words, needles, absent

    def run(self, data: Path | None, report: Report) -> BenchResult:
        """Generate, import, search; needs no data."""
        maker = WordMaker(_SEED)
        drawn = maker.words(self._words + self._needles + self._absent)
        words = drawn[: self._words]
        needles = drawn[self._words : self._words + self._needles]
        absent = [word for _, word in drawn[self._words + self._needles :]]
        running = [
            Needle(word, maker.around(script, word), kind, script.name)
            for (script, word), kind in zip(words, cycle(_RUNNING))
        ]
        hidden = [
            Needle(word, f"{word} --all", kind, script.name)
            for number, (script, word) in enumerate(needles)
            for kind in [KINDS[(number + number // len(KINDS)) % len(KINDS)]]
        ]
        with tempfile.TemporaryDirectory(prefix="hpm-bench-") as folder:
            traces = Path(folder) / "traces"
            traces.mkdir()
            write_sessions(traces, [*running, *hidden], _PER_SESSION)
            report(f"importing {len(running) + len(hidden)} needles")
            with open_memory(Path(folder) / "n.hpm", create=True, actor="bench") as memory:
                memory.import_paths([traces])
                memory.recall.prepare()
                report("searching")
                figures = _figures("words", memory, running) | _figures("needles", memory, hidden)
                false_hits = sum(bool(_steps_with(memory, word)) for word in absent)
        figures["absent"] = Figure(len(absent), "words")
        figures["absent_found"] = Figure(false_hits, "words", reference=0)
        return BenchResult(self.name, figures, environment())


def _figures(name: str, memory: Memory, needles: Sequence[Needle]) -> dict[str, Figure]:
    right = _standing(memory, needles)
    findings, elsewhere, recalled = Counter[str](), 0, 0
    for needle in needles:
        hits = _steps_with(memory, needle.word)
        expected = right[needle.word]
        is_found = len(expected) == 1 and expected <= hits
        findings.update({needle.script: is_found, needle.kind: is_found, "": is_found})
        elsewhere += len(hits - expected)
        episodes = {hit.episode.id for hit in memory.recall.ask(needle.word, 10).hits}
        recalled += bool(episodes & {episode for episode, _ in expected})
    total = len(needles)
    figures = {
        name: Figure(total, "words"),
        f"{name}_found": Figure(findings[""], "words", reference=total),
        f"{name}_elsewhere": Figure(elsewhere, "steps", reference=0),
        f"{name}_recalled": Figure(recalled, "words", reference=total),
    }
    for part in ("script", "kind"):
        for value, count in Counter(getattr(needle, part) for needle in needles).items():
            figures[f"{name}: {value}"] = Figure(findings[value], "words", reference=count)
    return figures


def _steps_with(memory: Memory, word: str) -> set[_StepKey]:
    text = quote(word)
    episodes = memory.episodes.find(EpisodeQuery(text=text))
    ids = episodes.window(0, len(episodes))
    return {(key, seq) for key in ids for seq in memory.steps.matching(key, text)}


def _standing(memory: Memory, needles: Sequence[Needle]) -> dict[str, set[_StepKey]]:
    """The steps that hold each needle's word, by their texts as they were meant."""
    standing: dict[str, set[_StepKey]] = {needle.word: set() for needle in needles}
    everything = memory.episodes.find(EpisodeQuery())
    for key in everything.window(0, len(everything)):
        for step in memory.steps.read(key):
            text = "\n".join(meant for part in step.parts for meant in _meant(part))
            for word, keys in standing.items():
                if word in text:
                    keys.add((key, step.seq))
    return standing


def _meant(part: Part) -> Iterator[str]:
    if part.kind is not PartKind.CALL:
        yield part.text
        return
    pending: list[Any] = [json.loads(part.text)]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            pending += value.values()
        elif isinstance(value, list):
            pending += value
        elif isinstance(value, str) and value.startswith("{"):
            pending.append(json.loads(value))
        else:
            yield str(value)
