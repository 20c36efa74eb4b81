"""Subagents of a session of Copilot CLI, whose events stand among those of the session."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from hpm_engine.ingest.copilot_cli.events import (
    DATA,
    CopilotData,
    CopilotEvent,
    asked_of,
    requested_calls,
)
from hpm_engine.ingest.json.plain_values import first_text, text
from hpm_engine.ingest.steps.task_text import task_line

MAIN = ""
_STARTED = "subagent.started"
_ABOUT = frozenset((_STARTED, "subagent.completed", "subagent.failed"))  # told to the caller


class CopilotAgents:
    """Which agent each event is of: ``MAIN``, or the call that started a subagent.

    Events name their subagent by its own id, in older versions by that call. A call's id that
    several calls have says nothing: the events stay where they stand.
    """

    def __init__(self, events: Iterable[CopilotEvent]) -> None:
        self._names: dict[str, str] = {}  # of subagents, by the call that started each
        self._models: dict[str, str] = {}
        self._tasks: dict[str, str] = {}  # what calls ask a subagent for
        self._calls: dict[str, str] = {}  # subagents' own ids to calls
        self._callers: dict[str, str] = {}  # calls to the agents that made them, as events say
        uses: Counter[str] = Counter()
        for event in events:
            data = DATA.nested(event.data) or CopilotData()
            if event.type in _ABOUT:
                self._note(event, data)
            for call in requested_calls(data) if event.type == "assistant.message" else ():
                uses[call.call_id] += 1
                self._tasks[call.call_id] = task_line(asked_of(call))
                self._callers[call.call_id] = _named(event, data)
        for call_id in [call_id for call_id, count in uses.items() if count > 1]:
            self._names.pop(call_id, None)
            self._callers.pop(call_id, None)

    def _note(self, event: CopilotEvent, data: CopilotData) -> None:
        call_id = text(data.tool_call_id)
        if event.type == _STARTED and call_id:
            self._names.setdefault(call_id, first_text(data.agent_display_name, data.agent_name))
        if identity := text(event.agent_id):
            self._calls.setdefault(identity, call_id)
        self._models[call_id] = text(data.model) or self._models.get(call_id, "")

    def owner(self, event: CopilotEvent, data: CopilotData) -> str:
        """The agent that an event is of."""
        if event.type in _ABOUT:
            return MAIN
        if event.type == "tool.execution_complete":
            caller = self._callers.get(text(data.tool_call_id))
            if caller is not None:
                return self._known(caller)
        return self._known(_named(event, data))

    def caller(self, agent: str) -> str:
        """The agent that started another one; ``MAIN`` where they would have started each other."""
        first = caller = self._known(self._callers.get(agent, MAIN))
        met = {agent}
        while caller != MAIN:
            if caller in met:
                return MAIN
            met.add(caller)
            caller = self._known(self._callers.get(caller, MAIN))
        return first

    def name(self, agent: str) -> str:
        """What a subagent is called; "" where it is not said."""
        return self._names.get(agent, "")

    def model(self, agent: str) -> str:
        """The model that a subagent was started with; "" where it is not said."""
        return self._models.get(agent, "")

    def task(self, agent: str) -> str:
        """What the call asked a subagent for, on one line; "" where it is not known."""
        return self._tasks.get(agent, "")

    def _known(self, named: str) -> str:
        call_id = self._calls.get(named, named)
        return call_id if call_id in self._names else MAIN


def _named(event: CopilotEvent, data: CopilotData) -> str:
    """What an event says of its subagent: its id, or the call that started it."""
    return first_text(event.agent_id, data.agent_id, data.parent_tool_call_id)
