"""OpenHands events of version 1, the software agent SDK, which name their kinds."""

from __future__ import annotations

import msgspec

from hpm_engine.ingest.json.raw_values import NO_JSON, raw_text
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.openhands.steps import EventSteps
from hpm_engine.ingest.sources.line_records import Located
from hpm_engine.ingest.steps.amounts import dollars, token_count
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.pending_steps import PendingStep
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.drafts import EpisodeDraft
from hpm_engine.values.episodes import PartKind, StepFlag, StepSource


class CalledFunction(msgspec.Struct):
    """A call's function, in the SDK's first versions."""

    arguments: msgspec.Raw = NO_JSON


class ToolCall(msgspec.Struct):
    """A call as the model wrote it."""

    arguments: msgspec.Raw = NO_JSON
    function: CalledFunction | None = None


class SdkMessage(msgspec.Struct):
    """A message to or from the model."""

    content: object = None
    reasoning_content: object = None
    thinking_blocks: list[dict[str, object]] | None = None


class SdkObservation(msgspec.Struct):
    """The result of a tool; older versions have ``output`` and ``error``."""

    content: object = None
    output: object = None
    error: object = None
    is_error: object = None
    exit_code: object = None

    @property
    def text(self) -> str:
        """The result as text."""
        return text_of(self.content) or text_of(self.output) or self._complaint

    @property
    def failed(self) -> bool:
        """Whether the tool failed; exit code -1 is a command that is still running."""
        return self.is_error is True or bool(self._complaint) or self.exit_code not in (None, 0, -1)

    @property
    def _complaint(self) -> str:
        return self.error if isinstance(self.error, str) else ""


class SdkEvent(msgspec.Struct):
    """One event; its kind says which fields it has."""

    kind: object = None
    id: object = None
    timestamp: object = None
    source: object = None
    system_prompt: object = None
    llm_message: SdkMessage | None = None
    extended_content: object = None
    sender: object = None
    thought: object = None
    reasoning_content: object = None
    thinking_blocks: list[dict[str, object]] | None = None
    action: msgspec.Raw = NO_JSON
    tool_name: object = None
    tool_call_id: object = None
    tool_call: ToolCall | None = None
    llm_response_id: object = None
    observation: SdkObservation | None = None
    error: object = None
    rejection_reason: object = None
    summary: object = None
    key: object = None
    value: object = None
    detail: object = None


SDK_EVENT = TypedDecoder(SdkEvent)

_SOURCES = {"user": StepSource.USER, "agent": StepSource.AGENT}


class SdkEventReader:
    """A reader of version 1's events, which adds them to a conversation and its draft."""

    def __init__(self, draft: EpisodeDraft, steps: EventSteps) -> None:
        self._draft = draft
        self._steps = steps
        self._tokens = (0, 0)

    def add(self, line: Located[SdkEvent]) -> None:
        """Add one event; kinds without a text are passed over."""
        event = line.record
        at = micros(event.timestamp)
        match event.kind:
            case "SystemPromptEvent":
                self._steps.say(line, StepSource.SYSTEM, text_of(event.system_prompt), at)
            case "MessageEvent":
                self._message(line, event, at)
            case "ActionEvent":
                self._act(line, event, at)
            case "ObservationEvent":
                observation = event.observation or SdkObservation()
                failed = observation.failed
                self._answer(line, event, observation.text, at, is_error=failed)
                self._inject(line, event, at)
            case "AgentErrorEvent":
                self._answer(line, event, text_of(event.error), at, is_error=True)
            case "UserRejectObservation":
                step = self._answer(line, event, text_of(event.rejection_reason), at)
                step.flags |= StepFlag.INTERRUPTED | StepFlag.NOT_EXECUTED
            case "Condensation":
                summary = text_of(event.summary)
                self._steps.say(line, StepSource.SYSTEM, summary, at, StepFlag.COMPACTION)
            case "ConversationErrorEvent":
                detail = text_of(event.detail)
                self._steps.say(line, StepSource.SYSTEM, detail, at, StepFlag.ERROR)
            case "ConversationStateUpdateEvent":
                self._update(event)

    def _message(self, line: Located[SdkEvent], event: SdkEvent, at: int | None) -> None:
        message = event.llm_message or SdkMessage()
        source = _SOURCES.get(text_of(event.source), StepSource.SYSTEM)
        text, speaker = text_of(message.content), text_of(event.sender)
        if source is StepSource.AGENT:
            step, _ = self._steps.reply_step(line, text_of(event.llm_response_id), at)
            _reason(step, message.reasoning_content, message.thinking_blocks)
            if text:
                step.say(PartKind.MESSAGE, text, speaker)
            return
        harness = StepFlag.INJECTED if source is StepSource.SYSTEM else StepFlag.NONE
        self._steps.say(line, source, text, at, harness, speaker=speaker)
        self._inject(line, event, at)

    def _inject(self, line: Located[SdkEvent], event: SdkEvent, at: int | None) -> None:
        text = text_of(event.extended_content)
        self._steps.say(line, StepSource.SYSTEM, text, at, StepFlag.INJECTED)

    def _act(self, line: Located[SdkEvent], event: SdkEvent, at: int | None) -> None:
        step, new = self._steps.reply_step(line, text_of(event.llm_response_id), at)
        if new:  # the calls of one reply repeat the thought before them
            _reason(step, event.reasoning_content, event.thinking_blocks)
            if thought := text_of(event.thought):
                step.say(PartKind.MESSAGE, thought)
        call = event.tool_call or ToolCall()
        function = call.function or CalledFunction()
        arguments = raw_text(call.arguments) or raw_text(function.arguments)
        action = raw_text(event.action)
        name = text_of(event.tool_name)
        if name == "finish":
            step.flags |= StepFlag.SUBMISSION
        elif not action:
            step.flags |= StepFlag.NOT_EXECUTED
        step.say(PartKind.CALL, arguments or action, name, text_of(event.tool_call_id))

    def _answer(
        self,
        line: Located[SdkEvent],
        event: SdkEvent,
        text: str,
        at: int | None,
        *,
        is_error: bool = False,
    ) -> PendingStep:
        return self._steps.answer(line, text_of(event.tool_call_id), text, at, is_error=is_error)

    def _update(self, event: SdkEvent) -> None:
        """Take model, folder and sums from an update of the conversation's state."""
        value = event.value if isinstance(event.value, dict) else {}
        state = value if event.key == "full_state" else {text_of(event.key): value}
        model = text_of(_inside(state, "agent", "llm", "model"))
        self._draft.model = model or self._draft.model
        cwd = text_of(_inside(state, "workspace", "working_dir"))
        self._draft.cwd = cwd or self._draft.cwd
        sums = _inside(state, "stats", "usage_to_metrics")
        if isinstance(sums, dict) and sums:
            self._count(list(sums.values()))

    def _count(self, metrics: list[object]) -> None:
        """Add the growth of all models' sums to the latest reply."""
        costs = [dollars(_inside(sums, "accumulated_cost")) for sums in metrics]
        self._draft.cost_usd = sum(cost for cost in costs if cost is not None)
        prompt, completion = (
            sum(
                token_count(_inside(sums, "accumulated_token_usage", name)) or 0 for sums in metrics
            )
            for name in ("prompt_tokens", "completion_tokens")
        )
        if (step := self._steps.reply) is not None:
            step.tokens_in = (step.tokens_in or 0) + max(0, prompt - self._tokens[0])
            step.tokens_out = (step.tokens_out or 0) + max(0, completion - self._tokens[1])
            self._tokens = (prompt, completion)


def _reason(step: PendingStep, reasoning: object, blocks: list[dict[str, object]] | None) -> None:
    """Add the reasoning of a reply, which some models give as blocks instead."""
    text = text_of(reasoning) or text_of([block.get("thinking") for block in blocks or ()])
    if text:
        step.say(PartKind.REASONING, text)


def _inside(value: object, *names: str) -> object:
    """The value at a path of names; None without one."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value
