"""Droid's reader: both tellings of a session are the same format."""

from __future__ import annotations

from hpm_engine.ingest.droid.session import FORMAT, DroidSessions
from hpm_engine.ingest.droid.stream import DroidStreams
from hpm_engine.ingest.sources.renderings import ReaderOf

DROID = ReaderOf(FORMAT, DroidSessions(), DroidStreams())
