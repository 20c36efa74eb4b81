"""Whether a session used what it was given: by terms that nothing else had told it before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import msgspec

from hpm_engine.store.handed import Handed, Salted, kind_of
from hpm_engine.usage.session_acts import StepTerms
from hpm_engine.values.recall import MemoryKind, Use, UsedStep
from hpm_engine.words.telling_terms import (
    Term,
    TermKind,
    handed_terms,
    name_of,
)

ENOUGH = 1.0  # of weight, from which a memory counts as used
_CROWD = 12  # files that one result shows, of which an agent takes the one that it was given
_FIRST = 1  # file that is acted on after such a result
Common = Callable[[Term], bool]  # whether a term stands everywhere in a project


class Weights(msgspec.Struct, frozen=True):
    """What one term counts that a session acts on and was not told by anything else."""

    file: float = 1.0
    file_of_crowd: float = 1.0  # one that a long list had shown it, too
    command: float = 1.0
    start: float = 0.5  # of a command that goes on otherwise
    long_name: float = 1.0
    short_name: float = 0.5
    number: float = 1.0
    program: float = 1.0  # that a note says to use
    words: float = 1.0  # of a note, if one step has so large a share of those that are new
    share: float = 0.5
    fewest: int = 2  # words


SHIPPED = Weights()
_LONG_NAME = 12  # letters
_START = 3  # words of a command that it is known by


class Followed(msgspec.Struct):
    """What speaks for one memory so far."""

    given: Handed
    weight: float = 0.0
    first: UsedStep | None = None  # where something speaks for it
    spoken: UsedStep | None = None  # where it was only spoken of or asked for
    met: set[bytes] = msgspec.field(default_factory=set)
    words: int = 0  # of the note that nothing told the session before
    worded: bool = False  # a step has enough of them


class Following:
    """Follows one recall through the steps of the session that it was given to."""

    def __init__(
        self,
        given: Sequence[Handed],
        salted: Salted,
        told: Iterable[Term],
        common: Common,
        weights: Weights = SHIPPED,
    ) -> None:
        self._salted, self._is_common, self._weights = salted, common, weights
        self._judged = [Followed(each) for each in given]
        self._of_term: dict[bytes, list[Followed]] = {}
        for judged in self._judged:
            for digest in judged.given.terms:
                self._of_term.setdefault(digest, []).append(judged)
        self._digests: dict[Term, bytes] = {}
        self._seen: set[bytes] = set()
        self._crowded: dict[bytes, int] = {}  # met first in a long list: files acted on since
        self._see(told)

    def verdicts(self, before: Iterable[StepTerms], after: Sequence[StepTerms]) -> list[Handed]:
        """What became of each memory, from the steps before the recall and those after it."""
        for step in before:
            self._see((*step.told, *step.said, *step.done, *step.shown))
        # A person's words count as told whenever they come: what a prompt names needs no memory.
        self._see(term for step in after for term in step.told)
        if not any(step.by_agent for step in after):
            return [each.given._replace(use=Use.UNKNOWN, step=None) for each in self._judged]
        # Once the session is known so far: what is left of the terms can tell something.
        unclear = {id(each) for each in self._judged if self._potential(each) < ENOUGH}
        talks = not any(step.calls for step in after)
        for step in after:
            self._follow(step, talks=talks)
        return [self._verdict(each, unclear=id(each) in unclear) for each in self._judged]

    def _follow(self, step: StepTerms, *, talks: bool) -> None:
        here = UsedStep(step.episode_id, step.seq)
        for number, text in step.asked:
            self._asked(number, text, here)
        done = step.said if talks else step.done
        if not talks:
            self._speak(step.said, here)
        self._act(done, here)
        self._see((*step.said, *step.done))
        crowd = step.files_shown >= _CROWD
        for term in step.shown:
            digest = self._digest(term)
            if digest not in self._of_term:
                continue
            if crowd and term.kind is TermKind.FILE and digest not in self._seen:
                self._crowded[digest] = 0
            elif not crowd:
                self._crowded.pop(digest, None)
            self._seen.add(digest)

    def _asked(self, number: int, text: str, here: UsedStep) -> None:
        """The agent asked for an episode: looked at, and what it was shown counts as given."""
        for judged in self._judged:
            if (judged.given.kind, judged.given.id) == (MemoryKind.EPISODE, number):
                judged.spoken = judged.spoken or here
                for term in handed_terms(text):
                    holders = self._of_term.setdefault(self._digest(term), [])
                    if judged not in holders:
                        holders.append(judged)

    def _speak(self, said: Iterable[Term], here: UsedStep) -> None:
        for term, digest in self._matches(said):
            if term.kind is not TermKind.WORD:
                for judged in self._of_term[digest]:
                    judged.spoken = judged.spoken or here

    def _act(self, done: Iterable[Term], here: UsedStep) -> None:
        matches = self._matches(done)
        words: dict[int, int] = {}
        for term, digest in matches:
            for judged in self._of_term[digest]:
                if term.kind is TermKind.WORD:
                    words[id(judged)] = words.get(id(judged), 0) + 1
                elif digest not in judged.met:
                    judged.met.add(digest)
                    judged.weight += self._worth(term, digest)
                    judged.first = judged.first or here
        weights = self._weights
        for judged in self._judged:
            met = words.get(id(judged), 0)
            if met >= weights.fewest and met >= weights.share * judged.words and not judged.worded:
                judged.worded = True
                judged.weight += weights.words
                judged.first = judged.first or here
        if any(term.kind is TermKind.FILE for term in done):
            for digest in self._crowded:
                self._crowded[digest] += 1

    def _matches(self, terms: Iterable[Term]) -> list[tuple[Term, bytes]]:
        """The terms that were given, that nothing else told, and that are rare here."""
        matches = []
        for term in terms:
            digest = self._digest(term)
            if digest not in self._of_term:
                continue
            if self._is_told(term, digest) and self._crowded.get(digest, _FIRST) >= _FIRST:
                continue
            if not self._is_common(term):
                matches.append((term, digest))
        return matches

    def _is_told(self, term: Term, digest: bytes) -> bool:
        if digest in self._seen:
            return True
        if term.kind is TermKind.FILE and "/" in term.text:
            return self._digest(Term(TermKind.FILE, name_of(term.text))) in self._seen
        if term.kind is TermKind.COMMAND and term.text.count(" ") >= _START:
            start = " ".join(term.text.split(" ")[:_START])
            return self._digest(Term(TermKind.COMMAND, start)) in self._seen
        return False

    def _worth(self, term: Term, digest: bytes) -> float:
        weights = self._weights
        if term.kind is TermKind.FILE:
            return weights.file_of_crowd if digest in self._crowded else weights.file
        if term.kind is TermKind.NAME:
            return weights.long_name if len(term.text) >= _LONG_NAME else weights.short_name
        return {
            TermKind.COMMAND: weights.command,
            TermKind.START: weights.start,
            TermKind.NUMBER: weights.number,
            TermKind.PROGRAM: weights.program,
        }.get(term.kind, 0.0)

    def _potential(self, judged: Followed) -> float:
        """What its terms could count at most, as far as nothing has told them."""
        kinds = Counter(kind_of(digest) for digest in judged.given.terms - self._seen)
        weights = self._weights
        judged.words = kinds[TermKind.WORD]
        return (
            weights.file * kinds[TermKind.FILE]
            + weights.command * kinds[TermKind.COMMAND]
            + weights.start * kinds[TermKind.START]
            + weights.long_name * kinds[TermKind.NAME]
            + weights.number * kinds[TermKind.NUMBER]
            + weights.program * kinds[TermKind.PROGRAM]
            + weights.words * (judged.words >= weights.fewest)
        )

    def _verdict(self, judged: Followed, *, unclear: bool) -> Handed:
        if judged.weight >= ENOUGH - 1e-9:
            return judged.given._replace(use=Use.USED, step=judged.first)
        if judged.spoken is not None:
            return judged.given._replace(use=Use.LOOKED_AT, step=judged.spoken)
        use = Use.UNCLEAR if unclear else Use.IGNORED
        return judged.given._replace(use=use, step=None)

    def _see(self, terms: Iterable[Term]) -> None:
        for term in terms:
            self._seen.add(self._digest(term))

    def _digest(self, term: Term) -> bytes:
        digest = self._digests.get(term)
        if digest is None:
            digest = self._digests[term] = self._salted.digest(term)
        return digest
