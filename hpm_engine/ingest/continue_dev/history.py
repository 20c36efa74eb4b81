"""The items of a session of Continue: each a message, with what was given and called along."""

from __future__ import annotations

import msgspec

from hpm_engine.ingest.chat.calls import calls_in
from hpm_engine.ingest.json.raw_values import NO_JSON
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.steps.blocks import message_blocks
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.gathered import GatheredSession, Raw
from hpm_engine.values.episodes import Part, StepFlag

_FAILED = "errored"
_STOPPED = "canceled"


class _ContinueMessage(msgspec.Struct, rename="camel"):
    """A message of one of four roles, or a thought."""

    role: object = None
    content: msgspec.Raw = NO_JSON
    tool_calls: msgspec.Raw = NO_JSON
    tool_call_id: object = None


class _ContextItem(msgspec.Struct):
    """A file or another thing that was given with a prompt."""

    name: object = None
    description: object = None
    content: object = None


class _CallState(msgspec.Struct, rename="camel"):
    """How a call ended; its output repeats the tool's message, where there is one."""

    tool_call_id: object = None
    status: object = None
    tool_call: msgspec.Raw = NO_JSON
    output: list[_ContextItem] | None = None


class _Reasoning(msgspec.Struct):
    """Thoughts before a message."""

    text: object = None


class ContinueItem(msgspec.Struct, rename="camel"):
    """An item of the history; its logs of prompts repeat what other items say."""

    message: _ContinueMessage | None = None
    context_items: list[_ContextItem] | None = None
    tool_call_states: list[_CallState] | None = None
    tool_call_state: _CallState | None = None  # of versions with one call a reply
    reasoning: _Reasoning | None = None


ITEM = TypedDecoder(ContinueItem)


class ContinueHistory:
    """A session of Continue from its items, in order."""

    def __init__(self, session: GatheredSession, account: Account) -> None:
        self._session = session
        self._account = account
        self._thoughts: list[str] = []
        self._waiting: dict[str, _CallState] = {}  # states of calls without a result so far
        self._raw: Raw = (0, 0)  # of the reply that made them

    def add(self, item: ContinueItem, raw: Raw) -> None:
        """Add an item."""
        message = item.message
        if message is None:
            self._account.miss_record("an item of the history without a message")
            return
        role, text = text_of(message.role), message_blocks(message.content).text
        if role == "tool":
            call_id = text_of(message.tool_call_id)
            state = self._waiting.pop(call_id, None)
            failed = state is not None and state.status == _FAILED
            self._session.result(call_id, text, raw, is_error=failed)
            return
        self.settle()
        if role == "assistant":
            self._reply(item, message, text, raw)
        elif role == "thinking":
            self._thoughts.append(text)
        elif role == "user":
            self._session.prompt(text, raw)
            for given in item.context_items or ():
                self._session.context(_named(given), raw)
        else:
            self._session.notice(text, raw)

    def settle(self) -> None:
        """Add the results that only the states of their calls have."""
        for call_id, state in self._waiting.items():
            text = "\n".join(filter(None, (text_of(item.content) for item in state.output or ())))
            if text or state.status == _FAILED:
                failed = state.status == _FAILED
                self._session.result(call_id, text, self._raw, is_error=failed)
        self._waiting = {}

    def _reply(self, item: ContinueItem, message: _ContinueMessage, text: str, raw: Raw) -> None:
        own = text_of(item.reasoning.text) if item.reasoning else ""
        thoughts, self._thoughts = self._thoughts, []
        states = item.tool_call_states or []
        if item.tool_call_state is not None and not states:
            states = [item.tool_call_state]
        calls = calls_in(message.tool_calls, self._account.miss)
        turn = self._session.reply(
            text,
            raw,
            reasoning="\n\n".join(filter(None, (*thoughts, own))),
            calls=calls or [call for state in states for call in _called(state)],
        )
        self._waiting = {text_of(state.tool_call_id): state for state in states}
        self._raw = raw
        if any(state.status == _STOPPED for state in states):
            turn.flags |= StepFlag.INTERRUPTED


def _called(state: _CallState) -> list[Part]:
    """The call of a state: some messages leave their calls to it."""
    call_id = text_of(state.tool_call_id)
    calls = calls_in(state.tool_call) if memoryview(state.tool_call).nbytes else []
    return [msgspec.structs.replace(call, call_id=call.call_id or call_id) for call in calls]


def _named(given: _ContextItem) -> str:
    """A thing that was given, below its name."""
    name = text_of(given.description) or text_of(given.name)
    return "\n".join(filter(None, (name, text_of(given.content))))
