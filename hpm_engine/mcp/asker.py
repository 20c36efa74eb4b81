"""Who asks: which agent, at work on which project, in which session."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from hpm_engine.ingest.steps.projects import project_name, project_path
from hpm_engine.values.episodes import EpisodeQuery
from hpm_engine.values.visibility import Reader
from hpm_engine.words.visible_text import visible

if TYPE_CHECKING:
    from hpm_engine.memory import Memory

_CLAUDE_CODE = "CLAUDE_CODE_SESSION_ID"  # it gives this to the servers that it starts
_CODEX = "x-codex-turn-metadata"  # Codex sends this with each call
_LONGEST_NAME = 64  # characters


class Asker(msgspec.Struct, frozen=True):
    """Who asks in one request."""

    reader: Reader
    client: str  # what the client calls itself
    session: str  # the id of the session that is going on; "" where nobody says it
    folder: str  # the path of the project that is worked on; "" where it was configured

    @property
    def into(self) -> str:
        """Where an answer goes, for the record of recalls."""
        return self.session or self.client or "an agent"


class Askers:
    """Tells who asks from what was configured, what the client says, and where it works."""

    def __init__(
        self, configured: Reader | None, folder: Path, environment: Mapping[str, str] = os.environ
    ) -> None:
        self._configured = configured
        self._folder = str(folder)
        self._session = environment.get(_CLAUDE_CODE, "")

    def asker(self, client: str, meta: Mapping[str, Any]) -> Asker:
        """Who asks in one request. What a client says of itself is believed, but no boundary."""
        client = visible(client, lines=True)[:_LONGEST_NAME]
        session = self._session or _codex_session(meta.get(_CODEX))
        if self._configured is not None:
            return Asker(self._configured, client, session, "")
        reader = Reader(client, project_name(self._folder))
        return Asker(reader, client, session, project_path(self._folder))


def placed(memory: Memory, asker: Asker) -> tuple[Asker, bool]:
    """Who asks, with the project as the store names it, and whether it knows any session of it.

    The path tells a project from others of its name. Where the sessions came from elsewhere, the
    name has to do.
    """
    reader = asker.reader
    for name in filter(None, (asker.folder, reader.project)):
        known = memory.episodes.find(EpisodeQuery(project=name))
        if known and name == reader.project:
            return asker, True
        for episode in memory.episodes.get(known.window(0, 1)):
            reader = msgspec.structs.replace(reader, project=episode.project)
            return msgspec.structs.replace(asker, reader=reader), True
    return asker, False


def _codex_session(turn: object) -> str:
    """The session in what Codex says of its turn, as an object or as its JSON."""
    if isinstance(turn, str):
        try:
            turn = json.loads(turn)
        except (ValueError, RecursionError):
            return ""
    if not isinstance(turn, Mapping):
        return ""
    session = turn.get("session_id") or turn.get("thread_id")
    return session[:200] if isinstance(session, str) else ""
