"""Cline, Roo Code and Kilo Code in an editor: ``api_conversation_history.json`` of each task."""

from __future__ import annotations

from collections.abc import Iterator

from hpm_engine.ingest.cline.facts import note_facts, note_times, screen_of
from hpm_engine.ingest.cline.messages import MESSAGE
from hpm_engine.ingest.cline.task import ClineTask
from hpm_engine.ingest.sources.file_name import folders_of
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.typed_records import typed_records
from hpm_engine.ingest.steps.gathered import GatheredSession
from hpm_engine.ingest.steps.identity import head_digest
from hpm_engine.values.drafts import EpisodeDraft

_FILE = "api_conversation_history.json"
_FOLDERS = {
    "saoudrizwan.claude-dev": "cline",
    "rooveterinaryinc.roo-cline": "roo-code",
    "kilocode.kilo-code": "kilo-legacy",
}
_AGENTS = {"kilo-legacy": "kilo-code"}
_OPENINGS = ("<task>", "<user_message>")
_ENVIRONMENT = "<environment_details>"


class ClineReader:
    """The tasks of Cline, or of one of its descendants, which write the same files."""

    def __init__(self, format_: str) -> None:
        self.format = format_

    def recognises(self, source: SourceFile) -> bool:
        """Whether the records are messages with a task in its tag, in this agent's folder."""
        if _format_of(source.name) != self.format:
            return False
        named = folders_of(source.name)[-1:] == [_FILE]
        records = [record for record in source.records if record.get("role") == "user"]
        return any(_is_of_task(record, named) for record in records)

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The one task of the file."""
        session = GatheredSession(self.format, _key(source.name), _AGENTS.get(self.format, ""))
        screen = screen_of(source)
        note_facts(session, source, screen)
        task = ClineTask(session, source.account, screen)
        stated = session.model
        for line in typed_records(source, MESSAGE, "a message"):
            if line.record.role in ("user", "assistant"):
                task.add(line.record, (line.start, line.size))
            else:
                source.account.miss_record("a message of an unknown role")
        session.model = session.model or stated
        note_times(session, screen)
        draft = session.draft()
        if draft is None:
            raise source.account.nothing(source.name, "a task in which nothing was said.")
        draft.key = draft.key or head_digest(draft.steps)
        yield draft


def _format_of(name: str) -> str:
    folders = folders_of(name)
    return next((_FOLDERS[folder] for folder in folders if folder in _FOLDERS), "cline")


def _key(name: str) -> str:
    """The number of a task, which only its folder has; "" for a file without one."""
    folders = folders_of(name)
    return folders[-2] if folders[-1:] == [_FILE] and len(folders) > 1 else ""


def _is_of_task(record: dict[str, object], named: bool) -> bool:
    """Whether a message has the marks of a task; in a file of that name, any text."""
    content = record.get("content")
    blocks = content if isinstance(content, list) else [content]
    texts = [block.get("text") if isinstance(block, dict) else block for block in blocks]
    known = [text.lstrip() for text in texts if isinstance(text, str)]
    if any(text.startswith(_OPENINGS) for text in known):
        return True
    return named and (bool(known) or any(text.startswith(_ENVIRONMENT) for text in known))
