"""A writer of episodes as ATIF 1.5 trajectories that give the same steps when read.

Reference: Harbor's RFC 0001, Agent Trajectory Interchange Format, version 1.5.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from hpm_engine.ingest.atif.extra import (
    BETWEEN,
    KEY,
    EpisodeExtra,
    PartExtra,
    StepExtra,
    restored_step,
)
from hpm_engine.ingest.atif.steps import ATIF_STEP, step_draft
from hpm_engine.values.drafts import StepDraft
from hpm_engine.values.episodes import Part, PartKind, StepFlag, StepSource

VERSION = "ATIF-v1.5"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_YEAR_10000 = 253_402_300_800_000_000  # Unix µs
_SCALARS = ("flags", "at", "model", "tokens_in", "tokens_out")
_encode = msgspec.json.Encoder().encode
Object = dict[str, Any]


class Heading(msgspec.Struct, frozen=True):
    """The facts around the steps. Tokens are sums over them, ``cost_usd`` is in dollars."""

    about: EpisodeExtra
    agent: str = ""
    model: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float | None = None
    steps: int = 0


def trajectory(heading: Heading, steps: Iterable[StepDraft]) -> Iterator[bytes]:
    """The JSON document in pieces, so that it is never whole in memory."""
    agent: Object = {"name": heading.agent or "unknown", "version": "unknown"}
    if heading.model:
        agent["model_name"] = heading.model
    head = {"schema_version": VERSION, "session_id": heading.about.key, "agent": agent}
    yield _encode(head)[:-1] + b',"steps":['
    for number, step in enumerate(steps, 1):
        yield (b",\n" if number > 1 else b"\n") + step_object(step, number)
    sums: Object = {
        "total_prompt_tokens": heading.tokens_in,
        "total_completion_tokens": heading.tokens_out,
        "total_steps": heading.steps,
    }
    if heading.cost_usd is not None:
        sums["total_cost_usd"] = heading.cost_usd
    foot = {"final_metrics": sums, "extra": {KEY: heading.about}}
    yield b"\n]," + _encode(foot)[1:] + b"\n"


def step_object(step: StepDraft, number: int) -> bytes:
    """A step as JSON, with an ``extra`` where its plain fields would give another step."""
    record = _plain(step, number)
    plain = _read(record)
    if _same(plain, step):
        return _encode(record)
    differing = {
        name: getattr(step, name)
        for name in _SCALARS
        if getattr(plain, name) != getattr(step, name)
    }
    if "flags" in differing:
        differing["flags"] = int(step.flags)
    parts = None if plain.parts == step.parts else tuple(_part_extras(step))
    return _encode({**record, "extra": {KEY: StepExtra(parts, **differing)}})


def _read(record: Object) -> StepDraft:
    read = ATIF_STEP.strict(_encode(record))
    return restored_step(read, step_draft(read, (0, 0)))


def _same(step: StepDraft, other: StepDraft) -> bool:
    return all(getattr(step, name) == getattr(other, name) for name in ("parts", *_SCALARS))


def _plain(step: StepDraft, number: int) -> Object:
    """The step in ATIF's own fields; calls and results only where ATIF allows them."""
    record: Object = {"step_id": number, "source": step.source.value}
    if step.at is not None and 0 <= step.at < _YEAR_10000:
        moment = _EPOCH + timedelta(microseconds=step.at)
        record["timestamp"] = moment.isoformat().replace("+00:00", "Z")
    if step.model and step.source is StepSource.AGENT:
        record["model_name"] = step.model
    if reasoning := _joined(step.parts, PartKind.REASONING):
        record["reasoning_content"] = reasoning
    record["message"] = _joined(step.parts, PartKind.MESSAGE)
    calls = [part for part in step.parts if part.kind is PartKind.CALL]
    if calls and step.source is StepSource.AGENT:
        record["tool_calls"] = [
            {
                "tool_call_id": call.call_id or f"call_{number}_{index}",
                "function_name": call.name,
                "arguments": _arguments(call.text),
            }
            for index, call in enumerate(calls, 1)
        ]
    results = [part for part in step.parts if part.kind is PartKind.RESULT]
    if results and step.source is not StepSource.USER:
        record["observation"] = {"results": [_result(part) for part in results]}
    metrics = {"prompt_tokens": step.tokens_in, "completion_tokens": step.tokens_out}
    if any(count is not None for count in metrics.values()):
        record["metrics"] = {name: count for name, count in metrics.items() if count is not None}
    if step.flags & StepFlag.COPIED:
        record["is_copied_context"] = True
    return record


def _joined(parts: Sequence[Part], kind: PartKind) -> str:
    return BETWEEN.join(part.text for part in parts if part.kind is kind)


def _result(part: Part) -> Object:
    content: Object = {"content": part.text}
    return {"source_call_id": part.call_id, **content} if part.call_id else content


def _is_object(text: str) -> bool:
    """Whether a call's text is a JSON object, which the document can contain unchanged."""
    if not (text.startswith("{") and text.endswith("}")):
        return False
    try:
        return isinstance(msgspec.json.decode(text), dict)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return False


def _arguments(text: str) -> msgspec.Raw | dict[str, str]:
    return msgspec.Raw(text.encode()) if _is_object(text) else {"text": text}


def _part_extras(step: StepDraft) -> Iterator[PartExtra]:
    """The extras of a step's parts, with the texts that have no field in ATIF."""
    for part in step.parts:
        size = inner = text = None
        if part.kind in (PartKind.MESSAGE, PartKind.REASONING):
            size = len(part.text)
        elif part.kind is PartKind.CALL:
            if step.source is StepSource.AGENT:
                inner = not _is_object(part.text)
            else:
                text = part.text
        elif step.source is StepSource.USER:
            text = part.text
        yield PartExtra(part.kind, part.name, part.call_id, part.is_error, size, bool(inner), text)
