"""Cursor's readers: one for its databases, one for its transcripts, which render the same chats."""

from __future__ import annotations

from hpm_engine.ingest.cursor.editor import CursorEditorRows
from hpm_engine.ingest.cursor.store import CursorStoreRows
from hpm_engine.ingest.cursor.text_transcript import CursorTextTranscripts
from hpm_engine.ingest.cursor.transcript import CursorTranscripts
from hpm_engine.ingest.sources.renderings import ReaderOf
from hpm_engine.values import renderings

CURSOR = ReaderOf(renderings.CURSOR, CursorEditorRows(), CursorStoreRows())
CURSOR_TRANSCRIPTS = ReaderOf(
    renderings.CURSOR_TRANSCRIPT, CursorTranscripts(), CursorTextTranscripts()
)
