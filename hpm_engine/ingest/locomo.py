"""LoCoMo: long conversations of two people in dated sessions; its questions are no conversation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

from hpm_engine.drafts import EpisodeDraft, StepDraft
from hpm_engine.errors import NothingToImport
from hpm_engine.ingest.content import text_of
from hpm_engine.ingest.conversation import Conversation
from hpm_engine.ingest.identity import Keys
from hpm_engine.ingest.json_text import RAW_LIST, Document, decode, located, raw_items
from hpm_engine.ingest.source import SourceFile
from hpm_engine.ingest.task_text import task_line
from hpm_engine.records import StepSource

_SESSION = re.compile(r"session_(\d{1,6})")
_TIME = re.compile(r"(\d{1,2}):(\d\d) ([ap])m on (\d{1,2}) ([A-Z][a-z]+),? (\d{4})")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Turn(msgspec.Struct):
    """What one of the two said; a picture is given by its caption."""

    speaker: object = None
    dia_id: object = None
    text: object = None
    blip_caption: object = None


class Sample(msgspec.Struct):
    """One long conversation; what was asked or written about it later is skipped."""

    conversation: dict[str, msgspec.Raw] = {}
    sample_id: object = None


_TURN: msgspec.json.Decoder[Turn] = msgspec.json.Decoder(Turn)
_SAMPLE: msgspec.json.Decoder[Sample] = msgspec.json.Decoder(Sample)
_TEXT: msgspec.json.Decoder[object] = msgspec.json.Decoder()


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
        document = Document(source.name, source.read())
        if isinstance(source.opening.value, list):
            raws = document.decode(RAW_LIST)  # before its data: a repair changes them
            records = located(document.data, raws)
        else:
            document.decode(_TEXT)
            records = iter([(document.data, 0)])
        keys, empty = Keys(), True
        for number, (data, start) in enumerate(records, 1):
            sample = decode(data, _SAMPLE, source.name, f"conversation {number}")
            for episode in _sessions(source.name, sample, data, start, keys):
                empty = False
                yield episode
        if empty:
            raise NothingToImport(f"{source.name}: LoCoMo's questions without the conversations.")


def _sessions(
    name: str, sample: Sample, data: bytes, base: int, keys: Keys
) -> Iterator[EpisodeDraft]:
    found = zip(sample.conversation, located(data, sample.conversation.values()), strict=True)
    sessions = sorted(
        (int(match[1]), value, start)
        for key, (value, start) in found
        if (match := _SESSION.fullmatch(key))
    )
    conversation = keys.key(text_of(sample.sample_id) or "conversation")
    before = ""
    for number, value, start in sessions:
        place = f"{name}, session {number}"
        steps = _turns(place, value, base + start)
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
            started_at=_moment(text_of(decode(bytes(when), _TEXT, place))),
            raw_start=base + start,
            raw_size=len(value),
        )
        before = key


def _turns(place: str, data: bytes, base: int) -> tuple[StepDraft, ...]:
    conversation = Conversation()
    raws = raw_items(msgspec.Raw(data), place)
    for number, (item, start) in enumerate(located(data, raws), 1):
        turn = decode(item, _TURN, place, f"turn {number}")
        text, caption = text_of(turn.text), text_of(turn.blip_caption)
        if caption:
            text = f"{text}\n[image: {caption}]".lstrip()
        conversation.say(
            StepSource.USER,
            text,
            (base + start, len(item)),
            speaker=text_of(turn.speaker),
            message_id=text_of(turn.dia_id),
        )
    return conversation.drafts()


def _moment(text: str) -> int | None:
    """Unix microseconds of "1:56 pm on 8 May, 2023", taken as UTC; None for anything else."""
    found = _TIME.fullmatch(text.strip())
    if found is None or found[5][:3] not in _MONTHS:
        return None
    hour = int(found[1]) % 12 + 12 * (found[3] == "p")
    month = _MONTHS.index(found[5][:3]) + 1
    try:
        when = datetime(int(found[6]), month, int(found[4]), hour, int(found[2]), tzinfo=UTC)
    except ValueError:
        return None
    return int(when.timestamp()) * 1_000_000
