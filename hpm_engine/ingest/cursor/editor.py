"""Cursor's editor: its databases of keys and values, one for all workspaces and one for each.

Since 2025 a chat is the value of ``composerData:ID`` in the table ``cursorDiskKV`` of the first,
its bubbles those of ``bubbleId:ID:…``. Before, all chats of a workspace were one value.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from hpm_engine.ingest.cursor.bubbles import BUBBLE, Bubble
from hpm_engine.ingest.cursor.composers import (
    AskTab,
    Composer,
    composer_draft,
    folder_of,
    tab_draft,
)
from hpm_engine.ingest.databases.kind import Columns, Selection, Tables, has
from hpm_engine.ingest.databases.row_lines import cell_text, told_by
from hpm_engine.ingest.databases.rows import json_cell, rows, session_of
from hpm_engine.ingest.json.raw_values import NO_JSON, elements
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.gathered import Raw
from hpm_engine.values.drafts import EpisodeDraft
from hpm_engine.values.renderings import CURSOR

_KEYED, _ITEMS = "cursordiskkv", "itemtable"
_CHAT, _BUBBLE = "composerData:", "bubbleId:"
_COMPOSERS = "composer.composerData"
_TABS = "workbench.panel.aichat.view.aichat.chatdata"
_WORKSPACE = "workspace "  # before the key whose value holds all chats of a workspace


class CursorEditorDatabase:
    """``state.vscdb``."""

    format = CURSOR
    agent = "Cursor"

    def recognises(self, columns: Columns, name: str) -> bool:
        """Whether there are Cursor's keys; VS Code's own databases only have the other table."""
        keyed = has(columns, _KEYED, "key", "value")
        return keyed or (has(columns, _ITEMS, "key", "value") and "cursor" in name.lower())

    def sessions(self, tables: Tables) -> Iterator[str]:
        """The ids of the chats, and the keys whose values hold several."""
        chats = Selection(_KEYED, "key", _CHAT, prefix=True)
        for key in tables.values("key", chats):
            yield str(key).removeprefix(_CHAT)
        for wanted in (_TABS, _COMPOSERS):
            for _ in tables.values("key", Selection(_ITEMS, "key", wanted)):
                yield f"{_WORKSPACE}{wanted}"

    def selections(self, tables: Tables, session: str) -> Iterator[Selection]:
        """The chat, and its bubbles; or all chats of a workspace."""
        if session.startswith(_WORKSPACE):
            yield Selection(_ITEMS, "key", session.removeprefix(_WORKSPACE))
        else:
            yield Selection(_KEYED, "key", f"{_CHAT}{session}")
            yield Selection(_KEYED, "key", f"{_BUBBLE}{session}:", prefix=True)

    def indexes(self, columns: Columns) -> Sequence[tuple[str, str]]:
        """The column of keys, which has an index already."""
        return ((_KEYED, "key"),)


class KeyedRow(msgspec.Struct):
    """A row of a key."""

    key: object = None
    value: object = None


class AskTabs(msgspec.Struct):
    """The chats of a workspace in the oldest versions."""

    tabs: msgspec.Raw = NO_JSON


class AllComposers(msgspec.Struct):
    """The chats of a workspace; only their ids where they are elsewhere."""

    composers: msgspec.Raw = msgspec.field(default=NO_JSON, name="allComposers")


class WorkspaceFile(msgspec.Struct):
    """The file beside the database of a workspace."""

    folder: object = None


_COMPOSER = TypedDecoder(Composer)
_TAB = TypedDecoder(AskTab)
_ALL_TABS = TypedDecoder(AskTabs)
_ALL_COMPOSERS = TypedDecoder(AllComposers)
_FILE = TypedDecoder(WorkspaceFile)


class CursorEditorRows:
    """Chats of the databases."""

    def recognises(self, source: SourceFile) -> bool:
        """Whether the source is rows of chats of Cursor's editor."""
        if not told_by(source, CURSOR):
            return False
        return any(record.get("table") in (_KEYED, _ITEMS) for record in source.records[1:2])

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The chat, or all chats of a workspace. Raises ``NothingToImport`` for empty drafts."""
        source.must_fit("chat", "Split it.")
        session = session_of(source)
        drafts = _of_workspace(source) if session.startswith(_WORKSPACE) else _chat(source, session)
        found = False
        for draft in drafts:
            found = True
            yield draft
        if not found:
            raise source.account.nothing(source.name, "chats of Cursor in which nothing was said.")


def _chat(source: SourceFile, session: str) -> Iterator[EpisodeDraft]:
    composer, place, prefix = None, (0, 0), f"{_BUBBLE}{session}:"
    bubbles: dict[str, tuple[Bubble, Raw]] = {}
    for _, start, size, line in rows(source):
        row = msgspec.convert(line.row, KeyedRow)
        key, value = cell_text(row.key), json_cell(row.value)
        if key.startswith(_CHAT):
            composer, place = _COMPOSER.nested(value), (start, size)
        elif (bubble := BUBBLE.nested(value)) is not None:
            known = bubble.bubble_id if isinstance(bubble.bubble_id, str) else None
            own = key.removeprefix(prefix) if known is None else known
            bubbles[own] = bubble, (start, size)
        else:
            source.account.pass_over("a bubble without a value")
    if composer is not None:
        draft = composer_draft(composer, bubbles, place, _folder(source), source.account, session)
        if draft is not None:
            yield draft


def _of_workspace(source: SourceFile) -> Iterator[EpisodeDraft]:
    cwd = _folder(source)
    for _, start, size, line in rows(source):
        value = json_cell(msgspec.convert(line.row, KeyedRow).value)
        tabs, composers = _ALL_TABS.nested(value), _ALL_COMPOSERS.nested(value)
        for item in elements(tabs.tabs) if tabs else []:
            tab = _TAB.nested(item) or AskTab()
            draft = tab_draft(tab, (start, size), cwd, source.account)
            if draft is not None and draft.key:
                yield draft
        for item in elements(composers.composers) if composers else []:
            composer = _COMPOSER.nested(item) or Composer()
            draft = composer_draft(composer, {}, (start, size), cwd, source.account)
            if draft is not None and draft.key:
                yield draft


def _folder(source: SourceFile) -> str:
    """The folder of the workspace whose database this is; "" for that of all workspaces."""
    try:
        file = _FILE.decode(source.beside("workspace.json") or b"") or WorkspaceFile()
    except ValueError:
        return ""
    return folder_of(text_of(file.folder))
