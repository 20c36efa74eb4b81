"""Reflexion's ReAct logs: text in which each trial lists its runs under how they ended."""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256

from hpm_engine.errors import NothingToImport
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.steps.conversation import Conversation
from hpm_engine.ingest.steps.task_text import task_line
from hpm_engine.values.drafts import EpisodeDraft
from hpm_engine.values.episodes import Outcome, Part, PartKind, StepFlag, StepSource

_SECTION = re.compile(rb"-{5,} BEGIN (CORRECT|INCORRECT|HALTED) AGENTS -{5,}\s*")
_TRIAL = re.compile(rb"#{20,}\s*|BEGIN TRIAL \d+\s*|Trial summary: .*")
_OUTCOMES = {
    b"CORRECT": Outcome.SUCCESS,
    b"INCORRECT": Outcome.FAILURE,
    b"HALTED": Outcome.FAILURE,  # out of turns without the answer
}
_QUESTION = b"Question:"
_ANSWER = b"Correct answer:"
_RETRY = "You have attempted to answer"
_NUMBERED = re.compile(r"^(Thought|Action|Observation) \d+:[ ]?", re.MULTILINE)
_PLAIN = re.compile(r"^(Thought|Action|Observation):[ ]?", re.MULTILINE)
_ACTION = re.compile(r"(\w+)\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\s*")
_WORD = re.compile(r"\w+")


class ReflexionReader:
    """The HotPotQA logs of Reflexion (arXiv:2303.11366).

    A run is its question and what was done about it: a log repeats solved runs in each later
    trial, and logs of one experiment overlap, so the same run met again is the same episode. A
    solved question that a later trial only mentions is no run.
    """

    format = "reflexion"

    def recognises(self, source: SourceFile) -> bool:
        """Whether the text begins with a trial's heading, or with a section and a question."""
        first = source.head.lstrip(b"\xef\xbb\xbf \t\r\n")[:2000]
        return bool(
            re.match(rb"#{20,}\s+BEGIN TRIAL \d+\s", first)
            or ((section := _SECTION.match(first)) and first.startswith(_QUESTION, section.end()))
        )

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """One episode for each run that the log shows."""
        seen: set[str] = set()
        for outcome, start, data in _items(source):
            episode = _episode(data.decode("utf-8", "replace"), outcome)
            if episode is None or episode.key in seen:
                continue
            seen.add(episode.key)
            episode.raw_start, episode.raw_size = start, len(data)
            yield episode
        if not seen:
            raise NothingToImport(f"{source.name}: a Reflexion log without a run.")


def _items(source: SourceFile) -> Iterator[tuple[Outcome, int, bytes]]:
    """Each listed question with all that follows it: its section's outcome, place and bytes.

    A question begins a new item behind a blank line only: agents write the word as well.
    """
    outcome, blank = Outcome.UNKNOWN, True
    start, item = 0, bytearray()
    for at, line in source.lines():
        section = _SECTION.fullmatch(line)
        heading = section is not None or _TRIAL.fullmatch(line) is not None
        question = blank and line.startswith(_QUESTION)
        if (heading or question) and item:
            yield outcome, start, bytes(item).rstrip()
            item.clear()
        if section is not None:
            outcome = _OUTCOMES[section[1]]
        if question:
            start = at
        if question or (item and not heading):
            item += _behind_gap(line, at - start - len(item))
        blank = heading or not line.strip()
    if item:
        yield outcome, start, bytes(item).rstrip()


def _behind_gap(line: bytes, gap: int) -> bytes:
    """The line behind the line ends that the source has before it."""
    return (b"\n" if gap == 1 else b"\r\n" if gap == 2 else b"") + line


def _episode(text: str, outcome: Outcome) -> EpisodeDraft | None:
    """The run in an item; None where the item names a question without a run."""
    text = text.removeprefix(_QUESTION.decode())
    closing = text.rfind("\n" + _ANSWER.decode())
    if closing >= 0:
        text = text[:closing]  # the gold answer is no part of the run
    labelled = _NUMBERED if _NUMBERED.search(text) else _PLAIN  # a single turn has no number
    first = labelled.search(text)
    if first is None:
        return None
    asked = text[: first.start()]
    at = asked.find(_RETRY)
    question, reflections = (asked[:at], asked[at:]) if at >= 0 else (asked, "")
    question = question.strip()
    conversation = Conversation()
    conversation.say(StepSource.USER, question)
    turn = conversation.say(StepSource.SYSTEM, reflections.strip())
    if turn is not None:
        turn.flags |= StepFlag.INJECTED
    _add_turns(conversation, text[first.start() :], labelled)
    digest = sha256(text.strip().encode()).hexdigest()
    return EpisodeDraft(
        format=ReflexionReader.format,
        key=digest[:32],
        steps=conversation.drafts(),
        agent="reflexion",
        project="hotpotqa",
        task=task_line(question),
        task_key=question,
        outcome=outcome,
    )


def _add_turns(conversation: Conversation, text: str, labelled: re.Pattern[str]) -> None:
    """Add each thought with its action and what was observed then, as one step."""
    marks = list(labelled.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    thought = ""
    for mark, end in zip(marks, ends, strict=True):
        said = text[mark.end() : end].strip()
        if mark[1] == "Thought":
            _think(conversation, thought)
            thought = said
        elif mark[1] == "Action":
            turn = conversation.say(
                StepSource.AGENT, "", reasoning=thought, calls=[_call(said)] if said else ()
            )
            if turn is not None and said.startswith("Finish["):
                turn.flags |= StepFlag.SUBMISSION
            thought = ""
        elif said:
            conversation.answer("", said, is_error=said.startswith("Invalid Action"))
    _think(conversation, thought)


def _think(conversation: Conversation, thought: str) -> None:
    conversation.say(StepSource.AGENT, "", reasoning=thought)


def _call(action: str) -> Part:
    whole = _ACTION.fullmatch(action)
    if whole is not None:
        return Part(PartKind.CALL, whole[2], whole[1])
    word = _WORD.match(action)
    return Part(PartKind.CALL, action, word[0] if word else "")
