"""The border of a store: what leaves it for an agent or a file is looked at once more."""

from __future__ import annotations

from collections.abc import Callable

from hpm_engine.secrets.policy import SecretPolicy
from hpm_engine.store.file.database import Database
from hpm_engine.store.secrets.rows import SecretRows


class SecretBorder:
    """Masks secrets in what leaves, also those of stores that keep them in clear."""

    def __init__(self, database: Database) -> None:
        self._rows = SecretRows(database)

    def clean(self, text: str) -> str:
        """A text without secrets; inside the caller's transaction."""
        return self._rows.masker().text(text)

    def for_files(self) -> Callable[[bytes], bytes]:
        """What becomes of bytes that a person exports: nothing where secrets are kept by choice."""
        if self._rows.policy() is SecretPolicy.KEEP:
            return lambda data: data
        masker = self._rows.masker()
        return lambda data: masker.mask(data)[0]
