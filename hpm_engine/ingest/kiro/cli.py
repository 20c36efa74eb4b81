"""Kiro's command line: lines in ``~/.kiro/sessions/cli``, a small file of facts beside them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import msgspec

from hpm_engine.ingest.json.raw_values import NO_JSON, elements, raw_text
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.sources.file_name import stem
from hpm_engine.ingest.sources.first_values import first_values
from hpm_engine.ingest.sources.line_records import typed_lines
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.steps.blocks import BlockResult, Blocks, content_text
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.conversation import Turn
from hpm_engine.ingest.steps.gathered import GatheredSession, Raw
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.drafts import EpisodeDraft
from hpm_engine.values.episodes import Part, PartKind

FORMAT = "kiro-cli"
_KINDS = ("Prompt", "AssistantMessage", "ToolResults")
FAILED = ("error", "failed", "failure", "cancelled")


class KiroBlock(msgspec.Struct):
    """A block of a message; what ``data`` is depends on the kind.

    Results in the database have blocks of another shape: one field, ``Text`` or ``Json``.
    """

    kind: object = None
    data: msgspec.Raw = NO_JSON
    text: object = msgspec.field(default=None, name="Text")
    json: msgspec.Raw = msgspec.field(default=NO_JSON, name="Json")


class KiroToolBlock(msgspec.Struct):
    """A call, or the result of one."""

    id: object = msgspec.field(default=None, name="toolUseId")
    name: object = None
    input: msgspec.Raw = NO_JSON
    content: msgspec.Raw = NO_JSON
    status: object = None


class PromptMeta(msgspec.Struct):
    """What only prompts have: their time."""

    timestamp: object = None


class KiroMessage(msgspec.Struct):
    """What a line holds."""

    content: msgspec.Raw = NO_JSON
    id: object = msgspec.field(default=None, name="message_id")
    meta: PromptMeta | None = None
    model: object = msgspec.field(default=None, name="modelId")
    summary: object = None


class KiroLine(msgspec.Struct):
    """One line."""

    kind: object = None
    version: object = None
    data: KiroMessage | None = None


class KiroAskedModel(msgspec.Struct):
    """The model that a session asks now."""

    model_id: object = None


class KiroModelState(msgspec.Struct):
    """What is known of the model."""

    model_info: KiroAskedModel | None = None


class KiroState(msgspec.Struct):
    """What the command line keeps of a session for itself."""

    rts_model_state: KiroModelState | None = None


class KiroFacts(msgspec.Struct):
    """The file beside a session."""

    session_id: object = None
    cwd: object = None
    title: object = None
    created_at: object = None
    updated_at: object = None
    session_state: KiroState | None = None


_LINE = TypedDecoder(KiroLine)
_BLOCK = TypedDecoder(KiroBlock)
_TOOL = TypedDecoder(KiroToolBlock)
_FACTS = TypedDecoder(KiroFacts)


class KiroSessions:
    """The sessions that Kiro's command line writes as lines."""

    def recognises(self, source: SourceFile) -> bool:
        """Whether a first record is a message of Kiro."""
        if any(r.get("kind") in _KINDS and "data" in r for r in source.records):
            return True
        lines = first_values(source, _LINE, b'"AssistantMessage"', b'"Prompt"', b'"ToolResults"')
        return any(line.kind in _KINDS and line.data is not None for line in lines)

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The one session of a file; its folder, title and times are in the file beside it."""
        source.must_fit("session", "Split it.")
        gathered = GatheredSession(FORMAT, stem(source.name))
        _note_facts(gathered, source)
        message = ""  # the id of the last line's message, of which a line may be a piece
        for _, start, size, line in typed_lines(source, _LINE, source.account):
            before, message = message, text_of(line.data.id) if line.data else ""
            goes_on = bool(message) and message == before
            _add(gathered, line, (start, size), source.account, goes_on=goes_on)
        draft = gathered.draft()
        if draft is None:
            raise source.account.nothing(source.name, "a session of Kiro without a message.")
        yield draft


def _note_facts(gathered: GatheredSession, source: SourceFile) -> None:
    try:
        facts = _FACTS.decode(source.beside(f"{stem(source.name)}.json") or b"") or KiroFacts()
    except ValueError:  # none beside, or a damaged one
        return
    gathered.key = text_of(facts.session_id) or gathered.key
    gathered.cwd = text_of(facts.cwd)
    gathered.agent_name = text_of(facts.title)
    state = facts.session_state.rts_model_state if facts.session_state else None
    if state is not None and state.model_info is not None:
        gathered.model = text_of(state.model_info.model_id)
    gathered.started_at, gathered.ended_at = micros(facts.created_at), micros(facts.updated_at)


def _add(
    gathered: GatheredSession, line: KiroLine, raw: Raw, account: Account, *, goes_on: bool
) -> None:
    spoken = line.data or KiroMessage()
    at = micros(spoken.meta.timestamp) if spoken.meta else None
    blocks = _sorted(spoken.content, account)
    if line.kind == "Prompt":
        gathered.prompt(blocks.text, raw, at)
    elif line.kind == "AssistantMessage" and goes_on and gathered.conversation.last is not None:
        gathered.note_time(at)
        _go_on(gathered, gathered.conversation.last, blocks)
    elif line.kind == "AssistantMessage":
        gathered.reply(
            blocks.text,
            raw,
            at,
            reasoning=blocks.reasoning,
            calls=blocks.calls,
            model=text_of(spoken.model),
        )
    elif line.kind in ("Compaction", "Summary"):
        gathered.summary(text_of(spoken.summary) or blocks.text, raw, at)
    elif line.kind == "Clear":
        account.pass_over("bookkeeping: the screen was cleared")
        return
    elif line.kind != "ToolResults":
        kind = text_of(line.kind)[:40]
        account.miss_record(f"a line of kind {kind}" if kind else "a line without a kind")
        return
    for result in blocks.results:
        gathered.result(result.call_id, result.text, raw, at, is_error=result.is_error)


def _go_on(gathered: GatheredSession, turn: Turn, blocks: Blocks) -> None:
    """Add the next piece of a message to its reply."""
    for kind, words in ((PartKind.REASONING, blocks.reasoning), (PartKind.MESSAGE, blocks.text)):
        last = turn.parts[-1] if turn.parts else None
        if words and last is not None and last.kind is kind:
            turn.parts[-1] = msgspec.structs.replace(last, text=last.text + words)
        elif words:
            turn.parts.append(Part(kind, words))
    gathered.conversation.call(turn, blocks.calls)


def _sorted(content: msgspec.Raw, account: Account) -> Blocks:
    blocks = Blocks([], [], [], [])
    for raw in elements(content):
        block = _BLOCK.nested(raw, partial(account.miss_field, "a block")) or KiroBlock()
        kind = text_of(block.kind)
        tool = _TOOL.nested(block.data) or KiroToolBlock()
        if kind == "text":
            blocks.texts.append(content_text(block.data))
        elif kind in ("thinking", "reasoning"):
            blocks.thoughts.append(content_text(block.data))
        elif kind == "toolUse":
            name, call_id = text_of(tool.name), text_of(tool.id)
            blocks.calls.append(Part(PartKind.CALL, raw_text(tool.input), name, call_id))
        elif kind == "toolResult":
            failed = tool.status in FAILED
            blocks.results.append(BlockResult(text_of(tool.id), result_text(tool.content), failed))
        elif kind == "image":
            blocks.texts.append("[image]")
        else:
            account.miss(f"a block of kind {kind[:40]}" if kind else "a block without a kind")
    return blocks


def result_text(content: msgspec.Raw) -> str:
    """The text of a result: blocks of this dialect, or any other content."""
    texts = []
    for raw in elements(content):
        block = _BLOCK.nested(raw) or KiroBlock()
        held = block.data if block.kind is not None else block.json
        if block.text is None and not memoryview(held).nbytes:
            return content_text(content)
        texts.append(text_of(block.text) or content_text(held))
    return "\n".join(filter(None, texts)) if texts else content_text(content)
