"""Blocks and tool results of a Claude Code session as text."""

from __future__ import annotations

import msgspec

from hpm_engine.ingest.claude_code_lines import Block, blocks
from hpm_engine.ingest.content import placeholder
from hpm_engine.ingest.typed_json import NO_JSON, TypedDecoder, as_written


class _Media(msgspec.Struct):
    """Where the data of an image or document is."""

    media_type: str | None = None
    data: msgspec.Raw = NO_JSON
    url: str | None = None


class _Answers(msgspec.Struct):
    """The structured twin of an AskUserQuestion result: what the person chose."""

    answers: msgspec.Raw = NO_JSON


_MEDIA = TypedDecoder(_Media)
_ANSWERS = TypedDecoder(_Answers)
_ANSWER_TEXTS = msgspec.json.Decoder(dict[str, str])


def block_text(block: Block) -> str:
    """A block as text; images and documents as a placeholder with their size."""
    if block.type == "text":
        return block.text or ""
    media = _MEDIA.nested(block.source)
    if media is not None:
        kind = media.media_type or block.type
        size = memoryview(media.data).nbytes
        return placeholder(kind, size - 2) if size > 2 else f"[{kind} {media.url or ''}]"
    return f"[{block.type} {block.tool_name}]" if block.tool_name else f"[{block.type}]"


def result_text(block: Block, twin: msgspec.Raw) -> str:
    """The text of a tool result, with a person's answers where only ``twin`` has them."""
    if block.type == "tool_result":
        text = "\n".join(block_text(part) for part in blocks(block.content))
    else:  # results of the API's own tools are structured
        text = as_written(block.content)
    missing = [f"{question}: {answer}" for question, answer in _answers(twin) if answer not in text]
    return "\n".join((text, *missing)) if missing else text


def _answers(twin: msgspec.Raw) -> list[tuple[str, str]]:
    if memoryview(twin).nbytes == 0 or b'"answers"' not in bytes(memoryview(twin)):
        return []
    found = _ANSWERS.nested(twin)
    if found is None:
        return []
    try:
        return list(_ANSWER_TEXTS.decode(found.answers).items())
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return []
