"""Claude Code's OpenTelemetry log events, one JSON object a line, as collectors flatten them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.line_records import typed_lines
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.spans.message import word
from hpm_engine.ingest.steps.amounts import dollars, token_count
from hpm_engine.ingest.steps.conversation import Turn
from hpm_engine.ingest.steps.task_text import task_line
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.drafts import EpisodeDraft
from hpm_engine.values.episodes import Part, PartKind, StepFlag, StepSource


class OtelEvent(msgspec.Struct):
    """One event or metric."""

    ts: object = None
    name: str = ""
    attrs: dict[str, Any] = {}


_EVENT: TypedDecoder[OtelEvent] = TypedDecoder(OtelEvent)
_TOKENS_IN = ("input_tokens", "cache_read_tokens", "cache_creation_tokens")


class _EventSession:
    """A session under construction, which gets its events one by one."""

    def __init__(self) -> None:
        self.turns: list[Turn] = []
        self.cwd = self.branch = ""

    def add(self, event: OtelEvent, raw: tuple[int, int]) -> None:
        """Add an event; metrics, skills and the like add no step."""
        values, at = event.attrs, micros(event.ts)
        self.cwd = self.cwd or word(values.get("cwd"))
        self.branch = self.branch or word(values.get("git_branch"))
        if event.name == "user_prompt":
            prompt = word(values.get("prompt"))
            parts = [Part(PartKind.MESSAGE, prompt)] if prompt else []
            self.turns.append(Turn(StepSource.USER, parts, raw, at))
        elif event.name == "api_request":
            turn = Turn(StepSource.AGENT, [], raw, at)
            turn.model, turn.cost = word(values.get("model")), dollars(values.get("cost_usd"))
            counts = [token_count(values.get(key)) for key in _TOKENS_IN]
            turn.tokens_in = token_count(sum(count or 0 for count in counts))
            turn.tokens_out = token_count(values.get("output_tokens"))
            self.turns.append(turn)
        elif event.name == "tool_result":
            self._add_tool(values, raw, at)
        elif event.name == "api_error":
            turn = Turn(StepSource.SYSTEM, [], raw, at)
            turn.parts.append(Part(PartKind.MESSAGE, word(values.get("error")) or "API error"))
            turn.flags |= StepFlag.ERROR
            self.turns.append(turn)

    def _add_tool(self, values: dict[str, Any], raw: tuple[int, int], at: int | None) -> None:
        last = self.turns[-1] if self.turns else None
        if last is None or last.source is not StepSource.AGENT:
            last = Turn(StepSource.AGENT, [], raw, at)
            self.turns.append(last)
        failed = values.get("success") in ("false", False)
        name, call_id = word(values.get("tool_name")), word(values.get("tool_use_id"))
        arguments = word(values.get("tool_parameters")) or word(values.get("tool_input"))
        last.parts.append(Part(PartKind.CALL, arguments, name, call_id))
        last.answer(word(values.get("error")), name, call_id, failed)


class OtelEventsReader:
    """One episode for each session: its prompts, and the model and tool calls without text."""

    format = "otel-events"

    def recognises(self, source: SourceFile) -> bool:
        """Whether one of the first lines is a flattened log event or metric."""
        return any(
            record.get("_type") in ("log", "metric") and isinstance(record.get("attrs"), dict)
            for record in source.records
        )

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The sessions, in the order of their first events.

        Raises ``NothingToImport`` where no event is a prompt, a model call or a tool call.
        """
        source.must_fit()
        sessions: dict[str, _EventSession] = {}
        for line in typed_lines(source, _EVENT, source.account):
            values = line.record.attrs
            key = word(values.get("session.id")) or word(values.get("session_id"))
            if key:
                sessions.setdefault(key, _EventSession()).add(line.record, (line.start, line.size))
        if not any(session.turns for session in sessions.values()):
            raise source.account.nothing(
                source.name, "telemetry without a prompt, a model call or a tool call."
            )
        for key, session in sessions.items():
            if session.turns:
                yield _episode(key, session)


def _episode(key: str, session: _EventSession) -> EpisodeDraft:
    turns = sorted(session.turns, key=lambda turn: turn.at or 0)
    prompt = next((part.text for turn in turns for part in turn.parts), "")
    return EpisodeDraft(
        format=OtelEventsReader.format,
        key=key,
        steps=[turn.draft() for turn in turns],
        agent="Claude Code (telemetry)",
        model=next((turn.model for turn in turns if turn.model), ""),
        project=session.cwd.rstrip("/").rpartition("/")[2],
        cwd=session.cwd,
        branch=session.branch,
        task=task_line(prompt),
    )
