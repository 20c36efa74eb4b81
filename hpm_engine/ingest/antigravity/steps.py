"""The steps of a conversation of Antigravity, added to a session."""

from __future__ import annotations

from typing import Any

import msgspec

from hpm_engine.ingest.json.plain_values import items, mapping, text
from hpm_engine.ingest.json.text import ANYTHING
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.line_records import Located
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.gathered import GatheredSession, Raw
from hpm_engine.ingest.steps.times import micros
from hpm_engine.ingest.steps.wrappers import inside
from hpm_engine.values.episodes import Part, PartKind, StepFlag, StepSource

SPEAKERS = ("USER_EXPLICIT", "MODEL")  # a person, and the agent with its tools
_ASKED = "USER_REQUEST"
_CONTEXTS = ("ADDITIONAL_METADATA", "USER_SETTINGS_CHANGE")
_RECENT = 20  # steps before a result among which its call is looked for


class AntigravityLine(msgspec.Struct):
    """One step, as a line."""

    step_index: object = None
    source: object = None
    type: object = None
    status: object = None
    created_at: object = None
    content: object = None
    thinking: object = None
    tool_calls: object = None


LINE = TypedDecoder(AntigravityLine)


class AntigravitySteps:
    """The steps so far; ``located``: their records are in the source that is read."""

    def __init__(self, gathered: GatheredSession) -> None:
        self.gathered = gathered
        self.located = True

    def add(self, line: Located[AntigravityLine], *, encoded: bool) -> str:
        """Add one step; returns what of it could not be read, "" for nothing.

        ``encoded``: each argument of a call is JSON in a text, as in abridged transcripts.
        """
        record = line.record
        raw = (line.start, line.size) if self.located else (0, 0)
        at, source, content = micros(record.created_at), record.source, text_of(record.content)
        failed = record.status == "ERROR"
        if source == "USER_EXPLICIT":
            self._prompt(content, raw, at)
        elif source == "MODEL" and record.type in ("PLANNER_RESPONSE", None):
            calls = [_call(mapping(call), encoded=encoded) for call in items(record.tool_calls)]
            thoughts = text(record.thinking)
            turn = self.gathered.reply(content, raw, at, reasoning=thoughts, calls=calls)
            if record.status in ("CANCELED", "CANCELLED"):
                turn.flags |= StepFlag.INTERRUPTED
        elif source == "MODEL":
            self._result(content, raw, at, failed=failed)
        elif source == "SYSTEM" and record.type == "CHECKPOINT":
            self.gathered.summary(content, raw, at)
        elif source in ("SYSTEM", "USER_IMPLICIT"):
            self.gathered.notice(content, raw, at, failed=failed)
        else:
            return f"a step of {text(source)[:40]}"
        return ""

    def _prompt(self, content: str, raw: Raw, at: int | None) -> None:
        for name in _CONTEXTS:
            self.gathered.context(inside(content, name), raw, at)
        asked = inside(content, _ASKED)
        for name in _CONTEXTS if asked else (*_CONTEXTS, _ASKED):
            asked, content = _without(asked, name), _without(content, name)
        self.gathered.words(asked.strip() or content.strip(), raw, at)

    def _result(self, content: str, raw: Raw, at: int | None, *, failed: bool) -> None:
        """Add a result: it belongs to the last calls that have none, only the order says so."""
        recent = reversed(self.gathered.turns[-_RECENT:])
        caller = next((turn for turn in recent if turn.waiting), None)
        if caller is not None and caller.source is StepSource.AGENT:
            caller.answer(content, "", "", failed)
        else:
            self.gathered.result("", content, raw, at, is_error=failed)


def _without(text: str, name: str) -> str:
    """A text without the first element of this name."""
    begin, end = text.find(f"<{name}>"), text.find(f"</{name}>")
    return text[:begin] + text[end + len(name) + 3 :] if 0 <= begin < end else text


def _call(call: dict[str, Any], *, encoded: bool) -> Part:
    given = call.get("args", call.get("arguments"))
    arguments = given
    if isinstance(given, dict) and encoded:
        arguments = {name: _decoded(value) for name, value in given.items()}
    words = given if isinstance(given, str) else msgspec.json.encode(arguments).decode()
    return Part(PartKind.CALL, "" if given is None else words, text(call.get("name")))


def _decoded(value: object) -> object:
    """The value of a text that is JSON; any other value as it is."""
    if not isinstance(value, str):
        return value
    try:
        return ANYTHING.decode(value)
    except (ValueError, RecursionError):
        return value
