"""What a session did, was told and was shown, step by step, as terms that can be compared."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

import msgspec

from hpm_engine.lookup.calls import CallResult, calls_of
from hpm_engine.recall.changes import PATH_KEYS, changes_of
from hpm_engine.values.episodes import PartKind, Step, StepFlag, StepSource
from hpm_engine.words.calls import plain_words
from hpm_engine.words.own_quotation import is_own_quotation
from hpm_engine.words.telling_terms import (
    Term,
    TermKind,
    any_word,
    commands,
    handed_terms,
    met_terms,
    word_pairs,
)

_NOT_OWN = StepFlag.COPIED | StepFlag.DEMONSTRATION
_LONGEST = 20_000  # characters of a text that are looked at
_OWN_TOOLS = ("recall", "read_steps", "propose_note")
_OWN_COMMAND = re.compile(r"\s*(?:\S*/)?hpm\s")
_EPISODE = re.compile(r'"episode": ?"?(\d{1,9})|hpm show \S+ (\d{1,9})')
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")
_DISMISSED = re.compile(
    r"\b(?:not relevant|irrelevant|unrelated|not related|does(?:n['\u2019]t| not) apply|"
    r"not apply|ignor\w{1,4}|no use|not needed|not help\w{0,3}|nothing to do with|"
    r"different (?:problem|task|issue|matter|area|part)|another (?:problem|task|issue|matter)|"
    r"set aside|leave that|leaving that|not what)\b",
    re.IGNORECASE,
)


class StepTerms(msgspec.Struct, frozen=True):
    """The terms of one step, in the order in which a step comes about.

    ``told`` are those of a person or a program, ``said`` of the agent's words, ``done`` of its
    calls, ``shown`` of what came back. ``asked`` are episodes that the agent asked for, each with
    what it was shown of it.
    """

    episode_id: int
    seq: int
    at: int | None
    told: frozenset[Term] = frozenset()
    said: frozenset[Term] = frozenset()
    done: frozenset[Term] = frozenset()
    shown: frozenset[Term] = frozenset()
    files_shown: int = 0
    asked: tuple[tuple[int, str], ...] = ()
    by_agent: bool = False
    calls: bool = False


class SessionTerms:
    """Reads the terms of a session's own steps; what we quoted to it counts nowhere.

    ``begins`` says of a word whether a command that was given begins with it.
    """

    def __init__(self, steps: Sequence[Step], begins: Callable[[str], bool] = any_word) -> None:
        self._own = [step for step in steps if not step.flags & _NOT_OWN]
        quoted = [text for step in self._own for _, text in _asked(step)]
        self._firsts = {
            term.text
            for text in quoted
            for term in handed_terms(text)
            if term.kind is TermKind.FIRST
        }
        self._given = begins

    def of_steps(self) -> Iterator[StepTerms]:
        """The terms of each step, in their order."""
        for step in self._own:
            yield self._agents(step) if step.source is StepSource.AGENT else self._others(step)

    def _begins(self, word: str) -> bool:
        return word in self._firsts or self._given(word)

    def _others(self, step: Step) -> StepTerms:
        told: set[Term] = set()
        for part in step.parts:
            if not is_own_quotation(part.text):
                told |= self._of_text(part.text)
        return StepTerms(step.episode_id, step.seq, step.at, told=frozenset(told))

    def _agents(self, step: Step) -> StepTerms:
        said: set[Term] = set()
        done: set[Term] = set()
        shown: set[Term] = set()
        calls = [call for call in calls_of(step) if not _is_ours(call)]
        for call in calls:
            done |= _done(step, call)
        for part in step.parts:
            if is_own_quotation(part.text):
                continue
            if part.kind is PartKind.RESULT:
                shown |= self._of_text(part.text)
            elif part.kind in (PartKind.MESSAGE, PartKind.REASONING):
                said |= self._said(part.text[:_LONGEST])
        return StepTerms(
            step.episode_id,
            step.seq,
            step.at,
            said=frozenset(said),
            done=frozenset(done),
            shown=frozenset(shown),
            files_shown=sum(term.kind is TermKind.FILE for term in shown),
            asked=tuple(_asked(step)),
            by_agent=True,
            calls=bool(calls),
        )

    def _of_text(self, text: str) -> set[Term]:
        """All terms of a text, its words in a row among them, which might be a command."""
        text = plain_words(text[:_LONGEST])
        return met_terms(text) | set(word_pairs(text, self._begins))

    def _said(self, text: str) -> set[Term]:
        """The terms of what an agent says, but for what it says that it is of no use."""
        terms: set[Term] = set()
        for sentence in _SENTENCE.split(text):
            if sentence and not _DISMISSED.search(sentence):
                terms |= self._of_text(sentence)
        return terms


def terms_told(text: str) -> set[Term]:
    """All terms of a text that a session was told."""
    return met_terms(text) | set(word_pairs(text))


def _asked(step: Step) -> Iterator[tuple[int, str]]:
    """The episodes that a step asked this program for, each with what came back."""
    for call in calls_of(step):
        if _is_ours(call):
            result = "" if call.result is None else call.result.text[:_LONGEST]
            for number in _episodes(call.call.text):
                yield number, result


def _done(step: Step, call: CallResult) -> set[Term]:
    """The terms of a call: its command, or the file that it names and what it writes."""
    if call.is_command:
        line = call.command[:_LONGEST]
        return met_terms(line) | commands(line, called=True)
    alone = msgspec.structs.replace(step, parts=(call.call,))
    changes = changes_of([alone], "")
    texts = [text for change in changes for text in (change.path, change.text[:_LONGEST])]
    return met_terms("\n".join(texts or _values(call)))


def _values(call: CallResult) -> list[str]:
    """What the arguments of a call say, without their names."""
    try:
        arguments = msgspec.json.decode(call.call.text)
    except (msgspec.DecodeError, RecursionError):
        return [call.command[:_LONGEST]]
    if not isinstance(arguments, dict):
        return [call.command[:_LONGEST]]
    paths = [value for key in PATH_KEYS if isinstance(value := arguments.get(key), str)]
    return [*paths, *(str(value)[:_LONGEST] for value in arguments.values())]


def _is_ours(call: CallResult) -> bool:
    """Whether a call asked this program."""
    if call.result is not None and is_own_quotation(call.result.text):
        return True
    name = call.call.name.lower()
    ours = "hpm" in name and name.endswith(_OWN_TOOLS)
    return ours or (call.is_command and bool(_OWN_COMMAND.match(call.command)))


def _episodes(arguments: str) -> Iterator[int]:
    for match in _EPISODE.finditer(arguments[:2_000]):
        yield int(match[1] or match[2])
