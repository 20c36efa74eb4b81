"""A session of Hermes, whichever of its files tells it."""

from __future__ import annotations

import msgspec

from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.steps.gathered import GatheredSession
from hpm_engine.values.drafts import EpisodeDraft

FORMAT = "hermes"


class HermesConfig(msgspec.Struct):
    """How a session was started."""

    cwd: object = None


def drafted(gathered: GatheredSession, source: SourceFile) -> EpisodeDraft:
    """The episode. Raises ``NothingToImport`` for a session without a message."""
    draft = gathered.draft()
    if draft is None:
        raise source.account.nothing(source.name, "a session of Hermes without a message.")
    return draft
