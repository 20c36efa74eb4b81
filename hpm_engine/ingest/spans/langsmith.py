"""LangSmith runs, as its API and its bulk export write them.

Reference: docs.langchain.com/langsmith/run-data-format.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from hpm_engine.ingest.chat.records import outcome_of
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.typed_records import typed_records
from hpm_engine.ingest.spans.episode import AGENTS, SUCCESS_SCORES, span_episode
from hpm_engine.ingest.spans.message import word
from hpm_engine.ingest.spans.payload import decoded
from hpm_engine.ingest.spans.span import Span, SpanKind, payloads
from hpm_engine.ingest.steps.amounts import dollars, token_count
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.drafts import EpisodeDraft
from hpm_engine.values.episodes import Outcome

_KINDS = {"llm": SpanKind.GENERATION, "chat_model": SpanKind.GENERATION, "tool": SpanKind.TOOL}
_THREADS = ("session_id", "thread_id", "conversation_id")


class LangSmithRun(msgspec.Struct):
    """One run."""

    id: object = None
    name: object = None
    run_type: object = None
    inputs: object = None
    outputs: object = None
    start_time: object = None
    end_time: object = None
    error: object = None
    trace_id: object = None
    dotted_order: object = None
    parent_run_id: object = None
    extra: object = None
    session_name: object = None
    feedback_stats: object = None
    prompt_tokens: object = None
    completion_tokens: object = None
    total_cost: object = None


_RUN = TypedDecoder(LangSmithRun)


class LangSmithReader:
    """One episode for each trace; the traces of one thread are one episode."""

    format = "langsmith"

    def recognises(self, source: SourceFile) -> bool:
        """Whether one of the first records is a run."""
        return any(
            "run_type" in record and ("dotted_order" in record or "trace_id" in record)
            for record in source.records
        )

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The episodes, in the order of their first runs.

        Raises ``NothingToImport`` where no run has a text, ``LimitExceeded`` where the source does
        not fit into memory: a trace's runs may be anywhere in it.
        """
        source.must_fit()
        traces: dict[str, list[tuple[LangSmithRun, Span]]] = {}
        threads: dict[str, str] = {}
        for line in typed_records(source, _RUN, "a run"):
            run = line.record
            trace = word(run.trace_id) or _root_of(run) or word(run.id)
            if thread := _thread(run):
                threads.setdefault(trace, thread)
            traces.setdefault(trace, []).append((run, _span(run, (line.start, line.size))))
        episodes: dict[str, list[tuple[LangSmithRun, Span]]] = {}
        for trace, runs in traces.items():
            episodes.setdefault(threads.get(trace, trace), []).extend(runs)
        drafts = [
            draft for key, runs in episodes.items() if (draft := _episode(key, runs)) is not None
        ]
        if not drafts:
            raise source.account.nothing(
                source.name, "runs without any text. Export them with inputs and outputs."
            )
        yield from drafts


def _episode(key: str, runs: list[tuple[LangSmithRun, Span]]) -> EpisodeDraft | None:
    root = next((run for run, _ in runs if not run.parent_run_id), runs[0][0])
    draft = span_episode(
        LangSmithReader.format,
        [span for _, span in runs],
        key=key,
        agent=word(root.name) or LangSmithReader.format,
        project=word(root.session_name),
    )
    if draft is not None:
        draft.outcome = _outcome(root.feedback_stats)
    return draft


def _span(run: LangSmithRun, raw: tuple[int, int]) -> Span:
    kind = _KINDS.get(word(run.run_type), SpanKind.OTHER)
    counts = kind is SpanKind.GENERATION  # the runs around it repeat the sum
    extra = run.extra if isinstance(run.extra, dict) else {}
    return Span(
        id=word(run.id),
        parent=word(run.parent_run_id),
        kind=kind,
        name=word(run.name),
        started_at=micros(run.start_time),
        ended_at=micros(run.end_time),
        call_id=_call_id(run.outputs),
        agent=_agent(extra) if counts else "",
        model=_model(extra) if counts else "",
        tokens_in=token_count(run.prompt_tokens) if counts else None,
        tokens_out=token_count(run.completion_tokens) if counts else None,
        cost_usd=dollars(run.total_cost) if counts else None,
        error=word(run.error),
        raw=raw,
        said=payloads(run.inputs, run.outputs),
    )


def _root_of(run: LangSmithRun) -> str:
    """The trace at the beginning of a ``dotted_order``: "<time>Z<uuid>.<time>Z<uuid>"."""
    return word(run.dotted_order).split(".")[0].partition("Z")[2]


def _metadata(extra: object) -> dict[str, Any]:
    metadata = extra.get("metadata") if isinstance(extra, dict) else None
    return metadata if isinstance(metadata, dict) else {}


def _thread(run: LangSmithRun) -> str:
    metadata = _metadata(run.extra)
    return next((word(metadata[key]) for key in _THREADS if word(metadata.get(key))), "")


def _agent(extra: dict[str, Any]) -> str:
    """The agent of several, or the node of a graph, that asked the model."""
    metadata = _metadata(extra)
    return next((word(metadata[key]) for key in AGENTS if word(metadata.get(key))), "")


def _model(extra: dict[str, Any]) -> str:
    called = extra.get("invocation_params")
    params = called if isinstance(called, dict) else {}
    stated = _metadata(extra).get("ls_model_name")
    return word(stated) or word(params.get("model")) or word(params.get("model_name"))


def _call_id(outputs: object) -> str:
    values = decoded(outputs)
    inner = values.get("output") if isinstance(values, dict) else None
    return word(inner.get("tool_call_id")) if isinstance(inner, dict) else ""


def _outcome(stats: object) -> Outcome:
    """The outcome by the average of the feedback on success."""
    for key in SUCCESS_SCORES:
        entry = stats.get(key) if isinstance(stats, dict) else None
        if isinstance(entry, dict):
            return outcome_of(entry.get("avg"))
    return Outcome.UNKNOWN
