"""SWE-agent's history: the prompts, and at times the whole run."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from hpm_engine.ingest.chat.calls import Miss, calls_in
from hpm_engine.ingest.json.raw_values import NO_JSON
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.line_records import Located
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.conversation import Conversation
from hpm_engine.values.episodes import Part, PartKind, StepFlag, StepSource


class HistoryItem(msgspec.Struct):
    """One message of a history."""

    role: str = ""
    content: object = None
    thought: object = None
    action: object = None
    message_type: object = None
    is_demo: object = None
    tool_calls: msgspec.Raw = NO_JSON
    tool_call_ids: list[str] | None = None

    @property
    def is_demonstration(self) -> bool:
        """Whether it is the transcript of another task."""
        return self.is_demo is True or self.message_type == "demonstration"


HISTORY_ITEM = TypedDecoder(HistoryItem)
History = Iterable[Located[HistoryItem]]


def add_preamble(conversation: Conversation, history: History) -> str:
    """Add all before the agent's first step; returns the prompt with the task."""
    prompt = ""
    for _, start, size, item in history:
        if item.role == "assistant" and not item.is_demonstration:
            break
        text = text_of(item.content)
        source = StepSource.SYSTEM if item.role == "system" else StepSource.USER
        turn = conversation.say(source, text, (start, size))
        if turn is None:
            continue
        if item.is_demonstration:
            turn.flags |= StepFlag.DEMONSTRATION | StepFlag.INJECTED
        elif source is StepSource.USER:
            prompt = prompt or text
    return prompt


def add_history(conversation: Conversation, history: History, miss: Miss) -> str:
    """Add a whole run from its history alone; returns the prompt with the task.

    ``miss`` hears of each call of an unknown shape.
    """
    prompt = ""
    for _, start, size, item in history:
        text = text_of(item.content)
        raw = (start, size)
        if item.role == "assistant" and not item.is_demonstration:
            _add_agent(conversation, item, text, raw, miss)
        elif item.role == "tool" or (prompt and not item.is_demonstration):
            ids = item.tool_call_ids or [""]
            conversation.answer(ids[0], text.removeprefix("OBSERVATION:\n"), raw)
        else:
            source = StepSource.SYSTEM if item.role == "system" else StepSource.USER
            turn = conversation.say(source, text, raw)
            if turn is not None and item.is_demonstration:
                turn.flags |= StepFlag.DEMONSTRATION | StepFlag.INJECTED
            elif source is StepSource.USER:
                prompt = text
    return prompt


def _add_agent(
    conversation: Conversation, item: HistoryItem, text: str, raw: tuple[int, int], miss: Miss
) -> None:
    calls = calls_in(item.tool_calls, miss)
    action = item.action if isinstance(item.action, str) else ""
    if not calls and action.strip():
        calls = [Part(PartKind.CALL, action, "bash")]
    thought = item.thought if isinstance(item.thought, str) else text
    conversation.say(StepSource.AGENT, thought.strip(), raw, calls=calls)
