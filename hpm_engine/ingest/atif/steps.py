"""The steps of an ATIF trajectory: message, reasoning, calls and the results of those calls."""

from __future__ import annotations

import msgspec

from hpm_engine.ingest.json.raw_values import NO_JSON, raw_text
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.steps.amounts import dollars, token_count
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.conversation import Turn
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.drafts import StepDraft
from hpm_engine.values.episodes import Part, PartKind, StepFlag, StepSource

_SOURCES = {
    "user": StepSource.USER,
    "agent": StepSource.AGENT,
    "system": StepSource.SYSTEM,
}


class AtifCall(msgspec.Struct):
    """A tool call."""

    tool_call_id: object = None
    function_name: object = None
    arguments: msgspec.Raw = NO_JSON


class AtifResult(msgspec.Struct):
    """One result of an observation."""

    source_call_id: object = None
    content: object = None


class AtifObservation(msgspec.Struct):
    """The results of a step's calls."""

    results: list[AtifResult] = []


class AtifMetrics(msgspec.Struct):
    """A step's cost; token ids and probabilities are skipped."""

    prompt_tokens: object = None
    completion_tokens: object = None
    cost_usd: object = None


class AtifStep(msgspec.Struct):
    """One step."""

    source: str = "system"
    message: object = None
    timestamp: object = None
    model_name: object = None
    reasoning_content: object = None
    tool_calls: list[AtifCall] | None = None
    observation: AtifObservation | None = None
    metrics: AtifMetrics | None = None
    is_copied_context: object = None
    extra: object = None


ATIF_STEP = TypedDecoder(AtifStep)


def step_draft(step: AtifStep, raw: tuple[int, int]) -> StepDraft:
    """The draft of a step; a copied one is flagged and has neither tokens nor cost."""
    parts: list[Part] = []
    if reasoning := text_of(step.reasoning_content):
        parts.append(Part(PartKind.REASONING, reasoning))
    if text := text_of(step.message):
        parts.append(Part(PartKind.MESSAGE, text))
    source = _SOURCES.get(step.source, StepSource.SYSTEM)
    turn = Turn(source, parts, raw, micros(step.timestamp))
    turn.model = _word(step.model_name)
    for call in step.tool_calls or ():
        name, call_id = _word(call.function_name), _word(call.tool_call_id)
        parts.append(Part(PartKind.CALL, raw_text(call.arguments), name, call_id))
        turn.waiting.append(call_id)
    if step.observation is not None:
        _add_results(turn, step.observation.results)
    if step.is_copied_context is True:
        turn.flags |= StepFlag.COPIED
    elif step.metrics is not None:
        turn.tokens_in = token_count(step.metrics.prompt_tokens)
        turn.tokens_out = token_count(step.metrics.completion_tokens)
        turn.cost = dollars(step.metrics.cost_usd)
    return turn.draft()


def _add_results(turn: Turn, results: list[AtifResult]) -> None:
    """Add the results; one result without an id answers all calls of its step."""
    named = any(result.source_call_id is not None for result in results)
    for result in results:
        text = text_of(result.content)
        call_id = _word(result.source_call_id)
        if not call_id and len(turn.waiting) == 1:
            call_id = turn.waiting[0]
        if text or call_id:
            turn.answer(text, "", call_id, False)
    if results and not named:
        turn.waiting.clear()


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""
