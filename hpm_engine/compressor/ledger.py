"""The ledger: in which order a compressed memory lists identifiers that it has no text of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hpm_engine.compressed import LedgerWord
from hpm_engine.compressor.container import bucket
from hpm_engine.compressor.identifiers import Counts, Floats, Identifiers

PACKED = 2.6  # characters of a list in a byte of a compressed memory, about
_LENGTH = 0.5  # of log(length): what a longer identifier must be worth more
_SPOKEN = 0.5  # of a deep ledger is what the episode speaks of most, whatever a scorer says


class Ledger:
    """Orders of an episode's identifiers, as their places, and what is listed of each."""

    def __init__(self, identifiers: Identifiers, worth: Floats) -> None:
        self._identifiers, self._worth = identifiers, worth
        self._sizes = identifiers.sizes()

    def by_worth(self) -> list[int]:
        """By what a scorer gives for their bytes."""
        order: list[int] = self._ranked(np.log(np.maximum(self._worth, 1e-9))).tolist()
        return order

    def by_both(self, limit: int) -> list[int]:
        """Half of ``limit`` bytes by how often each is met, then by what a scorer gives.

        A new task leads to an episode by what it speaks of; a scorer foretells what is needed
        once it is found. By worth alone transfer loses a few per cent of its rank.
        """
        spoken = self._ranked(np.log1p(self._identifiers.total()))
        share = np.cumsum(self._sizes[spoken]) <= _SPOKEN * limit * PACKED
        first: list[int] = spoken[share].tolist()
        known = set(first)
        return first + [word for word in self.by_worth() if word not in known]

    def rows(self, ranked: Sequence[int], *, pointed: bool) -> tuple[LedgerWord, ...]:
        """What is listed of each; ``pointed`` says in which step it stands most often."""
        homes, times = self._identifiers.home(), self._identifiers.total()
        return tuple(
            LedgerWord(
                self._identifiers.words[word],
                (1, 4, 10)[bucket(int(times[word]))],
                int(homes[word]) if pointed else None,
            )
            for word in ranked
        )

    def _ranked(self, logs: Floats) -> Counts:
        return np.argsort(-(logs - _LENGTH * np.log(self._sizes)), kind="stable")
