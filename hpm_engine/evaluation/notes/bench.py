"""``hpm bench notes``: whether evidence judges planted lines of notes rightly."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from hpm_engine.evaluation.environment import environment
from hpm_engine.evaluation.notes.planted import PlantedLine, planted_lines
from hpm_engine.evaluation.notes.sessions import NOTED_AT, session_files
from hpm_engine.evaluation.notes.wordings import DEVELOPED, HELD_OUT, Wording
from hpm_engine.evaluation.result import BenchResult, Figure, Report
from hpm_engine.memory import open_memory
from hpm_engine.store.search.term_steps import likeness
from hpm_engine.values.note_evidence import LineEvidence, NoteVerdict
from hpm_engine.words.scripts import words_of

_SEEDS = 12
_BAR = 95.0  # % judged right
_PERCENT = 100.0


class Judged(NamedTuple):
    """A planted line with what evidence says of it, and how much like it anything is (BM25)."""

    planted: PlantedLine
    found: LineEvidence
    score: float


class NotesBench:
    """Lines of notes that are true, outdated, contradicted or never done, and sessions to match.

    The rules were developed on other words than those that count here. Beside it stand the
    commonest verdict for all, and BM25: a line like which something stands is called true, one like
    which nothing does is called never done, parted where the developed words say best.
    """

    name = "notes"
    summary = "evidence for notes: planted lines judged right, beside the simplest judges"

    def run(self, data: Path | None, report: Report) -> BenchResult:
        """Judge the lines of all seeds."""
        developed = _judged(DEVELOPED, report)
        held_out = _judged(HELD_OUT, report)
        parted = _best_parting(developed)
        right = _share(held_out, [each.found.verdict for each in held_out])
        majority = Counter(each.planted.verdict for each in developed).most_common(1)[0][0]
        common = _share(held_out, [majority] * len(held_out))
        bm25 = _share(held_out, [_by_score(each, parted) for each in held_out])
        results = {
            "lines": Figure(len(held_out), "lines"),
            "right": Figure(right, "%", reference=_BAR),
            "commonest_verdict": Figure(common, "%"),
            "bm25": Figure(bm25, "%"),
            "right_on_developed_words": Figure(
                _share(developed, [each.found.verdict for each in developed]), "%"
            ),
        }
        for verdict in (each for each in NoteVerdict if each is not NoteVerdict.NOTHING):
            own = [each for each in held_out if each.planted.verdict is verdict]
            name = f"right_{verdict.name.lower()}"
            results[name] = Figure(_share(own, [each.found.verdict for each in own]), "%")
        return BenchResult(self.name, results, environment())


def _share(judged: Sequence[Judged], verdicts: Sequence[NoteVerdict]) -> float:
    right = sum(
        each.planted.verdict is verdict for each, verdict in zip(judged, verdicts, strict=True)
    )
    return _PERCENT * right / max(len(judged), 1)


def _judged(wording: Wording, report: Report) -> list[Judged]:
    judged: list[Judged] = []
    for number in range(_SEEDS):
        seed = f"seed {number}"
        lines = planted_lines(seed, wording)
        judged += judge_planted(lines, seed, wording)
        report(f"{wording.name} words: {number + 1} of {_SEEDS} notes judged")
    for each in judged:
        if each.found.verdict is not each.planted.verdict:
            report(
                f"{wording.name}: {each.planted.what}: “{each.planted.text}” is"
                f" {each.planted.verdict}, judged {each.found.verdict}: {each.found.reason}"
            )
    return judged


def judge_planted(lines: Sequence[PlantedLine], seed: str, wording: Wording) -> list[Judged]:
    """Import the sessions and the note of planted lines into a fresh store, and judge them."""
    with tempfile.TemporaryDirectory(prefix="hpm-bench-") as scratch:
        folder = Path(scratch)
        for name, content in session_files(lines, seed, wording).items():
            (folder / name).write_bytes(content)
        note = folder / "projects" / wording.folder.replace("/", "-") / "memory" / "planted.md"
        note.parent.mkdir(parents=True)
        note.write_text("# Notes\n\n" + "\n\n".join(line.text for line in lines) + "\n")
        os.utime(note, (NOTED_AT, NOTED_AT))
        with open_memory(folder / "store.hpm", create=True, actor="hpm bench") as memory:
            memory.import_paths([folder], base=folder)
            (stored,) = memory.memory_notes.find()
            evidence = {each.line: each for each in memory.memory_notes.evidence(stored.id)}
            database = memory.internals.database
            scores = [likeness(database, words_of(line.text)) for line in lines]
    missing = LineEvidence(0, "", NoteVerdict.NOTHING, "not judged")
    found = [evidence.get(3 + 2 * number, missing) for number in range(len(lines))]
    return [Judged(*each) for each in zip(lines, found, scores, strict=True)]


def _by_score(judged: Judged, parted: float) -> NoteVerdict:
    return NoteVerdict.TRUE if judged.score >= parted else NoteVerdict.NEVER


def _best_parting(judged: Sequence[Judged]) -> float:
    scores = sorted({each.score for each in judged})
    return max(
        scores, key=lambda score: _share(judged, [_by_score(each, score) for each in judged])
    )
