"""Who&When: failed runs of several agents, labelled with the agent and the step that failed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from hpm_engine.ingest.chat.records import outcome_of
from hpm_engine.ingest.json.text import Document
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.typed_records import typed_document, typed_items
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.conversation import Conversation, Turn
from hpm_engine.ingest.steps.identity import Keys, head_digest, not_empty
from hpm_engine.ingest.steps.task_text import task_line
from hpm_engine.values.drafts import EpisodeDraft
from hpm_engine.values.episodes import Part, PartKind, StepFlag, StepSource

_CODE = re.compile(r"```(\w*+)[^\n`]*+\n(.*?)\n?```", re.DOTALL)
_RAN = re.compile(r"exitcode: (-?\d+)")
_TERMINAL = "Computer_terminal"
_LABELS = ("mistake_agent", "mistake_step", "mistake_reason", "question_ID")
_PEOPLE = frozenset(("human", "user_proxy"))


class FailureMessage(msgspec.Struct):
    """A message of one of the agents or of the terminal."""

    content: object = None
    role: object = None
    name: object = None

    @property
    def speaker(self) -> str:
        """The name of the speaker; without one the role."""
        return text_of(self.name) or text_of(self.role)


class FailureLog(msgspec.Struct):
    """One run with its labels; ``mistake_step`` is an index into the history, from 0."""

    history: list[msgspec.Raw] = []
    question: object = None
    question_id: object = msgspec.field(default=None, name="question_ID")
    is_correct: object = None
    is_corrected: object = None
    mistake_step: object = None
    system_prompt: object = None


_LOG = TypedDecoder(FailureLog)
_MESSAGE = TypedDecoder(FailureMessage)


class WhoAndWhenReader:
    """Who&When logs (arXiv:2505.00212); the step with the labelled mistake is marked as such."""

    format = "who-and-when"

    def recognises(self, source: SourceFile) -> bool:
        """Whether the source is one object with a history and a question or a blamed agent."""
        keys = source.opening.keys
        judged = "question" in keys and ("is_correct" in keys or "is_corrected" in keys)
        labelled = judged or any(label in keys for label in _LABELS)
        return not source.opening.more and isinstance(keys.get("history"), list) and labelled

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The one episode of a file."""
        document = Document(source.name, source.read())
        log = typed_document(document, _LOG, "a log", source.account)
        yield not_empty(_episode(document, log, source.account), source.name, source.account)


def _episode(document: Document, log: FailureLog, account: Account) -> EpisodeDraft:
    conversation = Conversation()
    _add_prompts(conversation, log.system_prompt)
    messages = list(typed_items(document, log.history, _MESSAGE, "a message", account))
    question = text_of(log.question)
    if messages and question.strip() not in text_of(messages[0].record.content):
        conversation.say(StepSource.USER, question)
    turns: list[Turn | None] = []
    for number, (_, start, size, message) in enumerate(messages):
        following = messages[number + 1].record if number + 1 < len(messages) else FailureMessage()
        turns.append(_add_message(conversation, message, following, (start, size)))
    mistake = _index(log.mistake_step)
    if mistake is not None and mistake < len(turns) and (turn := turns[mistake]) is not None:
        turn.flags |= StepFlag.MISTAKE
    steps = conversation.drafts()
    question_id = text_of(log.question_id)
    correct = log.is_correct if log.is_correct is not None else log.is_corrected
    return EpisodeDraft(
        format=WhoAndWhenReader.format,
        key=Keys().key(question_id, head_digest(steps)),
        steps=steps if messages else (),
        agent="multi-agent",
        project="who-and-when",
        task=task_line(question),
        task_key=question_id,
        outcome=outcome_of(correct if isinstance(correct, bool) else None),
    )


def _add_prompts(conversation: Conversation, prompts: object) -> None:
    """The agents' system prompts as one step, each under its agent's name."""
    named = prompts.items() if isinstance(prompts, dict) else [("", prompts)]
    parts = [Part(PartKind.MESSAGE, text, who) for who, what in named if (text := text_of(what))]
    if parts:
        conversation.turns.append(Turn(StepSource.SYSTEM, parts, (0, 0), None))


def _add_message(
    conversation: Conversation,
    message: FailureMessage,
    following: FailureMessage,
    raw: tuple[int, int],
) -> Turn | None:
    """Add a message; the terminal's output joins the step whose code it ran."""
    text, speaker = text_of(message.content), message.speaker
    last = conversation.last
    if speaker == _TERMINAL:
        ran = _RAN.match(text)
        if ran and last is not None and last.waiting:
            last.answer(text, speaker, "", ran[1] != "0")
            return last
        turn = conversation.say(StepSource.SYSTEM, text, raw, speaker=speaker)
        if turn is not None:
            turn.flags |= StepFlag.INJECTED
        return turn
    if speaker.lower() in _PEOPLE:
        return conversation.say(StepSource.USER, text, raw, speaker=speaker)
    calls: list[Part] = []
    if following.speaker == _TERMINAL and _RAN.match(text_of(following.content)):
        text, calls = _split_code(text)
    reasoning = text if speaker.endswith("(thought)") else ""
    turn = conversation.say(
        StepSource.AGENT, text if not reasoning else "", raw, speaker=speaker, calls=calls
    )
    if reasoning:
        part = Part(PartKind.REASONING, reasoning, speaker)
        turn = Turn(StepSource.AGENT, [part], raw, None)
        conversation.turns.append(turn)
    return turn


def _split_code(text: str) -> tuple[str, list[Part]]:
    """The prose, and the code blocks as one call: they run together, with one output."""
    blocks = _CODE.findall(text)
    if not blocks:
        return text, []
    code = "\n\n".join(block for _, block in blocks)
    return _CODE.sub("", text).strip(), [Part(PartKind.CALL, code, blocks[0][0] or "code")]


def _index(value: object) -> int | None:
    """The index that a label gives as a number or as a text of digits."""
    if isinstance(value, str) and value.strip().isdecimal() and len(value) < 9:
        return int(value)
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and isinstance(value, int) and value >= 0 else None
