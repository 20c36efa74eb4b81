"""Goose: sessions as rows of its database, and as lines, a head and then its messages."""

from __future__ import annotations

from collections.abc import Iterator

from hpm_engine.ingest.goose.database import GooseRows
from hpm_engine.ingest.goose.head import FORMAT, note_head
from hpm_engine.ingest.goose.messages import GooseLine, add_goose_message
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.file_name import stem
from hpm_engine.ingest.sources.line_records import typed_lines
from hpm_engine.ingest.sources.renderings import ReaderOf
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.gathered import GatheredSession
from hpm_engine.values.drafts import EpisodeDraft

Record = dict[str, object]

_BLOCKS = ("text", "toolRequest", "toolResponse", "thinking", "image")


_LINE = TypedDecoder(GooseLine)


class GooseLines:
    """Sessions as Goose wrote them before it had a database."""

    def recognises(self, source: SourceFile) -> bool:
        """Whether a first record is the head of a session, or a message of Goose."""
        return any(_is_head(record) or _is_message(record) for record in source.records)

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The one session of a file. Its name is the id where the head has none."""
        source.must_fit("session", "Split it.")
        gathered = GatheredSession(FORMAT, stem(source.name))
        for _, start, size, line in typed_lines(source, _LINE, source.account):
            if line.role is None and line.working_dir is not None:
                note_head(gathered, line)
            elif line.role is None:
                source.account.miss_record("a line that is neither head nor message")
            elif not add_goose_message(gathered, line, (start, size), source.account):
                source.account.miss_record(f"a message of {text_of(line.role)[:40]}")
        draft = gathered.draft()
        if draft is None:
            raise source.account.nothing(source.name, "a session of Goose without a message.")
        yield draft


GOOSE = ReaderOf(FORMAT, GooseRows(), GooseLines())


def _is_head(record: Record) -> bool:
    counted = "description" in record or "message_count" in record or "created_at" in record
    return "working_dir" in record and counted and "role" not in record


def _is_message(record: Record) -> bool:
    content = record.get("content")
    first = content[0] if isinstance(content, list) and content else None
    typed = isinstance(first, dict) and first.get("type") in _BLOCKS
    timed = isinstance(record.get("created"), int) and not isinstance(record["created"], bool)
    return typed and timed and record.get("role") in ("user", "assistant")
