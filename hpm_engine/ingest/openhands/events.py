"""OpenHands events of version 0: actions and the observations that they cause."""

from __future__ import annotations

import msgspec

from hpm_engine.ingest.chat.calls import calls_in
from hpm_engine.ingest.json.raw_values import NO_JSON
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.openhands.steps import EventSteps
from hpm_engine.ingest.sources.line_records import Located
from hpm_engine.ingest.steps.amounts import dollars, token_count
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.pending_steps import PendingStep
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.drafts import EpisodeDraft
from hpm_engine.values.episodes import Part, PartKind, StepFlag, StepSource


class OpenHandsReply(msgspec.Struct):
    """The model's message in a completion."""

    content: object = None
    reasoning_content: object = None
    tool_calls: msgspec.Raw = NO_JSON


class OpenHandsChoice(msgspec.Struct):
    """A completion's one choice."""

    message: OpenHandsReply | None = None


class OpenHandsUsage(msgspec.Struct):
    """Tokens; those of the prompt include cached ones."""

    prompt_tokens: object = None
    completion_tokens: object = None


class ModelResponse(msgspec.Struct):
    """The whole completion, which each of its actions and observations repeats."""

    id: object = None
    model: object = None
    choices: list[OpenHandsChoice] | None = None
    usage: OpenHandsUsage | None = None


class CallMetadata(msgspec.Struct):
    """The call of a completion that an event belongs to."""

    function_name: object = None
    tool_call_id: object = None
    model_response: ModelResponse | None = None


class Metrics(msgspec.Struct):
    """Sums since the beginning of the conversation."""

    accumulated_cost: object = None
    accumulated_token_usage: OpenHandsUsage | None = None


class OpenHandsEvent(msgspec.Struct):
    """An action or an observation; ``message`` is a rendering of it and is not read."""

    id: object = None
    timestamp: object = None
    source: object = None
    action: object = None
    observation: object = None
    cause: object = None
    content: object = None
    args: dict[str, object] | None = None
    extras: dict[str, object] | None = None
    tool_call_metadata: CallMetadata | None = None
    llm_metrics: Metrics | None = None


EVENT = TypedDecoder(OpenHandsEvent)

_NOT_SHOWN = frozenset(("thought", "impl_source", "translated_ipython_code", "security_risk"))
_BOOKKEEPING = frozenset(("null", "change_agent_state", "recall", "condensation_request"))
_CONTEXT = ("repo_instructions", "conversation_instructions", "additional_agent_instructions")


class EventReader:
    """A reader of version 0's events, which adds them to a conversation and its draft."""

    def __init__(self, draft: EpisodeDraft, steps: EventSteps) -> None:
        self._draft = draft
        self._steps = steps
        self._calls: dict[object, str] = {}  # event id -> id of its call
        self._prompt = self._completion = 0
        self._delegates: list[str] = []  # the agents at work, each called by the one before

    def add(self, line: Located[OpenHandsEvent]) -> None:
        """Add one event."""
        event = line.record
        if isinstance(event.observation, str):
            self._observe(line, event)
        elif isinstance(event.action, str) and event.action not in _BOOKKEEPING:
            self._act(line, event)

    def _act(self, line: Located[OpenHandsEvent], event: OpenHandsEvent) -> None:
        args, at = event.args or {}, micros(event.timestamp)
        if event.action == "system":
            self._steps.say(line, StepSource.SYSTEM, text_of(args.get("content")), at)
        elif event.action == "condensation":
            summary = text_of(args.get("summary"))
            self._steps.say(line, StepSource.SYSTEM, summary, at, StepFlag.COMPACTION)
        elif event.source == "user" and event.action == "message":
            self._steps.say(line, StepSource.USER, _message(args), at)
        elif event.source == "user":
            call = self._call(event)
            self._steps.person_runs(line, call.name, call.text, call.call_id, at)
        else:
            self._reply(line, event, args, at)

    def _reply(
        self,
        line: Located[OpenHandsEvent],
        event: OpenHandsEvent,
        args: dict[str, object],
        at: int | None,
    ) -> None:
        metadata = event.tool_call_metadata or CallMetadata()
        response = metadata.model_response or ModelResponse()
        model = text_of(response.model)
        step, new = self._steps.reply_step(line, text_of(response.id), at, model)
        self._draft.model = model or self._draft.model
        if new:
            self._count(step, event.llm_metrics, response.usage)
            speaker = self._delegates[-1] if self._delegates else ""
            _say_prose(step, event, args, response, speaker)
        if event.action == "delegate":
            self._delegates.append(text_of(args.get("agent")))
        if event.action == "message":
            return
        call = self._call(event)
        if event.action == "finish":
            step.flags |= StepFlag.SUBMISSION
            call = msgspec.structs.replace(call, call_id="")  # nothing answers it
        step.say(call.kind, call.text, call.name, call.call_id)

    def _call(self, event: OpenHandsEvent) -> Part:
        """The call as the model wrote it, else as the action states it."""
        metadata = event.tool_call_metadata or CallMetadata()
        call_id = text_of(metadata.tool_call_id) or f"event-{event.id}"
        self._calls[_key(event.id)] = call_id
        for choice in (metadata.model_response or ModelResponse()).choices or ():
            for call in calls_in(choice.message.tool_calls) if choice.message else ():
                if call.call_id == call_id and call.name:
                    return call
        arguments = {
            key: value for key, value in (event.args or {}).items() if key not in _NOT_SHOWN
        }
        name = text_of(metadata.function_name) or str(event.action)
        return Part(PartKind.CALL, msgspec.json.encode(arguments).decode(), name, call_id)

    def _count(self, step: PendingStep, sums: Metrics | None, usage: OpenHandsUsage | None) -> None:
        """Set the step's tokens: those of the reply, else the growth of the sums."""
        if sums is not None:
            cost = dollars(sums.accumulated_cost)
            self._draft.cost_usd = self._draft.cost_usd if cost is None else cost
            if sums.accumulated_token_usage is not None:
                prompt = token_count(sums.accumulated_token_usage.prompt_tokens) or 0
                completion = token_count(sums.accumulated_token_usage.completion_tokens) or 0
                if usage is None:
                    step.tokens_in = max(0, prompt - self._prompt)
                    step.tokens_out = max(0, completion - self._completion)
                self._prompt, self._completion = prompt, completion
        if usage is not None:
            step.tokens_in = token_count(usage.prompt_tokens)
            step.tokens_out = token_count(usage.completion_tokens)

    def _observe(self, line: Located[OpenHandsEvent], event: OpenHandsEvent) -> None:
        at, extras = micros(event.timestamp), event.extras or {}
        if event.observation == "delegate" and self._delegates:
            self._delegates.pop()
        if event.observation == "agent_state_changed":
            failed = StepFlag.ERROR if extras.get("agent_state") == "error" else StepFlag.NONE
            self._steps.say(line, StepSource.SYSTEM, text_of(extras.get("reason")), at, failed)
        elif event.observation == "recall":
            self._steps.say(line, StepSource.SYSTEM, _context(extras), at, StepFlag.INJECTED)
        elif event.observation not in _BOOKKEEPING:
            metadata = extras.get("metadata")
            state = metadata if isinstance(metadata, dict) else {}
            self._draft.cwd = self._draft.cwd or text_of(state.get("working_dir"))
            call_id = self._calls.get(_key(event.cause), "")
            failed_run = state.get("exit_code") not in (None, 0, -1)  # -1: it is still running
            error = event.observation == "error" or failed_run
            self._steps.answer(line, call_id, text_of(event.content), at, is_error=error)


def _say_prose(
    step: PendingStep,
    event: OpenHandsEvent,
    args: dict[str, object],
    response: ModelResponse,
    speaker: str,
) -> None:
    """Add the model's words beside its calls; they are in the action, the reply, or both.

    ``speaker`` is the agent that the session's own agent delegated to, "" for none.
    """
    message = next(
        (choice.message for choice in response.choices or () if choice.message), OpenHandsReply()
    )
    if reasoning := text_of(message.reasoning_content):
        step.say(PartKind.REASONING, reasoning)
    if event.action == "message":
        prose = _message(args)
    elif event.action == "think":
        prose = text_of(message.content)  # the thought is the call's argument
    else:
        prose = text_of(args.get("thought")) or text_of(message.content)
    if prose or speaker:
        step.say(PartKind.MESSAGE, prose, speaker)


def _message(args: dict[str, object]) -> str:
    images = args.get("image_urls")
    pictures = [{"image_url": image} for image in images] if isinstance(images, list) else []
    return text_of([args.get("content"), *pictures])


def _context(extras: dict[str, object]) -> str:
    """The context that the harness looked up for the agent; "" for none."""
    texts = [text_of(extras.get(name)) for name in _CONTEXT]
    knowledge = extras.get("microagent_knowledge")
    for item in knowledge if isinstance(knowledge, list) else ():
        texts.append(text_of(item.get("content")) if isinstance(item, dict) else "")
    return "\n\n".join(text for text in texts if text)


def _key(event_id: object) -> object:
    return event_id if isinstance(event_id, (int, str)) else None
