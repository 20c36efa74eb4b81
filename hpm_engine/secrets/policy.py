"""What a store does with the secrets of what arrives, and what it knows of them."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

import msgspec

from hpm_engine.values.reports import Changed

SECRETS = "secrets"  # the setting's name


class SecretPolicy(StrEnum):
    """Masked on import; masked, and listed until a person decides; or kept as they are."""

    MASK = "mask"
    ASK = "ask"
    KEEP = "keep"


class SecretState(StrEnum):
    """What became of a secret."""

    MASKED = "masked"
    WAITING = "waiting"  # masked, and a person is to say whether it is one
    STORED = "stored"  # it stands in the store in clear
    CLEARED = "cleared"  # a person said that it is none


class Secret(msgspec.Struct, frozen=True):
    """A secret that was met, never in clear; times in Unix microseconds."""

    tag: str  # the same for equal secrets of one store
    rule: str
    state: SecretState
    times: int
    first_at: int
    last_at: int
    places: tuple[str, ...]  # where it stands in clear, some of them: "step:ID", "source:ID" …
    step: tuple[int, int] | None = None  # the first step among them: its episode and position


class SecretsMasked(msgspec.Struct, frozen=True):
    """What masking the secrets of a store came to."""

    secrets: int
    episodes: int
    steps: int
    sources: int
    names: int  # of notes, searches, settings and other rows
    in_log: int  # places in the log, which is never changed
    wiped: bool  # False: a reader of another program held old pages back
    CHANGES: ClassVar[Changed] = Changed.EPISODES | Changed.NOTES | Changed.AUDIT

    @property
    def changed(self) -> Changed:
        """What views read again."""
        return self.CHANGES if self.secrets else Changed.NOTHING


class SecretsScanned(msgspec.Struct, frozen=True):
    """What a look at all that is stored came to."""

    CHANGES: ClassVar[Changed] = Changed.SETTINGS
    secrets: tuple[Secret, ...]  # every one that was ever met

    @property
    def stored(self) -> int:
        """How many stand in clear."""
        return sum(secret.state is SecretState.STORED for secret in self.secrets)

    @property
    def changed(self) -> Changed:
        """What views read again."""
        return self.CHANGES
