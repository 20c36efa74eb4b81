"""The messages of a task, in Anthropic's shape, with what Cline adds to them."""

from __future__ import annotations

import msgspec

from hpm_engine.ingest.json.raw_values import NO_JSON
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.steps.amounts import dollars, token_count
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.gathered import Spent


class _TokenCounts(msgspec.Struct):
    """Tokens of a reply, as newer versions nest them."""

    prompt: object = None
    completion: object = None


class _Metrics(msgspec.Struct, rename="camel"):
    """What a reply cost; ``input_tokens`` of the command line include the cached ones."""

    input_tokens: object = None
    output_tokens: object = None
    tokens: _TokenCounts | None = None
    cost: object = None


class _ModelInfo(msgspec.Struct, rename="camel"):
    """The model of a reply."""

    id: object = None
    model_id: object = None


class ClineMessage(msgspec.Struct, rename="camel"):
    """One message of either side."""

    role: object = None
    content: msgspec.Raw = NO_JSON
    ts: object = None
    is_summary: object = None  # it replaced what was said before
    is_truncation_marker: object = None
    model_info: _ModelInfo | None = None
    metrics: _Metrics | None = None

    @property
    def model(self) -> str:
        """The model of a reply; "" where the message does not say."""
        info = self.model_info
        return (text_of(info.id) or text_of(info.model_id)) if info else ""

    @property
    def spent(self) -> Spent:
        """What a reply cost, as far as the message says it."""
        metrics = self.metrics
        if metrics is None:
            return Spent()
        nested = metrics.tokens or _TokenCounts()
        read, written = token_count(metrics.input_tokens), token_count(metrics.output_tokens)
        return Spent(
            token_count(nested.prompt) if read is None else read,
            token_count(nested.completion) if written is None else written,
            dollars(metrics.cost),
        )


MESSAGE = TypedDecoder(ClineMessage)
