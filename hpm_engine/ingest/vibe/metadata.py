"""What Vibe knows of a session: its id, times, folder, branch, model and sums."""

from __future__ import annotations

import msgspec

from hpm_engine.ingest.json.typed import TooDeep, TypedDecoder
from hpm_engine.ingest.steps.amounts import dollars, token_count
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.gathered import GatheredSession
from hpm_engine.ingest.steps.times import micros

_GIVEN = ("user", "manual")  # sources of a title that a person gave


class _VibeEnvironment(msgspec.Struct):
    """Where the session works."""

    working_directory: object = None


class _Stats(msgspec.Struct):
    """Sums of the session; the tokens read include cached ones."""

    session_prompt_tokens: object = None
    session_completion_tokens: object = None
    session_cost: object = None


class _Config(msgspec.Struct):
    """The settings that the session ran with."""

    active_model: object = None


class VibeMetadata(msgspec.Struct):
    """What is known of a session."""

    session_id: object = None
    parent_session_id: object = None
    start_time: object = None
    end_time: object = None
    git_branch: object = None
    model: object = None
    title: object = None
    title_source: object = None
    environment: _VibeEnvironment | None = None
    stats: _Stats | None = None
    config: _Config | None = None
    agent_config: _Config | None = None


_METADATA = TypedDecoder(VibeMetadata)


def note_metadata(session: GatheredSession, data: bytes | None) -> None:
    """Give a session what is known of it; nothing where there is none, or it is damaged."""
    try:
        known = _METADATA.decode(data) if data else None
    except (msgspec.DecodeError, TooDeep):
        known = None
    if known is None:
        return
    session.key = text_of(known.session_id)
    # A session that was cleared or compacted goes on under another id.
    session.continues_key = text_of(known.parent_session_id)
    session.started_at, session.ended_at = micros(known.start_time), micros(known.end_time)
    session.branch = text_of(known.git_branch)
    session.cwd = text_of(known.environment.working_directory) if known.environment else ""
    if text_of(known.title_source) in _GIVEN:
        session.name = text_of(known.title)
    else:
        session.agent_name = text_of(known.title)
    config = known.config or known.agent_config or _Config()
    session.model = text_of(known.model) or text_of(config.active_model)
    stats = known.stats or _Stats()
    session.tokens_in = token_count(stats.session_prompt_tokens)
    session.tokens_out = token_count(stats.session_completion_tokens)
    session.cost = dollars(stats.session_cost) or None
