"""What makes a session the same session: its id where it has one, else how it began."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from hpm_engine.ingest.sources.account import Account
from hpm_engine.values.drafts import EpisodeDraft, StepDraft
from hpm_engine.values.episodes import PartKind, StepFlag, StepSource


def head_digest(steps: Iterable[StepDraft], more: str = "") -> str:
    """16 hex digits of the prompts and the first agent step: equal for a session that has grown.

    Two runs of one task differ as soon as their agents were told or said different first words,
    or said them at different times. ``more`` is whatever else tells a format's runs apart.
    """
    digest = hashlib.sha256(more.encode())
    task_seen = False
    for step in steps:
        if step.source is StepSource.AGENT:
            digest.update(f"{step.at or ''}\0".encode())
            for part in step.parts:
                if part.kind in (PartKind.MESSAGE, PartKind.CALL):
                    digest.update(f"{part.kind}\0{part.name}\0{part.text}\0".encode())
            break
        if step.source is StepSource.SYSTEM:
            digest.update("".join(part.text for part in step.parts).encode() + b"\0")
        elif step.source is StepSource.USER and not task_seen:
            task_seen = not step.flags & StepFlag.DEMONSTRATION
            if task_seen:
                digest.update("".join(part.text for part in step.parts).encode() + b"\0")
    return digest.hexdigest()[:16]


def not_empty(draft: EpisodeDraft, name: str, account: Account) -> EpisodeDraft:
    """The draft. Raises what the account says where it has no steps."""
    if not draft.steps:
        raise account.nothing(name, "a trajectory without steps; nothing happened in it.")
    return draft


class Keys:
    """Keys of the episodes of one source: one that recurs is numbered, in the source's order."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def key(self, *parts: object) -> str:
        """The parts that are there, joined by slashes."""
        key = "/".join(str(part) for part in parts if part not in (None, ""))
        count = self._seen[key] = self._seen.get(key, 0) + 1
        return key if count == 1 else f"{key}#{count}"
