"""mini-SWE-agent trajectories: an envelope around a list of messages, or the bare list."""

from __future__ import annotations

from collections.abc import Iterator

from hpm_engine.ingest.chat.calls import Miss, calls_in
from hpm_engine.ingest.chat.messages import role_of
from hpm_engine.ingest.json.text import RAW_LIST, Document
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.sources.json_records import decode_document
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.typed_records import typed_document, typed_items
from hpm_engine.ingest.steps.amounts import dollars, token_count
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.conversation import Conversation, Turn
from hpm_engine.ingest.steps.identity import head_digest, not_empty
from hpm_engine.ingest.steps.task_text import project_of, task_line
from hpm_engine.ingest.steps.times import micros
from hpm_engine.ingest.swe_agent.mini_fields import (
    ENVELOPE,
    MESSAGE,
    Envelope,
    Extra,
    MiniConfig,
    MiniInfo,
    MiniMessage,
    MiniReply,
    MiniUsage,
)
from hpm_engine.ingest.swe_agent.mini_text import (
    bash,
    failed,
    fenced_command,
    is_observation,
    says_finished,
    without_fence,
)
from hpm_engine.values.drafts import EpisodeDraft, StepDraft
from hpm_engine.values.episodes import Part, PartKind, StepFlag, StepSource


class MiniSweAgentReader:
    """mini-SWE-agent 1.x and 2.x, with and without the envelope."""

    format = "mini-swe-agent"

    def recognises(self, source: SourceFile) -> bool:
        """Whether the source names its trajectory format, or is a list of such messages."""
        opening = source.opening
        if isinstance(opening.value, list):
            return not opening.more and _is_bare(opening.value)
        info = opening.keys.get("info")
        if isinstance(info, dict) and "mini_version" in info:
            return True
        return _says_mini(opening.keys.get("trajectory_format"))

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The one episode of a file."""
        document = Document(source.name, source.read())
        if isinstance(source.opening.value, list):
            envelope = Envelope(decode_document(document, RAW_LIST, source.account))
        else:
            envelope = typed_document(document, ENVELOPE, "a trajectory", source.account)
        yield not_empty(_episode(document, envelope, source.account), source.name, source.account)


def _says_mini(value: object) -> bool:
    return isinstance(value, str) and value.startswith("mini-swe-agent-")


def _first(value: object) -> object:
    return value[0] if isinstance(value, list) and value else None


def _is_bare(messages: list[object]) -> bool:
    """Whether messages look like this agent's: one fenced command, return codes."""
    if not role_of(_first(messages)):
        return False
    for message in messages[1:8]:
        if isinstance(message, dict):
            text = text_of(message.get("content"))
            if message.get("role") == "assistant" and "```mswea_bash_command\n" in text:
                return True
            if message.get("role") == "user" and is_observation(text):
                return True
    return False


def _episode(document: Document, envelope: Envelope, account: Account) -> EpisodeDraft:
    info = envelope.info or MiniInfo()
    config = info.config or MiniConfig()
    steps, prompt = _steps(document, envelope, account)
    instance = _word(envelope.instance_id)
    return EpisodeDraft(
        format=MiniSweAgentReader.format,
        key="/".join(word for word in (instance, head_digest(steps)) if word),
        steps=steps,
        agent="mini-swe-agent",
        model=_word(config.model.model_name if config.model else None),
        project=project_of(instance),
        cwd=_word(config.environment.cwd if config.environment else None),
        task=task_line(prompt),
        task_key=instance,
        cost_usd=dollars(info.model_stats.instance_cost if info.model_stats else None),
    )


def _steps(
    document: Document, envelope: Envelope, account: Account
) -> tuple[tuple[StepDraft, ...], str]:
    """The steps, and the prompt with the task."""
    conversation = Conversation()
    prompt = ""
    exit_status = _word(envelope.info.exit_status) if envelope.info else ""
    last = len(envelope.messages)
    messages = typed_items(document, envelope.messages, MESSAGE, "a message", account)
    for number, start, size, message in messages:
        text = text_of(message.content)
        if message.role == "assistant":
            _add_agent(conversation, message, text, (start, size), account.miss)
        elif message.role == "system" or (message.role == "user" and not prompt):
            source = StepSource.USER if message.role == "user" else StepSource.SYSTEM
            conversation.say(source, text, (start, size))
            prompt = prompt or (text if message.role == "user" else "")
        else:
            final = number == last and _is_submission(conversation.last, exit_status)
            _add_observation(conversation, message, text, (start, size), final)
    return conversation.drafts(), prompt


def _add_agent(
    conversation: Conversation, message: MiniMessage, text: str, raw: tuple[int, int], miss: Miss
) -> None:
    extra = message.extra or Extra()
    reply = extra.response or MiniReply()
    calls = calls_in(message.tool_calls, miss)
    if not calls and extra.actions is not None:
        calls = [bash(_word(action.command)) for action in extra.actions]
        text = without_fence(text) if calls else text
    elif not calls:
        text, calls = fenced_command(text)
    turn = conversation.say(
        StepSource.AGENT,
        text,
        raw,
        at=micros(reply.created) or micros(extra.timestamp),
        reasoning=_reasoning(reply),
        calls=calls,
    )
    if turn is None:
        return
    if not calls:
        turn.flags |= StepFlag.NOT_EXECUTED
    usage = reply.usage or MiniUsage()
    turn.model = _word(reply.model)
    turn.tokens_in = token_count(usage.prompt_tokens)
    turn.tokens_out = token_count(usage.completion_tokens)
    cost = dollars(usage.cost)
    turn.cost = cost if cost is not None else dollars(extra.cost)


def _add_observation(
    conversation: Conversation,
    message: MiniMessage,
    text: str,
    raw: tuple[int, int],
    final: bool,
) -> None:
    """Add a result to the step of its command; one without a command is a step of its own."""
    extra = message.extra or Extra()
    last = conversation.last
    at = micros(extra.timestamp)
    call_id = _word(message.tool_call_id)
    if final and last is not None:
        last.flags |= StepFlag.SUBMISSION
    elif message.role == "exit":
        return
    if last is not None and last.flags & StepFlag.NOT_EXECUTED and _ends_with_message(last):
        last.parts.append(Part(PartKind.RESULT, text, is_error=not final))
    elif call_id or (last is not None and last.waiting):
        wrong = not final and _went_wrong(text, extra.returncode)
        conversation.answer(call_id, text, raw, is_error=wrong, at=at)
    elif (turn := conversation.say(StepSource.USER, text, raw, at=at)) is not None:
        turn.flags |= StepFlag.INJECTED


def _ends_with_message(turn: Turn) -> bool:
    return turn.parts[-1].kind is not PartKind.RESULT


def _went_wrong(text: str, returncode: object) -> bool:
    return returncode != 0 if isinstance(returncode, int) else failed(text)


def _is_submission(last: Turn | None, exit_status: str) -> bool:
    """Whether the message after ``last``, at the file's end, is the submission."""
    if last is None or last.source is not StepSource.AGENT or not last.waiting:
        return False
    said_so = any(says_finished(part.text) for part in last.parts if part.kind is PartKind.CALL)
    return exit_status == "Submitted" or (not exit_status and said_so)


def _reasoning(reply: MiniReply) -> str:
    message = reply.choices[0].message if reply.choices else None
    if message is None:
        return ""
    return text_of(message.reasoning) or text_of(message.reasoning_content)


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""
