"""Messages of a Hermes session, added to it: documents, lines and rows tell them alike."""

from __future__ import annotations

import msgspec

from hpm_engine.ingest.json.raw_values import NO_JSON, elements, is_string, raw_text, string
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.steps.blocks import message_blocks, plain_value
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.gathered import GatheredSession, Raw
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.episodes import Part, PartKind

# Messages in the person's name that Hermes writes itself.
_OWN = (
    "[SYSTEM:",
    "[System:",
    "You just executed tool calls but returned an empty response",
    "[CONTEXT COMPACTION",
    "[Your active task list was preserved",
)
_COMPACTION = "[CONTEXT COMPACTION"
_EMPTY_THOUGHTS = ("<think>", "")
_LONGEST_ERROR = 4 * 1024 * 1024  # characters of a result that is looked into


class Function(msgspec.Struct):
    """What is called."""

    name: object = None
    arguments: msgspec.Raw = NO_JSON


class Call(msgspec.Struct):
    """A call, in OpenAI's dialect."""

    id: object = None
    call_id: object = None
    name: object = None
    arguments: msgspec.Raw = NO_JSON
    function: Function | None = None

    @property
    def part(self) -> Part:
        """The call as a part."""
        function = self.function or Function(self.name, self.arguments)
        name, call_id = text_of(function.name), text_of(self.id or self.call_id)
        return Part(PartKind.CALL, raw_text(function.arguments), name, call_id)


class HermesMessage(msgspec.Struct):
    """One message; ``tool_calls`` is a list, or in the database its JSON as a text."""

    role: object = None
    content: msgspec.Raw = NO_JSON
    tool_calls: msgspec.Raw = NO_JSON
    tool_call_id: object = None
    timestamp: object = None
    model: object = None
    reasoning: object = None
    reasoning_content: object = None


_CALL = TypedDecoder(Call)


def add_hermes_message(
    gathered: GatheredSession, message: HermesMessage, raw: Raw, account: Account
) -> bool:
    """Add one message; False for one whose role is unknown."""
    at = micros(message.timestamp)
    text = message_blocks(message.content).text
    if message.role == "user":
        _ask(gathered, text, raw, at)
    elif message.role == "assistant":
        gathered.reply(
            text.strip(),  # as documents have it: so both tell one session alike
            raw,
            at,
            reasoning=_thoughts(message),
            calls=_calls(message.tool_calls, account),
            model=text_of(message.model) or gathered.model,
        )
    elif message.role == "tool":
        failed = _failed(text)
        gathered.result(text_of(message.tool_call_id), text, raw, at, is_error=failed)
    elif message.role == "system":
        gathered.notice(text, raw, at)
    elif message.role == "session_meta":
        account.pass_over("bookkeeping: what the tools are")
    else:
        return False
    return True


def _ask(gathered: GatheredSession, text: str, raw: Raw, at: int | None) -> None:
    start = text.lstrip()
    if start.startswith(_COMPACTION):
        gathered.summary(text, raw, at)
    elif start.startswith(_OWN):
        gathered.context(text, raw, at)
    else:
        gathered.prompt(text, raw, at)


def _thoughts(message: HermesMessage) -> str:
    for thoughts in (message.reasoning, message.reasoning_content):
        if isinstance(thoughts, str) and thoughts.strip() not in _EMPTY_THOUGHTS:
            return thoughts
    return ""


def _calls(raw: msgspec.Raw, account: Account) -> list[Part]:
    if is_string(raw):
        raw = msgspec.Raw(string(raw).encode())
    parts = []
    for item in elements(raw):
        call = _CALL.nested(item)
        if call is None:
            account.miss("a call that is no object")
        else:
            parts.append(call.part)
    return parts


def _failed(text: str) -> bool:
    """Whether a result is an error: Hermes's tools give an object whose ``error`` says why."""
    if not text.lstrip().startswith("{") or len(text) > _LONGEST_ERROR:
        return False
    value = plain_value(msgspec.Raw(text.encode("utf-8", "replace")))
    return isinstance(value, dict) and bool(value.get("error"))
