"""Grok Build's reader: two tellings of a session are the same format, and one is read."""

from __future__ import annotations

from hpm_engine.ingest.grok.history import GrokHistories
from hpm_engine.ingest.grok.summary import FORMAT
from hpm_engine.ingest.grok.updates import GrokUpdates
from hpm_engine.ingest.sources.renderings import ReaderOf

GROK_BUILD = ReaderOf(FORMAT, GrokUpdates(), GrokHistories())
