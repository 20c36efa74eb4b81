"""What the files beside a task's messages know of the task: its title, folder, model and sums."""

from __future__ import annotations

from hpm_engine.ingest.cline.screen import ScreenTimes
from hpm_engine.ingest.json.plain_values import companion_value
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.steps.amounts import dollars, token_count
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.gathered import GatheredSession
from hpm_engine.ingest.steps.times import micros

_ITEM = "history_item.json"
_HISTORY = "../../state/taskHistory.json"
_METADATA = "task_metadata.json"
_SCREEN = "ui_messages.json"
_CACHED = ("cacheReads", "cacheWrites")


def screen_of(source: SourceFile) -> ScreenTimes:
    """What the screen's copy beside a task's messages tells."""
    return ScreenTimes(source.beside(_SCREEN))


def note_facts(session: GatheredSession, source: SourceFile, screen: ScreenTimes) -> None:
    """Give a session what the files beside it know."""
    item = _item(source, session.key)
    session.agent_name = text_of(item.get("task"))
    session.cwd = text_of(item.get("workspace")) or text_of(item.get("cwdOnTaskInitialization"))
    session.model = text_of(item.get("modelId")) or _model(source)
    session.cost = dollars(item.get("totalCost")) if item.get("totalCost") else screen.cost
    tokens_in, tokens_out = token_count(item.get("tokensIn")), token_count(item.get("tokensOut"))
    if session.format == "cline":  # its descendants count cached ones among those read
        cached = (token_count(item.get(name)) or 0 for name in _CACHED)
        tokens_in = None if tokens_in is None else tokens_in + sum(cached)
    session.tokens_in = screen.tokens_in if tokens_in is None else tokens_in
    session.tokens_out = screen.tokens_out if tokens_out is None else tokens_out


def note_times(session: GatheredSession, screen: ScreenTimes) -> None:
    """Give a session whose messages have no times those of the screen, or of its number."""
    if any(turn.at is not None for turn in session.turns):
        return
    begun = micros(session.key) if session.key.isdigit() and len(session.key) == 13 else None
    session.started_at = begun if screen.first is None else screen.first
    session.ended_at = begun if screen.last is None else screen.last


def _item(source: SourceFile, task: str) -> dict[str, object]:
    """The task's entry in its own file, or in the list of all tasks."""
    own = companion_value(source.beside(_ITEM))
    if isinstance(own, dict):
        return own
    entries = companion_value(source.beside(_HISTORY))
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and task and text_of(entry.get("id")) == task:
            return entry
    return {}


def _model(source: SourceFile) -> str:
    """The model that was used last, in the metadata of newer versions."""
    metadata = companion_value(source.beside(_METADATA))
    usage = metadata.get("model_usage") if isinstance(metadata, dict) else None
    models = [text_of(use.get("model_id")) for use in usage or () if isinstance(use, dict)]
    return next(filter(None, reversed(models)), "") if isinstance(usage, list) else ""
