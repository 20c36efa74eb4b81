"""The blocks of a Claude Code session as text."""

from __future__ import annotations

import msgspec

from hpm_engine.ingest.claude_code.lines import Block, blocks
from hpm_engine.ingest.json.raw_values import NO_JSON, string
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.steps.content import placeholder


class _Media(msgspec.Struct):
    """The source of an image or document; a document is data, plain text or blocks."""

    type: str | None = None
    media_type: str | None = None
    data: msgspec.Raw = NO_JSON
    url: str | None = None
    content: msgspec.Raw = NO_JSON


_MEDIA = TypedDecoder(_Media)


def block_text(block: Block) -> str:
    """A block as text; images and packed documents as a placeholder with their size."""
    if block.type == "text":
        return block.text or ""
    media = _MEDIA.nested(block.source)
    if media is not None:
        if text := _document_text(media):
            return text
        kind = media.media_type or block.type
        size = memoryview(media.data).nbytes
        return placeholder(kind, size - 2) if size > 2 else f"[{kind} {media.url or ''}]"
    return f"[{block.type} {block.tool_name}]" if block.tool_name else f"[{block.type}]"


def _document_text(media: _Media) -> str:
    if media.type == "text":
        return string(media.data)
    return "\n".join(block.text for block in blocks(media.content) if block.text)
