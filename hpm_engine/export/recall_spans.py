"""Recorded recalls as spans of OpenTelemetry, in the conventions for memory of generative AI.

OTLP's JSON, a document of one resource. The conventions are in development: what they name is under
``gen_ai``, what only this program knows under ``hpm``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from hpm_engine.values.recall import PastRecall
from hpm_engine.version import __version__

_OPERATION = "search_memory"
_INTERNAL = 1  # the kind of a span that asks no other computer
_MICROSECOND, _MILLISECOND = 1_000, 1_000_000  # nanoseconds


def spans_document(recalls: Iterator[PastRecall], store_id: str, *, texts: bool) -> Iterator[bytes]:
    """The document in pieces; cues and what was found only with ``texts``."""
    resource = _attributes({"service.name": "hpm", "service.version": __version__})
    scope = {"name": "hpm_engine.recall", "version": __version__}
    head = {"resource": {"attributes": resource}, "scopeSpans": [{"scope": scope, "spans": []}]}
    begin, end = json.dumps({"resourceSpans": [head]}).split('"spans": []')
    yield f'{begin}"spans": ['.encode()
    for number, recall in enumerate(recalls):
        separator = ",\n" if number else "\n"
        yield (separator + json.dumps(_span(recall, store_id, texts))).encode()
    yield f"\n]{end}\n".encode()


def _span(recall: PastRecall, store_id: str, texts: bool) -> dict[str, Any]:
    # The same recall has the same ids in each export, so that who collects them has it once.
    digest = sha256(f"{store_id}:recall:{recall.id}".encode()).hexdigest()
    ended = recall.at * _MICROSECOND
    attributes: dict[str, Any] = {
        "gen_ai.operation.name": _OPERATION,
        "gen_ai.memory.store.id": store_id,
        "hpm.recall.id": recall.id,
        "hpm.recall.actor": recall.actor,
        "hpm.recall.hits": len(recall.hits),
        "hpm.recall.context.tokens": recall.tokens,
        "hpm.recall.context.sha256": recall.context_sha256,
    }
    if recall.into:
        attributes["gen_ai.conversation.id"] = recall.into
    if texts:
        records = [
            {"id": f"episode:{hit.episode_id}", "score": hit.score, "content": hit.task}
            for hit in recall.hits
        ]
        attributes["gen_ai.memory.query.text"] = recall.cue
        attributes["gen_ai.memory.records"] = json.dumps(records, ensure_ascii=False)
    return {
        "traceId": digest[:32],
        "spanId": digest[32:48],
        "name": _OPERATION,
        "kind": _INTERNAL,
        "startTimeUnixNano": str(ended - round(recall.ms * _MILLISECOND)),
        "endTimeUnixNano": str(ended),
        "attributes": _attributes(attributes),
    }


def _attributes(values: dict[str, Any]) -> list[dict[str, Any]]:
    """Attributes as OTLP has them: whole numbers as text."""
    return [
        {
            "key": key,
            "value": {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value},
        }
        for key, value in values.items()
    ]
