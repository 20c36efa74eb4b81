"""tau-bench result files: one list of simulated customer conversations with rewards."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from hpm_engine.ingest.chat.messages import CHAT_MESSAGE, add_message
from hpm_engine.ingest.chat.records import outcome_of
from hpm_engine.ingest.json.raw_values import NO_JSON, elements
from hpm_engine.ingest.json.text import Document
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.json_records import json_records
from hpm_engine.ingest.sources.line_records import Located
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.typed_records import typed_parts, typed_record
from hpm_engine.ingest.steps.conversation import Conversation
from hpm_engine.ingest.steps.identity import Keys, head_digest
from hpm_engine.ingest.steps.task_text import task_line
from hpm_engine.values.drafts import EpisodeDraft

_DOMAIN = re.compile(r"# (\w+) [Aa]gent [Pp]olicy")
_FILE = re.compile(r"([\w.]+(?:-[\w.]+)*?)-(?:airline|retail|telecom)\b")


class TauTask(msgspec.Struct):
    """The instruction of the simulated user."""

    instruction: str = ""


class TauInfo(msgspec.Struct):
    """The notes of the benchmark about a conversation."""

    task: TauTask | None = None


class TauRecord(msgspec.Struct):
    """One trial of one task."""

    task_id: int | str | None = None
    traj: msgspec.Raw = NO_JSON
    reward: object = None
    trial: object = None
    info: TauInfo | None = None


_RECORD = TypedDecoder(TauRecord)


class TauBenchReader:
    """tau-bench's historical trajectories; the reward is the outcome."""

    format = "tau-bench"

    def recognises(self, source: SourceFile) -> bool:
        """Whether the source is a list of objects with a task, a trial and a trajectory."""
        record = source.opening.record
        named = "task_id" in record and isinstance(record.get("traj"), list)
        return named and ("reward" in record or "trial" in record)

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """One episode for each trial."""
        named = _FILE.match(source.name.replace("\\", "/").rsplit("/", 1)[-1])
        model = named[1] if named else ""
        keys = Keys()
        for line in json_records(source):
            record = typed_record(line.record, _RECORD, source.account, "a trial")
            if record is None or record.task_id is None:
                source.account.miss_record("a trial")
                continue
            episode = _episode(source, record, line, model)
            episode.key = keys.key(episode.key)
            yield episode


def _episode(
    source: SourceFile, record: TauRecord, line: Located[bytes], model: str
) -> EpisodeDraft:
    _, start, size, data = line
    inner = Document(f"{source.name}, task {record.task_id}", data)
    messages = typed_parts(inner, elements(record.traj), CHAT_MESSAGE, "a message", source.account)
    conversation = Conversation()
    domain = ""
    for _, offset, length, message in messages:
        if not domain and isinstance(message.content, str):
            policy = _DOMAIN.search(message.content[:400])
            domain = policy[1].lower() if policy else ""
        add_message(conversation, message, (start + offset, length), miss=source.account.miss)
    steps = conversation.drafts()
    trial = record.trial if record.trial is not None else ""
    return EpisodeDraft(
        format=TauBenchReader.format,
        key=f"{record.task_id}/{trial}/{head_digest(steps)}",
        steps=steps,
        agent=" ".join(word for word in ("tau-bench", model, domain) if word),
        model=model,
        project=f"tau-bench {domain}".strip(),
        task=task_line(record.info.task.instruction if record.info and record.info.task else ""),
        task_key=str(record.task_id),
        outcome=outcome_of(record.reward),
        raw_start=start,
        raw_size=size,
    )
