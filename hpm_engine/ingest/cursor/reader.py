"""Cursor's reader: every telling of a chat is the same format, so that no chat is there twice."""

from __future__ import annotations

from hpm_engine.ingest.cursor.chat import FORMAT
from hpm_engine.ingest.cursor.editor import CursorEditorRows
from hpm_engine.ingest.cursor.store import CursorStoreRows
from hpm_engine.ingest.cursor.text_transcript import CursorTextTranscripts
from hpm_engine.ingest.cursor.transcript import CursorTranscripts
from hpm_engine.ingest.sources.renderings import ReaderOf

CURSOR = ReaderOf(
    FORMAT, CursorEditorRows(), CursorStoreRows(), CursorTranscripts(), CursorTextTranscripts()
)
