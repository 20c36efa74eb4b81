"""OpenHands conversations: lists, lines and folders of events, of version 0 and of the SDK."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import sha256
from itertools import chain, islice
from typing import Protocol, TypeVar

import msgspec

from hpm_engine.errors import CannotImport, LimitExceeded, NothingToImport
from hpm_engine.ingest.chat.records import outcome_of
from hpm_engine.ingest.json.raw_values import NO_JSON, elements
from hpm_engine.ingest.json.text import RAW, RAW_LIST, Document, located
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.openhands.events import EVENT, EventReader, OpenHandsEvent
from hpm_engine.ingest.openhands.sdk import SDK_EVENT, SdkEvent, SdkEventReader
from hpm_engine.ingest.openhands.steps import EventSteps
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.sources.json_records import decode_document, json_records
from hpm_engine.ingest.sources.line_records import Located, typed_lines
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.typed_records import typed_record
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.first_lines import project_of
from hpm_engine.ingest.steps.identity import Keys
from hpm_engine.ingest.steps.task_text import project_of as project_of_instance
from hpm_engine.ingest.steps.task_text import task_line
from hpm_engine.values.drafts import EpisodeDraft, StepDraft

S = TypeVar("S", bound=msgspec.Struct)

_PAGE = re.compile(r"(?:^|[/\\])event_cache[/\\]\d+-\d+\.json$")
_HEAD_EVENTS = 100  # first events, which have the task


class Evaluated(msgspec.Struct):
    """One instance of an evaluation's ``output.jsonl``, or an exported trajectory."""

    instance_id: object = None
    history: msgspec.Raw = NO_JSON
    trajectory: msgspec.Raw = NO_JSON
    report: object = None


_EVALUATED = TypedDecoder(Evaluated)


class _Events(Protocol):
    """The events of a conversation, which can be read several times."""

    def head(self) -> tuple[str, str]:
        """A key that tells the conversation from others, and its task."""
        ...

    def steps(self, draft: EpisodeDraft) -> Iterator[StepDraft]:
        """The steps of the conversation."""
        ...


class OpenHandsReader:
    """OpenHands' trajectories and event stores, without the rendered texts of events."""

    format = "openhands"

    def recognises(self, source: SourceFile) -> bool:
        """Whether one of the first records is an event, or has a list of events."""
        return bool(_first_event(source)[1])

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The conversation; one for each instance of an evaluation's output.

        Raises ``NothingToImport`` for a page of OpenHands' cache, whose events lie beside it.
        """
        if _PAGE.search(source.name):
            raise NothingToImport(
                f"{source.name}: a page of OpenHands' cache. Import the events folder beside it."
            )
        record, event = _first_event(source)
        sdk = "kind" in event
        if "history" in record or "trajectory" in record:
            yield from _evaluations(source, sdk=sdk)
        elif isinstance(source.opening.value, list):
            yield _spoken(source, _of_source_list(source, sdk=sdk))
        else:
            yield _spoken(source, _of_lines(source, sdk=sdk))


def _first_event(source: SourceFile) -> tuple[dict[str, object], dict[str, object]]:
    """The first record that is or has an event, and that event; empty objects without one.

    An evaluation's instance may have failed before its first event.
    """
    for record in source.records:
        events = record.get("trajectory") or record.get("history")
        first: object = events[0] if isinstance(events, list) and events else record
        if isinstance(first, list):  # older evaluations pair actions with observations
            first = first[0] if first else None
        if isinstance(first, dict) and _is_event(first):
            return record, first
    return {}, {}


def _is_event(record: dict[str, object]) -> bool:
    if "source" not in record or "id" not in record:
        return False
    sdk = isinstance(record.get("kind"), str) and "timestamp" in record
    return sdk or "action" in record or "observation" in record


class _Actions:
    """The events of version 0."""

    def __init__(
        self, events: Callable[[Account], Iterator[Located[OpenHandsEvent]]], account: Account
    ) -> None:
        self._events, self._account = events, account

    def head(self) -> tuple[str, str]:
        """A digest of the first event, and the first message of a person."""
        events = [line.record for line in islice(self._events(Account()), _HEAD_EVENTS)]
        prompts = (e for e in events if e.source == "user" and e.action == "message")
        task = next((text for e in prompts if (text := text_of((e.args or {}).get("content")))), "")
        first = events[0] if events else OpenHandsEvent()
        return _digest(first.timestamp, first.id, first.source, task), task

    def steps(self, draft: EpisodeDraft) -> Iterator[StepDraft]:
        """The steps."""
        steps = EventSteps()
        return _steps(self._events(self._account), EventReader(draft, steps).add, steps)


class _SdkEvents:
    """The events of version 1, each with an id of its own."""

    def __init__(
        self, events: Callable[[Account], Iterator[Located[SdkEvent]]], account: Account
    ) -> None:
        self._events, self._account = events, account

    def head(self) -> tuple[str, str]:
        """The id of the first event, and the first message of a person."""
        events = [line.record for line in islice(self._events(Account()), _HEAD_EVENTS)]
        messages = (e.llm_message for e in events if e.source == "user" and e.llm_message)
        task = next((text for message in messages if (text := text_of(message.content))), "")
        return text_of(events[0].id) if events else "", task

    def steps(self, draft: EpisodeDraft) -> Iterator[StepDraft]:
        """The steps."""
        steps = EventSteps()
        return _steps(self._events(self._account), SdkEventReader(draft, steps).add, steps)


def _steps(
    events: Iterator[Located[S]], add: Callable[[Located[S]], None], steps: EventSteps
) -> Iterator[StepDraft]:
    for line in events:
        add(line)
        yield from steps.ready()
    yield from steps.rest()


def _digest(*parts: object) -> str:
    return sha256("\0".join(map(str, parts)).encode("utf-8", "replace")).hexdigest()[:16]


def _of_lines(source: SourceFile, *, sdk: bool) -> _Events:
    if sdk:
        return _SdkEvents(partial(typed_lines, source, SDK_EVENT), source.account)
    return _Actions(partial(typed_lines, source, EVENT), source.account)


def _of_source_list(source: SourceFile, *, sdk: bool) -> _Events:
    """The events of a list; only the whole ones of a damaged list."""
    document = Document(source.name, source.read())
    try:
        raws = decode_document(document, RAW_LIST, source.account)  # first: it may repair the data
    except LimitExceeded:
        raise
    except CannotImport:
        return _of_lines(source, sdk=sdk)
    source.account.read += len(raws)
    return _of_list(document, raws, 0, source.account, sdk=sdk)


def _of_list(
    document: Document, raws: list[msgspec.Raw], base: int, account: Account, *, sdk: bool
) -> _Events:
    if sdk:
        return _SdkEvents(partial(_listed, document, raws, base, SDK_EVENT), account)
    return _Actions(partial(_listed, document, raws, base, EVENT), account)


def _listed(
    document: Document,
    raws: list[msgspec.Raw],
    base: int,
    decoder: TypedDecoder[S],
    account: Account,
) -> Iterator[Located[S]]:
    for number, (data, start) in enumerate(located(document.data, raws), 1):
        record = typed_record(data, decoder, account, "an event")
        if record is None:
            account.miss("an event")
        else:
            yield Located(number, base + start, len(data), record)


def _spoken(source: SourceFile, events: _Events) -> EpisodeDraft:
    draft = _conversation(events)
    if draft is None:
        held = "OpenHands events in which nothing was said or done."
        raise source.account.nothing(source.name, held)
    return draft


def _conversation(events: _Events) -> EpisodeDraft | None:
    """The episode; None for events without a step."""
    key, task = events.head()
    draft = EpisodeDraft(
        format=OpenHandsReader.format, key=key, steps=(), agent="openhands", task=task_line(task)
    )
    steps = events.steps(draft)
    first = next(steps, None)
    if first is None:
        return None
    draft.steps = _then_project(draft, chain((first,), steps))
    return draft


def _then_project(draft: EpisodeDraft, steps: Iterator[StepDraft]) -> Iterator[StepDraft]:
    yield from steps
    draft.project = draft.project or project_of(draft.cwd)  # the folder is known only now


def _evaluations(source: SourceFile, *, sdk: bool) -> Iterator[EpisodeDraft]:
    keys, empty = Keys(), True
    for number, start, size, data in json_records(source):
        document = Document(f"{source.name}, record {number}", data)
        document.decode(RAW)
        record = typed_record(document.data, _EVALUATED, source.account, "an instance")
        record = record or Evaluated()
        items = elements(record.history) or elements(record.trajectory)
        raws = [event for item in items for event in (elements(item) or [item])]
        if not raws:
            source.account.pass_over("an instance that failed before its conversation began")
            continue
        events = _of_list(document, raws, start, source.account, sdk=sdk)
        if (draft := _conversation(events)) is None:
            source.account.pass_over("an instance in which nothing was said or done")
            continue
        instance = text_of(record.instance_id)
        draft.key = keys.key(instance, draft.key)
        draft.task_key, draft.project = instance, project_of_instance(instance)
        label = record.report.get("resolved") if isinstance(record.report, dict) else None
        draft.outcome = outcome_of(label if isinstance(label, bool) else None)
        draft.raw_start, draft.raw_size = start, size
        empty = False
        yield draft
    if empty:
        raise source.account.nothing(source.name, "OpenHands records without an event.")
