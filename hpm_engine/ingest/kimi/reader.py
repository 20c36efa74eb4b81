"""Kimi's readers: Kimi Code's and Kimi CLI's sessions have ids of their own."""

from __future__ import annotations

from hpm_engine.ingest.kimi.legacy import KimiContexts
from hpm_engine.ingest.kimi.wire import KimiWires
from hpm_engine.ingest.sources.renderings import ReaderOf

KIMI_CODE = ReaderOf("kimi-code", KimiWires())
KIMI_CLI = ReaderOf("kimi-legacy", KimiContexts())
