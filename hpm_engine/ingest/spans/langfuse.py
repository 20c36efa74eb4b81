"""Langfuse exports: one trace with its observations, as its API and its web page write them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from hpm_engine.errors import NothingToImport
from hpm_engine.ingest.chat.records import outcome_of
from hpm_engine.ingest.json.text import Document
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.typed_records import typed_document, typed_items
from hpm_engine.ingest.spans.episode import AGENTS, SUCCESS_SCORES, span_episode
from hpm_engine.ingest.spans.message import word
from hpm_engine.ingest.spans.payload import decoded
from hpm_engine.ingest.spans.span import Span, SpanKind, payloads
from hpm_engine.ingest.steps.amounts import dollars, token_count
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.drafts import EpisodeDraft
from hpm_engine.values.episodes import Outcome

_KINDS = {
    "GENERATION": SpanKind.GENERATION,
    "TOOL": SpanKind.TOOL,
    "AGENT": SpanKind.AGENT,
}


class Score(msgspec.Struct):
    """A score of the trace."""

    name: object = None
    value: object = None


class Trace(msgspec.Struct):
    """The facts of the whole trace."""

    id: object = None
    name: object = None
    session_id: object = msgspec.field(default=None, name="sessionId")
    input: object = None
    output: object = None
    timestamp: object = None
    scores: list[Score] | None = None


class LangfuseObservation(msgspec.Struct):
    """One span."""

    id: object = None
    parent: object = msgspec.field(default=None, name="parentObservationId")
    type: object = None
    name: object = None
    started_at: object = msgspec.field(default=None, name="startTime")
    ended_at: object = msgspec.field(default=None, name="endTime")
    input: object = None
    output: object = None
    metadata: object = None
    model: object = None
    level: object = None
    message: object = msgspec.field(default=None, name="statusMessage")
    usage: dict[str, Any] | None = msgspec.field(default=None, name="usageDetails")
    cost: object = msgspec.field(default=None, name="totalCost")


class Export(msgspec.Struct):
    """The whole file."""

    trace: Trace = msgspec.field(default_factory=Trace)
    observations: list[msgspec.Raw] = []


_EXPORT = TypedDecoder(Export)
_OBSERVATION = TypedDecoder(LangfuseObservation)


class LangfuseReader:
    """One episode for each trace, which is one run; a session joins several runs."""

    format = "langfuse"

    def recognises(self, source: SourceFile) -> bool:
        """Whether the source is an object with a trace and its observations."""
        trace = source.opening.keys.get("trace")
        if not isinstance(trace, dict):
            return False
        return "observations" in source.opening.keys or "observations" in trace

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The trace's episode. Raises ``NothingToImport`` for observations without text."""
        document = Document(source.name, source.read())
        export = typed_document(document, _EXPORT, "an export", source.account)
        spans = [
            _span(line.record, (line.start, line.size))
            for line in typed_items(
                document, export.observations, _OBSERVATION, "an observation", source.account
            )
        ]
        trace = export.trace
        if not any(span.asked or span.returned for span in spans):
            whole = payloads(trace.input, trace.output)
            spans.append(Span("", started_at=micros(trace.timestamp), said=whole))
        episode = span_episode(
            self.format,
            spans,
            key=word(trace.id),
            agent=word(trace.name) or self.format,
            project=_service(export),
        )
        if episode is None:
            raise NothingToImport(
                f"{source.name}: {len(spans):,} observations without any text. "
                "Export the trace with its inputs and outputs."
            )
        episode.outcome = _outcome(trace.scores or [])
        yield episode


def _span(record: LangfuseObservation, raw: tuple[int, int]) -> Span:
    usage = record.usage or {}
    return Span(
        id=word(record.id),
        parent=word(record.parent),
        kind=_KINDS.get(word(record.type), SpanKind.OTHER),
        name=word(record.name),
        started_at=micros(record.started_at),
        ended_at=micros(record.ended_at),
        agent=_agent(record),
        model=word(record.model),
        tokens_in=_used(usage, "input"),
        tokens_out=_used(usage, "output"),
        cost_usd=dollars(record.cost) or None,
        error=(word(record.message) or "Failed.") if record.level == "ERROR" else "",
        raw=raw,
        said=payloads(record.input, record.output),
    )


def _agent(record: LangfuseObservation) -> str:
    """The agent of several, or the node of a graph, that asked the model."""
    if record.type != "GENERATION":
        return ""
    metadata = decoded(record.metadata)
    known = metadata if isinstance(metadata, dict) else {}
    attributes = known.get("attributes")
    inner = attributes if isinstance(attributes, dict) else {}
    return next((name for key in AGENTS if (name := word(known.get(key) or inner.get(key)))), "")


def _used(usage: dict[str, Any], side: str) -> int | None:
    """The tokens of one side: Langfuse counts cached and reasoning tokens separately."""
    counts = [
        count
        for key, value in usage.items()
        if key == side or key.startswith(f"{side}_")
        if (count := token_count(value)) is not None
    ]
    return token_count(sum(counts)) if counts else None


def _service(export: Export) -> str:
    """The name of the service that sent the trace; "" for none."""
    for raw in export.observations[:1]:
        metadata = decoded((_OBSERVATION.nested(raw) or LangfuseObservation()).metadata)
        resource = metadata.get("resourceAttributes") if isinstance(metadata, dict) else None
        name = word(resource.get("service.name")) if isinstance(resource, dict) else ""
        return "" if name.startswith("unknown_service") else name
    return ""


def _outcome(scores: list[Score]) -> Outcome:
    for score in scores:
        if word(score.name).lower().replace(" ", "_").replace("-", "_") in SUCCESS_SCORES:
            return outcome_of(score.value)
    return Outcome.UNKNOWN
