"""OpenTelemetry traces with GenAI spans, as OTLP/JSON: one document, or one for each line.

Reference: opentelemetry-proto, "OTLP/JSON protobuf encoding" (hex ids, 64-bit numbers as strings).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from hpm_engine.ingest.json.raw_values import NO_JSON, elements
from hpm_engine.ingest.json.text import located
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.sources.json_records import json_records
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.typed_records import typed_record
from hpm_engine.ingest.spans.episode import span_episode
from hpm_engine.ingest.spans.message import word
from hpm_engine.ingest.spans.otlp_payloads import kind_of, received, returned
from hpm_engine.ingest.spans.otlp_values import attributes
from hpm_engine.ingest.spans.span import Span, SpanKind, payloads
from hpm_engine.ingest.steps.amounts import dollars, token_count
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.drafts import EpisodeDraft

_DETAILS = "gen_ai.client.inference.operation.details"
_SESSIONS = ("gen_ai.conversation.id", "session.id", "langfuse.session.id")


class OtlpEvent(msgspec.Struct):
    """An event within a span."""

    name: object = None
    attributes: object = None


class OtlpStatus(msgspec.Struct):
    """The end of a span: code 2 is an error."""

    code: object = None
    message: object = None


class OtlpSpan(msgspec.Struct, rename="camel"):
    """One span."""

    trace_id: object = None
    span_id: object = None
    parent_span_id: object = None
    name: object = None
    start_time_unix_nano: object = None
    end_time_unix_nano: object = None
    attributes: object = None
    events: list[OtlpEvent] | None = None
    status: OtlpStatus | None = None


class ScopeSpans(msgspec.Struct):
    """The spans of one instrumentation."""

    spans: msgspec.Raw = NO_JSON


class Resource(msgspec.Struct):
    """The service that sent the spans."""

    attributes: object = None


class ResourceSpans(msgspec.Struct, rename="camel"):
    """The spans of one service; old exporters call their scopes instrumentation libraries."""

    resource: Resource | None = None
    scope_spans: msgspec.Raw = NO_JSON
    instrumentation_library_spans: msgspec.Raw = NO_JSON


class OtlpBatch(msgspec.Struct, rename="camel"):
    """One export request."""

    resource_spans: msgspec.Raw = NO_JSON


_BATCH = TypedDecoder(OtlpBatch)
_RESOURCE = TypedDecoder(ResourceSpans)
_SCOPE = TypedDecoder(ScopeSpans)
_SPAN = TypedDecoder(OtlpSpan)


class _Trace:
    """The spans of one trace or conversation."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.agent = ""
        self.service = ""


class OtlpReader:
    """One episode for each trace; traces of one conversation are one episode."""

    format = "otlp"

    def recognises(self, source: SourceFile) -> bool:
        """Whether the source, or one of its first lines, is an export of spans."""
        return any("resourceSpans" in record for record in source.records)

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The episodes, in the order of their first spans.

        Raises ``NothingToImport`` where no span is of a model or a tool, ``LimitExceeded`` where
        the source does not fit into memory: a trace's spans may be anywhere in it.
        """
        source.must_fit()
        traces: dict[str, _Trace] = {}
        sessions: dict[str, str] = {}
        count = 0
        met: set[tuple[str, str, int]] = set()
        for line in json_records(source):
            before, repeated = count, False
            for service, record, offset, size in _spans(line.record, source.account):
                span = word(record.trace_id), word(record.span_id)
                written = (*span, hash(line.record[offset : offset + size]))
                if all(span) and written in met:  # an exporter sent it once more
                    repeated = True
                    continue
                met.add(written)
                values = attributes(record.attributes)
                trace_id = word(record.trace_id)
                session = next((word(values[key]) for key in _SESSIONS if key in values), "")
                if session:
                    sessions.setdefault(trace_id, session)
                trace = traces.setdefault(trace_id, _Trace())
                trace.agent = trace.agent or word(values.get("gen_ai.agent.name"))
                trace.service = trace.service or service
                trace.spans.append(_span(record, values, (line.start + offset, size)))
                count += 1
            if repeated and count == before:
                source.account.pass_over("a record of spans that were met before")
        empty = True
        for key, trace in _joined(traces, sessions).items():
            agent = trace.agent or trace.service or self.format
            if all(span.kind in (SpanKind.AGENT, SpanKind.OTHER) for span in trace.spans):
                continue
            draft = span_episode(
                self.format, trace.spans, key=key, agent=agent, project=trace.service
            )
            if draft is not None:
                empty = False
                yield draft
        if empty:
            raise source.account.nothing(
                source.name,
                f"{count:,} spans, none of a model's or a tool's call that holds "
                "text or tokens. Turn on the capture of message content where they are made.",
            )


def _spans(data: bytes, account: Account) -> Iterator[tuple[str, OtlpSpan, int, int]]:
    """Each span with its service's name, first byte and size."""
    offset = 0
    batch = typed_record(data, _BATCH, account, "a batch") or OtlpBatch()
    if not memoryview(batch.resource_spans).nbytes:
        account.pass_over("a record without spans")
    for outer in elements(batch.resource_spans):
        resource = typed_record(bytes(outer), _RESOURCE, account, "a resource") or ResourceSpans()
        values = attributes(resource.resource.attributes) if resource.resource else {}
        name = word(values.get("service.name"))
        service = "" if name.startswith("unknown_service") else name
        scopes = (resource.scope_spans, resource.instrumentation_library_spans)
        for inner in (scope for scope_list in scopes for scope in elements(scope_list)):
            scope = typed_record(bytes(inner), _SCOPE, account, "a scope") or ScopeSpans()
            for raw in elements(scope.spans):
                ((record, offset),) = located(data, [raw], max(data.find(raw, offset), 0))
                span = typed_record(record, _SPAN, account, "a span")
                if span is None:
                    account.miss("a span")
                else:
                    yield service, span, offset, len(record)
                offset += len(record)


def _span(record: OtlpSpan, values: dict[str, Any], raw: tuple[int, int]) -> Span:
    events = [(word(event.name), attributes(event.attributes)) for event in record.events or ()]
    for name, event in events:
        if name == _DETAILS:
            values = {**event, **values}
    kind = kind_of(values)
    status = record.status or OtlpStatus()
    failed = status.code in (2, "STATUS_CODE_ERROR")
    counts = kind is SpanKind.GENERATION
    own = "gen_ai.agent.name" if kind is SpanKind.AGENT else "gen_ai.tool.name"
    call_id = values.get("gen_ai.tool.call.id") or values.get("ai.toolCall.id")
    return Span(
        id=word(record.span_id),
        parent=word(record.parent_span_id),
        kind=kind,
        name=word(_any(values, own, "tool.name", "ai.toolCall.name")) or word(record.name),
        started_at=micros(record.start_time_unix_nano),
        ended_at=micros(record.end_time_unix_nano),
        call_id=word(call_id),
        agent=word(values.get("gen_ai.agent.name")) if counts else "",
        model=word(_any(values, "gen_ai.response.model", "gen_ai.request.model", "llm.model_name")),
        tokens_in=_tokens(values, "input_tokens", "prompt") if counts else None,
        tokens_out=_tokens(values, "output_tokens", "completion") if counts else None,
        cost_usd=dollars(_any(values, "gen_ai.usage.cost", "llm.cost.total")) if counts else None,
        error=(word(status.message) or "Failed.") if failed else "",
        raw=raw,
        said=payloads(received(values, events), returned(values, events)),
    )


def _tokens(values: dict[str, Any], name: str, old: str) -> int | None:
    keys = (f"gen_ai.usage.{name}", f"gen_ai.usage.{old}_tokens", f"llm.token_count.{old}")
    return token_count(_any(values, *keys, f"ai.usage.{old}Tokens"))


def _any(values: dict[str, Any], *keys: str) -> object:
    return next((values[key] for key in keys if values.get(key) is not None), None)


def _joined(traces: dict[str, _Trace], sessions: dict[str, str]) -> dict[str, _Trace]:
    """The traces by conversation, or by their own id."""
    joined: dict[str, _Trace] = {}
    for trace_id, trace in traces.items():
        key = sessions.get(trace_id, trace_id)
        if key in joined:
            joined[key].spans.extend(trace.spans)
        else:
            joined[key] = trace
    return joined
