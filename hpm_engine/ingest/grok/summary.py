"""The summary of a session of Grok Build, in a file beside both tellings of it."""

from __future__ import annotations

from urllib.parse import unquote

from hpm_engine.ingest.json.plain_values import companion_value, first_text, mapping, text
from hpm_engine.ingest.sources.file_name import folders_of
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.steps.gathered import GatheredSession
from hpm_engine.ingest.steps.times import micros

FORMAT = "grok-build"


def begun_session(source: SourceFile) -> GatheredSession:
    """A session with all that the summary beside its lines says of it."""
    folders = folders_of(source.name)
    session = GatheredSession(FORMAT, folders[-2] if len(folders) > 2 else "")
    written = (source.beside("../.cwd") or b"").decode("utf-8-sig", "replace").strip()
    named = unquote(folders[-3]) if len(folders) > 3 else ""
    session.cwd = written or (named if named.startswith("/") else "")
    summary = mapping(companion_value(source.beside("summary.json")))
    info = mapping(summary.get("info"))
    session.key = text(info.get("id")) or session.key
    session.cwd = text(info.get("cwd")) or session.cwd
    session.branch = text(summary.get("head_branch"))
    session.model = text(summary.get("current_model_id"))
    session.agent_name = first_text(summary.get("generated_title"), summary.get("session_summary"))
    parent = text(summary.get("parent_session_id"))
    if text(summary.get("session_kind")).startswith("subagent"):
        session.parent_key = parent
    else:
        session.continues_key = parent
    session.note_time(micros(summary.get("created_at")))
    session.note_time(micros(summary.get("updated_at")))
    return session
