"""InterCode result logs: one object with an episode for each attempt at a task."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from hpm_engine.errors import NothingToImport
from hpm_engine.ingest.chat.records import outcome_of
from hpm_engine.ingest.json.text import RAW_OBJECT, Document, located
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.typed_records import typed_record
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.conversation import Conversation
from hpm_engine.ingest.steps.identity import Keys, head_digest
from hpm_engine.ingest.steps.task_text import task_line
from hpm_engine.values.drafts import EpisodeDraft
from hpm_engine.values.episodes import Part, PartKind, StepFlag, StepSource

_RUN = re.compile(r"ic_[a-z]+_(multiturn|react|plan_solve)_?(.*)")
_MODEL = re.compile(r"(.+?)[-_]\d+_turns")
_FAILED = ("Error executing query", "No SQL code was found", "Format your SQL command")


class TurnHistory(msgspec.Struct):
    """Parallel lists; the model may have been cut off before the last observation."""

    actions: object = None
    observations: object = None
    valid_action: object = None
    thoughts: object = None  # ReAct
    steps: object = None  # the plan, in plan-and-solve runs


class Summary(msgspec.Struct):
    """The result of an attempt; ``max_reward`` is the reward of its best turn."""

    max_reward: object = None


class Attempt(msgspec.Struct):
    """One attempt at one task."""

    turn_history: TurnHistory | None = None
    environment: object = None
    dataset: object = None
    task_id: object = None
    query: object = None
    summary: Summary | None = None


class Wrapped(msgspec.Struct):
    """Plan-and-solve results, which come with their settings."""

    logs: dict[str, msgspec.Raw]


_ATTEMPT = TypedDecoder(Attempt)
_WRAPPED: msgspec.json.Decoder[Wrapped] = msgspec.json.Decoder(Wrapped)


class _Run(msgspec.Struct, frozen=True):
    """A run as the file's path tells it: agent, model, and the name that keeps runs apart."""

    agent: str
    model: str
    name: str


class InterCodeReader:
    """InterCode's ``data/results``; the best turn's reward is the outcome."""

    format = "intercode"

    def recognises(self, source: SourceFile) -> bool:
        """Whether the source is an object of attempts, bare or under ``logs``."""
        keys = source.opening.keys
        return not source.opening.more and (_holds_attempts(keys) or _is_wrapped(keys))

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """One episode for each attempt."""
        document = Document(source.name, source.read())
        wrapped = _is_wrapped(source.opening.keys)
        attempts = document.decode(_WRAPPED).logs if wrapped else document.decode(RAW_OBJECT)
        if not attempts:
            raise NothingToImport(f"{source.name}: InterCode results without an attempt.")
        run = _run(source.name)
        keys = Keys()
        for data, start in located(document.data, attempts.values()):
            source.account.read += 1
            attempt = typed_record(data, _ATTEMPT, source.account, "an attempt")
            if attempt is None or attempt.turn_history is None:
                source.account.miss_record("an attempt")
            else:
                yield _episode(attempt, attempt.turn_history, run, keys, (start, len(data)))


def _is_wrapped(keys: dict[str, object]) -> bool:
    logs = keys.get("logs")
    return isinstance(logs, dict) and ("meta" in keys or _holds_attempts(logs))


def _holds_attempts(keys: dict[str, object]) -> bool:
    first = next(iter(keys.values()), None)
    return isinstance(first, dict) and "turn_history" in first


def _run(name: str) -> _Run:
    """The run that a path ``<environment>/<model>/ic_<environment>_<strategy>….json`` names."""
    *folders, file = name.replace("\\", "/").split("/")
    stem = file.removesuffix(".json")
    named = _RUN.match(stem)
    if named is None:
        return _Run("intercode", "", stem)
    model = _MODEL.match(named[2]) if named[1] == "multiturn" else None
    inside = folders[-1] if len(folders) > 1 and stem.startswith(f"ic_{folders[-2]}_") else ""
    return _Run(f"intercode {named[1]}", model[1] if model else inside, stem)


def _episode(
    attempt: Attempt, history: TurnHistory, run: _Run, keys: Keys, raw: tuple[int, int]
) -> EpisodeDraft:
    environment = text_of(attempt.environment).removeprefix("ic_")
    task_key = "/".join(
        text_of(part) for part in (attempt.environment, attempt.dataset, attempt.task_id)
    )
    steps = _conversation(attempt, history, environment).drafts()
    return EpisodeDraft(
        format=InterCodeReader.format,
        key=keys.key(task_key, run.model, run.name, head_digest(steps)),
        steps=steps,
        agent=run.agent,
        model=run.model,
        project=f"intercode {environment}".strip(),
        task=task_line(text_of(attempt.query)),
        task_key=task_key,
        outcome=outcome_of(attempt.summary.max_reward if attempt.summary else None),
        raw_start=raw[0],
        raw_size=raw[1],
    )


def _conversation(attempt: Attempt, history: TurnHistory, environment: str) -> Conversation:
    conversation = Conversation()
    conversation.say(StepSource.USER, text_of(attempt.query))
    observations, valid = _list(history.observations), _list(history.valid_action)
    thoughts = _list(history.thoughts) or _list(history.steps)
    for number, action in enumerate(map(text_of, _list(history.actions))):
        thought = text_of(_item(thoughts, number))
        call = Part(PartKind.CALL, action, environment)
        turn = conversation.say(StepSource.AGENT, "", reasoning=thought, calls=[call])
        if turn is not None and number < len(observations):
            observation = text_of(observations[number])
            refused = _item(valid, number) is False or observation.startswith(_FAILED)
            turn.answer(observation, "", "", refused)
        if turn is not None and action.strip().lower() == "submit":
            turn.flags |= StepFlag.SUBMISSION
    return conversation


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()


def _item(values: Sequence[object], number: int) -> object:
    return values[number] if number < len(values) else None
