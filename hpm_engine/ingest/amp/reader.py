"""Amp: threads under ``~/.local/share/amp/threads``, a document each."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from hpm_engine.ingest.amp.messages import MESSAGE, add_message
from hpm_engine.ingest.json.raw_values import NO_JSON, elements
from hpm_engine.ingest.json.text import Document
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.typed_records import typed_document, typed_items
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.gathered import GatheredSession
from hpm_engine.ingest.steps.identity import head_digest
from hpm_engine.ingest.steps.times import micros
from hpm_engine.ingest.steps.uris import path_of
from hpm_engine.values.drafts import EpisodeDraft

_BRANCH = "refs/heads/"


class _Repository(msgspec.Struct):
    """The repository of a folder; ``ref`` is the branch."""

    ref: object = None


class _Tree(msgspec.Struct):
    """A folder that the thread works in."""

    uri: object = None
    repository: _Repository | None = None


class _Initial(msgspec.Struct):
    """Where the thread began."""

    trees: list[_Tree] | None = None


class _AmpEnvironment(msgspec.Struct):
    """Around a thread."""

    initial: _Initial | None = None


class AmpThread(msgspec.Struct):
    """A thread with its messages."""

    id: object = None
    created: object = None
    title: object = None
    env: _AmpEnvironment | None = None
    main_thread: object = msgspec.field(default=None, name="mainThreadID")
    messages: msgspec.Raw = NO_JSON


_THREAD = TypedDecoder(AmpThread)


class AmpReader:
    """One episode for each thread."""

    format = "amp"

    def recognises(self, source: SourceFile) -> bool:
        """Whether the source is a document with a thread's id and its messages."""
        record = source.opening.keys
        key = text_of(record.get("id"))
        if not key or not isinstance(record.get("messages"), list):
            return False
        if key.startswith("T-"):
            return bool({"created", "env", "v"} & record.keys())
        environment = record.get("env")
        return "created" in record and isinstance(environment, dict) and "initial" in environment

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The thread. Raises ``CannotImport`` where nothing was said in it."""
        document = Document(source.name, source.read())
        thread = typed_document(document, _THREAD, "a thread", source.account)
        session = GatheredSession(self.format, text_of(thread.id))
        session.agent_name = text_of(thread.title)
        session.parent_key = text_of(thread.main_thread)
        session.started_at = micros(thread.created)
        _note_folder(session, thread)
        raws = elements(thread.messages)
        for line in typed_items(document, raws, MESSAGE, "a message", source.account):
            add_message(session, line.record, (line.start, line.size), source.account)
        draft = session.draft()
        if draft is None:
            raise source.account.nothing(source.name, "a thread in which nothing was said.")
        draft.key = draft.key or head_digest(draft.steps)
        yield draft


def _note_folder(session: GatheredSession, thread: AmpThread) -> None:
    initial = thread.env.initial if thread.env else None
    trees = (initial.trees if initial else None) or [_Tree()]
    uri = text_of(trees[0].uri)
    session.cwd = path_of(uri) or uri
    repository = trees[0].repository
    session.branch = text_of(repository.ref).removeprefix(_BRANCH) if repository else ""
