"""LoCoMo: long conversations of two people in dated sessions, without its questions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

from hpm_engine.ingest.json.text import ANYTHING, RAW_LIST, Document, decode, located
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.sources.json_records import json_records
from hpm_engine.ingest.sources.line_records import Located
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.typed_records import typed_parts, typed_record
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.conversation import Conversation
from hpm_engine.ingest.steps.identity import Keys
from hpm_engine.ingest.steps.task_text import task_line
from hpm_engine.values.drafts import EpisodeDraft, StepDraft
from hpm_engine.values.episodes import StepSource

_SESSION = re.compile(r"session_(\d{1,6})")
_TIME = re.compile(r"(\d{1,2}):(\d\d) ([ap])m on (\d{1,2}) ([A-Z][a-z]+),? (\d{4})")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class LoCoMoTurn(msgspec.Struct):
    """A message of one of the two people; a picture is given by its caption."""

    speaker: object = None
    dia_id: object = None
    text: object = None
    blip_caption: object = None


class LoCoMoSample(msgspec.Struct):
    """One long conversation; questions and notes about it are skipped."""

    conversation: dict[str, msgspec.Raw] = {}
    sample_id: object = None


_TURN = TypedDecoder(LoCoMoTurn)
_SAMPLE = TypedDecoder(LoCoMoSample)


class LoCoMoReader:
    """LoCoMo's conversations (arXiv:2402.17753): each session is an episode.

    A turn's message has the speaker as its name and the ``dia_id`` as its id; the conversation is
    the project. Questions, observations and summaries are left out: they would give answers away.
    """

    format = "locomo"

    def recognises(self, source: SourceFile) -> bool:
        """Whether the first record is a sample: questions with evidence, or two speakers."""
        record = source.opening.record
        conversation, questions = record.get("conversation"), record.get("qa")
        if isinstance(conversation, dict) and "speaker_a" in conversation:
            return True
        first = questions[0] if isinstance(questions, list) and questions else None
        return isinstance(first, dict) and "question" in first and "evidence" in first

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """One episode for each session, each one continuing the session before."""
        keys, empty = Keys(), True
        for line in json_records(source):
            sample = typed_record(line.record, _SAMPLE, source.account, "a conversation")
            if sample is None:
                source.account.miss_record("a conversation")
                continue
            silent = True
            for episode in _sessions(source, sample, line, keys):
                silent = empty = False
                yield episode
            if silent:
                source.account.pass_over("a record without a conversation")
        if empty:
            raise source.account.nothing(
                source.name, "LoCoMo's questions without the conversations."
            )


def _sessions(
    source: SourceFile, sample: LoCoMoSample, line: Located[bytes], keys: Keys
) -> Iterator[EpisodeDraft]:
    base = line.start
    items = located(line.record, sample.conversation.values())
    sessions = sorted(
        (int(match[1]), value, start)
        for key, (value, start) in zip(sample.conversation, items, strict=True)
        if (match := _SESSION.fullmatch(key))
    )
    conversation = keys.key(text_of(sample.sample_id) or "conversation")
    before = ""
    for number, value, start in sessions:
        location = f"{source.name}, session {number}"
        steps = _turns(Document(location, value), base + start, source.account)
        if not steps:
            continue
        key = f"{conversation}/{number}"
        when = sample.conversation.get(f"session_{number}_date_time", msgspec.Raw(b"null"))
        yield EpisodeDraft(
            format=LoCoMoReader.format,
            key=key,
            steps=steps,
            continues_key=before,
            agent="locomo",
            project=conversation,
            task=task_line(steps[0].parts[0].text),
            task_key=key,
            started_at=_moment(text_of(decode(bytes(when), ANYTHING, location))),
            raw_start=base + start,
            raw_size=len(value),
        )
        before = key


def _turns(document: Document, base: int, account: Account) -> tuple[StepDraft, ...]:
    conversation = Conversation()
    is_list = document.data.startswith(b"[")
    raws = decode(document.data, RAW_LIST, document.name) if is_list else []
    for _, start, size, turn in typed_parts(document, raws, _TURN, "a turn", account):
        text, caption = text_of(turn.text), text_of(turn.blip_caption)
        if caption:
            text = f"{text}\n[image: {caption}]".lstrip()
        conversation.say(
            StepSource.USER,
            text,
            (base + start, size),
            speaker=text_of(turn.speaker),
            message_id=text_of(turn.dia_id),
        )
    return conversation.drafts()


def _moment(text: str) -> int | None:
    """Unix microseconds of "1:56 pm on 8 May, 2023", taken as UTC; None for anything else."""
    match = _TIME.fullmatch(text.strip())
    if match is None or match[5][:3] not in _MONTHS:
        return None
    hour = int(match[1]) % 12 + 12 * (match[3] == "p")
    month = _MONTHS.index(match[5][:3]) + 1
    try:
        when = datetime(int(match[6]), month, int(match[4]), hour, int(match[2]), tzinfo=UTC)
    except ValueError:
        return None
    return int(when.timestamp()) * 1_000_000
