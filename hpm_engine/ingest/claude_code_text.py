"""The blocks of a Claude Code session as text."""

from __future__ import annotations

import msgspec

from hpm_engine.ingest.claude_code_lines import Block
from hpm_engine.ingest.content import placeholder
from hpm_engine.ingest.typed_json import NO_JSON, TypedDecoder


class _Media(msgspec.Struct):
    """Where the data of an image or document is."""

    media_type: str | None = None
    data: msgspec.Raw = NO_JSON
    url: str | None = None


_MEDIA = TypedDecoder(_Media)


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
