"""Messages of OpenCode and their parts, as the agent wrote them in JSON."""

from __future__ import annotations

import msgspec

from hpm_engine.ingest.json.raw_values import NO_JSON, raw_text
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.steps.amounts import dollars, token_count
from hpm_engine.ingest.steps.content import placeholder
from hpm_engine.ingest.steps.gathered import Spent
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.episodes import Part, PartKind

_DATA = "data:"
# Parts that say nothing of their own: snapshots, sums that the message has too, mentions.
BOOKKEEPING = frozenset(("agent", "compaction", "patch", "snapshot", "step-finish", "step-start"))


class OpenCodeMessage(msgspec.Struct):
    """A message; its words are in its parts."""

    role: object = None
    time: object = None
    model_id: object = msgspec.field(default=None, name="modelID")
    model: object = None
    path: object = None
    tokens: object = None
    cost: object = None
    error: object = None
    summary: object = None
    parts: msgspec.Raw = NO_JSON  # of the first messages alone, as is
    metadata: msgspec.Raw = NO_JSON

    @property
    def at(self) -> int | None:
        """When it was begun."""
        return micros(_inner(self.time, "created"))

    @property
    def model_name(self) -> str:
        """The model's name; "" for none."""
        inner = _inner(self.model, "modelID") or _inner(self.model, "id") or self.model
        return text(self.model_id) or text(inner)

    @property
    def cwd(self) -> str:
        """The folder in which the agent worked."""
        return text(_inner(self.path, "cwd")) or text(self.path)

    @property
    def spent(self) -> Spent:
        """Tokens and dollars of a reply."""
        return spent(self.tokens, self.cost)

    @property
    def is_summary(self) -> bool:
        """Whether it is the agent's summary of what went before."""
        return self.summary is True

    @property
    def failure(self) -> str:
        """The error that ended it, in the provider's words; "" for none."""
        message = _inner(_inner(self.error, "data"), "message") or _inner(self.error, "message")
        return text(message) or text(_inner(self.error, "name")) or text(self.error)

    @property
    def is_aborted(self) -> bool:
        """Whether a person stopped it."""
        return _inner(self.error, "name") == "MessageAbortedError"


class StoredSession(msgspec.Struct):
    """A session's own file, before there was a database; also a project's."""

    title: object = None
    directory: object = None
    worktree: object = None
    parent_id: object = msgspec.field(default=None, name="parentID")
    time: object = None
    revert: msgspec.Raw = NO_JSON

    @property
    def created_at(self) -> int | None:
        """When it was made."""
        return micros(_inner(self.time, "created"))


class _ToolState(msgspec.Struct):
    status: object = None
    input: msgspec.Raw = NO_JSON
    output: msgspec.Raw = NO_JSON
    error: msgspec.Raw = NO_JSON
    attachments: object = None


class OpenCodePart(msgspec.Struct):
    """A part of a message: words, thoughts, a call with its result, a file."""

    id: object = None
    type: object = None
    text: object = None
    synthetic: object = None
    ignored: object = None
    tool: object = None
    call_id: object = msgspec.field(default=None, name="callID")
    state: msgspec.Raw = NO_JSON
    mime: object = None
    filename: object = None
    url: object = None
    prompt: object = None
    error: object = None
    tokens: object = None
    cost: object = None

    @property
    def is_added(self) -> bool:
        """Whether the program put it in."""
        return self.synthetic is True or self.ignored is True

    @property
    def file(self) -> str:
        """A file as text: its type and its size or its name."""
        mime, url = text(self.mime) or "file", text(self.url)
        if url.startswith(_DATA):
            return placeholder(mime, len(url))
        name = text(self.filename) or url
        return f"[{mime}: {name}]" if name else f"[{mime}]"

    @property
    def failure(self) -> str:
        """The error of an attempt that was made again."""
        message = _inner(_inner(self.error, "data"), "message") or _inner(self.error, "message")
        return text(message) or text(self.error)

    def call(self) -> tuple[Part, Part | None]:
        """The call of a tool, and its result if it has one."""
        state = _STATE.nested(self.state) or _ToolState()
        identity, name = text(self.call_id), text(self.tool)
        call = Part(PartKind.CALL, raw_text(state.input), name, identity)
        failed = state.status == "error"
        if not failed and state.status not in ("completed", "success"):
            return call, None
        words = raw_text(state.error if failed else state.output)
        return call, Part(PartKind.RESULT, words + _files(state.attachments), "", identity, failed)


_STATE = TypedDecoder(_ToolState)
STORED_SESSION = TypedDecoder(StoredSession)
MESSAGE = TypedDecoder(OpenCodeMessage)
PART = TypedDecoder(OpenCodePart)


def spent(tokens: object, cost: object) -> Spent:
    """What tokens and a cost come to; cached tokens were read, reasoning ones written."""
    cache = _inner(tokens, "cache")
    read = [_inner(tokens, "input"), _inner(cache, "read"), _inner(cache, "write")]
    written = [_inner(tokens, "output"), _inner(tokens, "reasoning")]
    return Spent(_sum(read), _sum(written), dollars(cost))


def _sum(values: list[object]) -> int | None:
    known = [count for value in values if (count := token_count(value)) is not None]
    return sum(known) if known else None


def _files(attachments: object) -> str:
    files = (
        [part for part in attachments if isinstance(part, dict)]
        if (isinstance(attachments, list))
        else []
    )
    shown = [
        OpenCodePart(mime=part.get("mime"), filename=part.get("filename"), url=part.get("url")).file
        for part in files
    ]
    return "".join(f"\n{file}" for file in shown)


def _inner(value: object, key: str) -> object:
    return value.get(key) if isinstance(value, dict) else None


def text(value: object) -> str:
    """The value, if it is a text; else ""."""
    return value if isinstance(value, str) else ""
