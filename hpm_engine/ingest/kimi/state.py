"""The state of a session of Kimi, which a file above or beside its lines holds."""

from __future__ import annotations

from hpm_engine.ingest.json.plain_values import companion_value, mapping, text
from hpm_engine.ingest.steps.gathered import GatheredSession


def read_state(session: GatheredSession, data: bytes | None) -> None:
    """Take the title and the folder from the file's bytes; what is damaged says nothing."""
    state = mapping(companion_value(data))
    session.cwd = session.cwd or text(state.get("workDir"))
    custom = text(state.get("custom_title"))
    if custom and state.get("title_generated") is not True:
        session.name = custom
    elif state.get("isCustomTitle") is True:
        session.name = text(state.get("title"))
    else:
        session.agent_name = custom or text(state.get("title"))
