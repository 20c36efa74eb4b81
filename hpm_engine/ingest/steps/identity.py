"""The identity of a session: its id, or the digest of its beginning."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from hpm_engine.ingest.sources.account import Account
from hpm_engine.values.drafts import EpisodeDraft, StepDraft
from hpm_engine.values.episodes import PartKind, StepFlag, StepSource


def head_digest(steps: Iterable[StepDraft], more: str = "") -> str:
    """16 hex digits of the prompts and the first agent step: they stay when a session grows.

    Two runs of one task differ if their first words, to or from the agents, differ in text or
    time. ``more`` is any other text that tells a format's runs apart.
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
    """The draft. Raises the account's error for a draft without steps."""
    if not draft.steps:
        raise account.nothing(name, "a trajectory without steps; nothing happened in it.")
    return draft


class Keys:
    """The keys of a source's episodes; a key that recurs gets a number, in the source's order."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def key(self, *parts: object) -> str:
        """The parts without empty ones, joined by slashes."""
        key = "/".join(str(part) for part in parts if part not in (None, ""))
        count = self._seen[key] = self._seen.get(key, 0) + 1
        return key if count == 1 else f"{key}#{count}"
