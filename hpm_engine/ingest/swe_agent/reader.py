"""SWE-agent ``.traj`` files of versions 0.x, 1.0 and 1.1."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from hpm_engine.ingest.json.raw_values import NO_JSON, raw_text
from hpm_engine.ingest.json.text import ANYTHING, Document
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.typed_records import typed_document, typed_items, typed_parts
from hpm_engine.ingest.steps.amounts import dollars
from hpm_engine.ingest.steps.conversation import Conversation
from hpm_engine.ingest.steps.identity import head_digest, not_empty
from hpm_engine.ingest.steps.task_text import project_of, task_line
from hpm_engine.ingest.swe_agent.history import HISTORY_ITEM, add_history, add_preamble
from hpm_engine.values.drafts import EpisodeDraft
from hpm_engine.values.episodes import Part, PartKind, StepFlag, StepSource

_FUNCTION = re.compile(r"<function=([\w.-]+)>")
_WORD = re.compile(r"\s*([\w./-]+)")
_OWN_COMMANDS = frozenset(
    """
    open goto scroll_up scroll_down create edit insert append search_dir search_file find_file
    submit exit_forfeit str_replace_editor set_cursors decompile disassemble debug_start
    debug_stop connect_start connect_stop connect_sendline view_image
    """.split()  # noqa: SIM905
)
_FAILED = (
    "EXECUTION FAILED",
    "ERROR:",
    "Your bash command contained syntax errors",
    "Your proposed edit has introduced new syntax error",
    "Traceback (most recent call last)",
)
_REFUSED = ("Your bash command contained syntax errors and was NOT executed",)


class TrajStep(msgspec.Struct):
    """One step; the prompt that it repeats (``query``, ``messages``) is skipped."""

    action: object = None
    observation: object = None
    response: object = None
    thought: object = None
    state: object = None
    execution_time: object = None


class ModelStats(msgspec.Struct):
    """The sums over the run."""

    instance_cost: object = None


class TrajInfo(msgspec.Struct):
    """The end of the run."""

    exit_status: object = None
    submission: object = None
    model_stats: ModelStats | None = None


class ReplayModel(msgspec.Struct):
    """The model of the run."""

    name: object = None


class ReplayAgent(msgspec.Struct):
    """The agent's settings."""

    model: ReplayModel | None = None


class Replay(msgspec.Struct):
    """The run's settings."""

    agent: ReplayAgent | None = None


class Traj(msgspec.Struct):
    """The whole file."""

    history: list[msgspec.Raw] = []
    trajectory: list[msgspec.Raw] = []
    info: TrajInfo | None = None
    environment: object = None
    replay_config: msgspec.Raw = NO_JSON


_TRAJ = TypedDecoder(Traj)
_STEP = TypedDecoder(TrajStep)
_REPLAY: msgspec.json.Decoder[Replay] = msgspec.json.Decoder(Replay)


class SweAgentReader:
    """SWE-agent trajectories; steps come from the trajectory, the task from the history."""

    format = "swe-agent"

    def recognises(self, source: SourceFile) -> bool:
        """Whether the source is one object with SWE-agent's steps or its history."""
        keys = source.opening.keys
        if source.opening.more:
            return False
        step = _first(keys.get("trajectory"))
        if "action" in step and ("observation" in step or "response" in step or "thought" in step):
            return True
        item = _first(keys.get("history"))
        own = "agent" in item or "message_type" in item or "is_demo" in item
        return own and "role" in item and "mistake_agent" not in keys

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The one episode of a file."""
        document = Document(source.name, source.read())
        traj = typed_document(document, _TRAJ, "a trajectory", source.account)
        yield not_empty(_episode(document, traj, source.account), source.name, source.account)


def _first(value: object) -> dict[str, object]:
    first = value[0] if isinstance(value, list) and value else None
    return first if isinstance(first, dict) else {}


def _episode(document: Document, traj: Traj, account: Account) -> EpisodeDraft:
    conversation = Conversation()
    history = typed_parts(document, traj.history, HISTORY_ITEM, "a history item", account)
    if traj.trajectory:
        prompt = add_preamble(conversation, history)
    else:
        prompt = add_history(conversation, history, account.miss)
    info = traj.info or TrajInfo()
    cwd, first_time = _add_steps(conversation, document, traj, account)
    _mark_submission(conversation, _text(info.submission))
    steps = conversation.drafts()
    instance = _instance(document.name, _text(traj.environment))
    stats = info.model_stats
    cost = stats.instance_cost if stats else None
    return EpisodeDraft(
        format=SweAgentReader.format,
        key=f"{instance}/{head_digest(steps, first_time)}",
        steps=steps,
        agent="swe-agent",
        model=_model(traj.replay_config),
        project=project_of(instance),
        cwd=cwd,
        task=task_line(prompt),
        task_key=instance,
        cost_usd=dollars(cost),
    )


def _add_steps(
    conversation: Conversation, document: Document, traj: Traj, account: Account
) -> tuple[str, str]:
    """Add the trajectory's steps; empty ones, which are failed calls of the model, are left out.

    Returns the first step's working directory and running time, which tells runs apart.
    """
    cwd = first_time = ""
    for _, start, size, step in typed_items(document, traj.trajectory, _STEP, "a step", account):
        action = _text(step.action)
        response = _text(step.response)
        thought = _text(step.thought).strip() or (response if not action else "")
        calls = [Part(PartKind.CALL, action, _tool(action, response))] if action.strip() else []
        turn = conversation.say(StepSource.AGENT, thought, (start, size), calls=calls)
        cwd = cwd or _working_dir(step.state)
        if not first_time and step.execution_time is not None:
            first_time = str(step.execution_time)
        if turn is None:
            continue
        observation = _text(step.observation)
        if calls or observation:
            turn.answer(observation, "", "", observation.lstrip().startswith(_FAILED))
        if observation.startswith(_REFUSED):
            turn.flags |= StepFlag.NOT_EXECUTED
    return cwd, first_time


def _tool(action: str, response: str) -> str:
    """The tool of an action: the reply's function, one of the agent's commands, else bash."""
    if function := _FUNCTION.search(response):
        return function[1]
    word = _WORD.match(action)
    return word[1] if word and word[1] in _OWN_COMMANDS else "bash"


def _mark_submission(conversation: Conversation, submission: str) -> None:
    """Mark the step with the submission; one that no step shows becomes a step of its own."""
    last = conversation.last
    if last is None:
        return
    call = next((part for part in last.parts if part.kind is PartKind.CALL), None)
    shown = bool(submission.strip()) and any(
        submission.strip() in part.text for part in last.parts if part.kind is PartKind.RESULT
    )
    if shown or (call is not None and call.text.lstrip().startswith("submit")):
        last.flags |= StepFlag.SUBMISSION
    elif submission.strip():
        turn = conversation.say(StepSource.SYSTEM, submission)
        if turn is not None:
            turn.flags |= StepFlag.SUBMISSION | StepFlag.INJECTED


def _instance(name: str, environment: str) -> str:
    """The instance id: the environment's name if it is one, else the file's stem."""
    if project_of(environment):
        return environment
    stem = name.replace("\\", "/").rsplit("/", 1)[-1]
    return stem.removesuffix(".json").removesuffix(".traj") or environment


def _model(replay: msgspec.Raw) -> str:
    """The model in the settings, which are an object or a string with one."""
    settings = raw_text(replay)
    if not settings.startswith("{"):
        return ""
    try:
        agent = _REPLAY.decode(settings).agent
    except (ValueError, RecursionError):  # settings of an unknown shape
        return ""
    return _text(agent.model.name) if agent and agent.model else ""


def _working_dir(state: object) -> str:
    if isinstance(state, str) and state.lstrip().startswith("{"):
        try:
            state = ANYTHING.decode(state)
        except (ValueError, RecursionError):
            return ""
    return _text(state.get("working_dir")) if isinstance(state, dict) else ""


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
