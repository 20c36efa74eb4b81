"""The evidence for each line of a note, from the sessions of the folder that it is for."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from hpm_engine.evidence.acts import StepAct, acts_of
from hpm_engine.evidence.claims import Claim, claims
from hpm_engine.evidence.findings import Finding, worst
from hpm_engine.evidence.rules import (
    compared,
    judge_commands,
    judge_instead,
    judge_names,
    judge_paths,
)
from hpm_engine.evidence.statements import asked_words, judge_statement
from hpm_engine.evidence.values import judge_values
from hpm_engine.job import Job
from hpm_engine.store.file.database import Database
from hpm_engine.store.memory_notes.rows import MemoryNoteRows
from hpm_engine.store.rows.steps import MOST_STEPS, StepRows
from hpm_engine.store.search.term_steps import TermSteps
from hpm_engine.values.episodes import Step, StepFlag
from hpm_engine.values.memory_notes import MemoryNoteVersion
from hpm_engine.values.note_evidence import LineEvidence, NoteVerdict

_NO_SESSION = "The store has no session of the folder that it is for."
_LINES = 400  # of a note that are looked at
_SEQ_BITS = 24
_NOT_OWN = StepFlag.COPIED | StepFlag.DEMONSTRATION | StepFlag.NOT_EXECUTED
_TERMS = 12  # of a line


class NoteEvidence:
    """What the sessions of a store show of notes. No model is asked: words, results and times."""

    def __init__(self, database: Database, steps: StepRows) -> None:
        self._db, self._steps = database, steps
        self._notes = MemoryNoteRows(database)

    def of(self, note_id: int, job: Job | None = None) -> list[LineEvidence]:
        """The evidence for each line of a note's latest text. Raises ``NotFound``."""
        job = job or Job()
        with self._db.reading():
            note = self._notes.get(note_id)
            versions = self._notes.versions(note_id)
            if not versions:
                return []
            lines = list(claims(versions[-1].text))[:_LINES]
            steps = TermSteps(self._db, note.scope)
            reading = _Reading(steps, self._steps)
            found = []
            for number, claim in enumerate(lines):
                job.step(number, len(lines), "looking for evidence", "lines")
                line = _line(claim, reading, _since(claim, versions))
                if steps.none and line.verdict is NoteVerdict.NEVER:
                    line = msgspec.structs.replace(line, reason=_NO_SESSION)
                found.append(line)
        return found


class _Reading:
    """The steps that terms lead to, each term asked for once."""

    def __init__(self, found: TermSteps, steps: StepRows) -> None:
        self._found, self._steps = found, steps
        self._of_term: dict[str, list[int]] = {}
        self._acts: dict[int, list[StepAct]] = {}

    def acts(self, terms: Sequence[str]) -> list[StepAct]:
        """The acts of the latest steps that hold one of some terms, in the order of time."""
        for term in terms:
            if term not in self._of_term:
                self._of_term[term] = self._found.with_term(term)
        return self._of({key for term in terms for key in self._of_term[term]})

    def stated(self, words: Sequence[str]) -> list[StepAct]:
        """The acts of the steps in which somebody speaks most like some words."""
        return self._of(set(self._found.saying(words)))

    def _of(self, ids: set[int]) -> list[StepAct]:
        missing = sorted(ids - self._acts.keys())
        for start in range(0, len(missing), 200):
            page = missing[start : start + 200]
            places = [(key >> _SEQ_BITS, key & MOST_STEPS) for key in page]
            for key in page:
                self._acts[key] = []
            for step in self._steps.chosen(places):
                if not step.flags & _NOT_OWN:
                    self._acts[_key(step)] = list(acts_of([step], self._found.starts))
        found = [act for key in ids for act in self._acts.get(key, ())]
        return sorted(found, key=lambda act: act.order)


def _key(step: Step) -> int:
    return step.episode_id << _SEQ_BITS | step.seq


def _since(claim: Claim, versions: Sequence[MemoryNoteVersion]) -> int:
    """When a line was written: with the first of the latest versions in a row that have it."""
    first = versions[-1]
    for version in reversed(versions):
        if claim.text not in version.text:
            break
        first = version
    return first.written_at or first.seen_at


def _line(claim: Claim, reading: _Reading, since: int) -> LineEvidence:
    acts = reading.acts(_terms(claim))
    groups = [
        [
            *judge_instead(claim, acts, since),
            *judge_commands(claim, acts, since),
            *judge_values(claim, acts, since),
        ],
        list(judge_paths(claim, acts, since)),
        list(judge_names(claim, acts, since)) if claim.names else [],
    ]
    finding = decided(groups)
    if finding.verdict in (NoteVerdict.NEVER, NoteVerdict.NOTHING) and not claim.commands:
        spoken = reading.stated(asked_words(claim))
        stated = judge_statement(claim, spoken, since)
        if stated is not None and (
            stated.verdict is not NoteVerdict.NEVER or finding.verdict is NoteVerdict.NOTHING
        ):
            finding = stated
    return LineEvidence(claim.line, claim.text, finding.verdict, finding.reason, finding.steps())


def decided(groups: Sequence[Sequence[Finding]]) -> Finding:
    """The finding that decides: what speaks against a line; else the first group that has any.

    Within a group something borne out counts for more than something never met.
    """
    against = (NoteVerdict.CONTRADICTED, NoteVerdict.OUTDATED)
    bad = [each for group in groups for each in group if each.verdict in against]
    if bad:
        return worst(bad)
    first = next((group for group in groups if group), ())
    return worst(first)


def _terms(claim: Claim) -> list[str]:
    """What to look for in the index."""
    terms: list[str] = []
    for command in claim.commands:
        words = command.split()
        terms += [" ".join(words[:2]), *compared(command)[1:2]]
        terms += [word.rpartition("/")[2] for word in words if "/" in word and "." in word]
    for pair in claim.instead:
        terms += pair
    for quantity in claim.quantities:
        terms += [quantity.key, quantity.value]
    terms += [path.rstrip("/").rpartition("/")[2] for path in claim.paths]
    terms += claim.names
    return [term for term in dict.fromkeys(terms) if len(term) > 1][:_TERMS]
