"""What is said of keeping a store up to date."""

from __future__ import annotations

import time

from app.kit.formatting import counted
from hpm_engine import SourceSync, SyncReport

_SOON = 60.0  # seconds that are just now
_LONG = 3600.0  # seconds after which a time of day says more


def synced(title: str, report: SyncReport, took: str) -> str:
    """What a sync did, for the log."""
    if not report.sources:
        return f"{title}: no source is chosen, or all are paused."
    parts = [source_words(source) for source in report.sources if source.new]
    said = "; ".join(parts) if parts else "nothing new"
    failed = counted(len(report.failures), "failure") if report.failures else ""
    return ". ".join([f"{title}: {said}, {took}", *([failed] if failed else []), ""]).rstrip()


def source_words(source: SourceSync) -> str:
    """What was new in a source."""
    parts = []
    if source.episodes_added:
        parts.append(f"{counted(source.episodes_added, 'episode')} added")
    if source.episodes_extended:
        parts.append(f"{counted(source.episodes_extended, 'episode')} extended")
    return f"{source.agent or source.path}: {', '.join(parts)}"


def ago(at: float, now: float | None = None) -> str:
    """How long ago a moment (seconds since 1970) was."""
    seconds = (time.time() if now is None else now) - at
    if seconds < _SOON:
        return "just now"
    if seconds < _LONG:
        return f"{int(seconds // 60)} min ago"
    return f"at {time.strftime('%H:%M', time.localtime(at))}"
