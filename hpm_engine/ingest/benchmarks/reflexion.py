"""Reflexion's ReAct logs: texts in which each trial lists its runs by their outcomes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256

from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.text_lines import TextLine, text_lines
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

    A run is its question and the steps after it: a log repeats solved runs in each later trial,
    and logs of one experiment overlap, so the same run in another log is the same episode. A
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
        """One episode for each run that the log shows. Raises ``CannotImport`` without any."""
        seen: set[str] = set()
        account = source.account
        for item in _items(source):
            episode = _episode(item.text, item.outcome)
            if episode is None:
                account.pass_over("a question without a run", item.lines)
                continue
            if episode.key in seen:
                account.pass_over("a run that the log repeats", item.lines)
                continue
            seen.add(episode.key)
            account.pass_over("the right answer", _answers(item.text))
            episode.raw_start, episode.raw_size = item.start, item.size
            yield episode
        if not seen:
            raise account.nothing(source.name, "a Reflexion log without a run.")


class _Item:
    """A listed question with the lines after it and the outcome of its section."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self._lines: list[TextLine] = []

    def add(self, line: TextLine) -> None:
        """Add a line at the end."""
        self._lines.append(line)

    def close(self) -> None:
        """Remove the blank lines at the end."""
        while self._lines and not self._lines[-1].data.strip():
            self._lines.pop()

    @property
    def text(self) -> str:
        """Its lines, with the line ends that they have."""
        text, end = "", self.start
        for line in self._lines:
            gap = line.start - end
            text += ("\r\n" if gap == 2 else "\n" if gap else "") + line.text
            end = line.start + len(line.data)
        return text.rstrip()

    @property
    def lines(self) -> int:
        """The number of its lines that the source's account counts as read."""
        return sum(line.counts for line in self._lines)

    @property
    def start(self) -> int:
        """Its first byte."""
        return self._lines[0].start

    @property
    def size(self) -> int:
        """Its bytes, without the blanks at its end."""
        last = self._lines[-1]
        return last.start + len(last.data.rstrip()) - self.start


def _items(source: SourceFile) -> Iterator[_Item]:
    """The listed questions.

    A question begins a new item only after a blank line: agents write the word as well.
    """
    outcome, blank = Outcome.UNKNOWN, True
    item: _Item | None = None
    for line in text_lines(source):
        section = _SECTION.fullmatch(line.data)
        heading = section is not None or _TRIAL.fullmatch(line.data) is not None
        question = blank and line.data.startswith(_QUESTION)
        if (heading or question) and item is not None:
            item.close()
            yield item
            item = None
        if section is not None:
            outcome = _OUTCOMES[section[1]]
        if question:
            item = _Item(outcome)
        if item is not None:
            item.add(line)
        else:
            rule = "headings" if heading else "what stands outside of the runs"
            source.account.pass_over(rule, line.counts)
        blank = heading or not line.data.strip()
    if item is not None:
        item.close()
        yield item


def _answers(text: str) -> int:
    """The number of lines with the right answer at the end of an item."""
    closing = text.rfind("\n" + _ANSWER.decode())
    rest = text[closing:].split("\n") if closing >= 0 else []
    return sum(bool(line.strip()) for line in rest)


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
    head = text[: first.start()]
    retry = head.find(_RETRY)
    question, reflections = (head[:retry], head[retry:]) if retry >= 0 else (head, "")
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
    """Add each thought with its action and its observation as one step."""
    marks = list(labelled.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    thought = ""
    for mark, end in zip(marks, ends, strict=True):
        words = text[mark.end() : end].strip()
        if mark[1] == "Thought":
            _think(conversation, thought)
            thought = words
        elif mark[1] == "Action":
            turn = conversation.say(
                StepSource.AGENT, "", reasoning=thought, calls=[_call(words)] if words else ()
            )
            if turn is not None and words.startswith("Finish["):
                turn.flags |= StepFlag.SUBMISSION
            thought = ""
        elif words:
            conversation.answer("", words, is_error=words.startswith("Invalid Action"))
    _think(conversation, thought)


def _think(conversation: Conversation, thought: str) -> None:
    conversation.say(StepSource.AGENT, "", reasoning=thought)


def _call(action: str) -> Part:
    whole = _ACTION.fullmatch(action)
    if whole is not None:
        return Part(PartKind.CALL, whole[2], whole[1])
    word = _WORD.match(action)
    return Part(PartKind.CALL, action, word[0] if word else "")
