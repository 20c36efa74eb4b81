"""The ledger: a compressed memory lists identifiers of which it has no text, in this order."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from hpm_engine.compressor.evidence.identifiers import Counts, EpisodeIdentifiers, Floats
from hpm_engine.compressor.packing.container import ledger_lines
from hpm_engine.compressor.packing.word_counts import BOUNDS, COUNTS, bucket
from hpm_engine.values.compression import LedgerWord

PACKED = 2.6  # characters of a list in a byte of a compressed memory, about
_LENGTH = 0.5  # of log(length): what a longer identifier must be worth more
_SPOKEN = 0.5  # of a deep ledger is what the episode speaks of and uses, whatever a scorer says
_USED = 3.0  # times as much as being met counts that the agent itself used it (both as logarithms)


class Ledger:
    """Orders of an episode's identifiers, by their indexes, and what is listed of each."""

    def __init__(self, identifiers: EpisodeIdentifiers, worth: Floats) -> None:
        self._identifiers, self._worth = identifiers, worth
        self.sizes = identifiers.sizes()
        self._times = identifiers.total()

    @cached_property
    def _sorted(self) -> Counts:
        words = self._identifiers.words
        return np.array(sorted(range(len(words)), key=words.__getitem__), np.int64)

    @cached_property
    def _places(self) -> Counts:
        # By name first: sorting by step leaves that order within a step.
        by_home = np.argsort(np.array(self._homes, np.int64)[self._sorted], kind="stable")
        positions: Counts = np.argsort(self._sorted[by_home])
        return positions

    @cached_property
    def _homes(self) -> list[int]:
        homes: list[int] = self._identifiers.home().tolist()
        return homes

    def by_worth(self) -> list[int]:
        """By what a scorer gives for their bytes."""
        order: list[int] = self._ranked(np.log(np.maximum(self._worth, 1e-9))).tolist()
        return order

    def by_both(self, limit: int) -> list[int]:
        """Half of ``limit`` bytes by how often each is met and used, then by what a scorer gives.

        A new task leads to an episode by what it speaks of; a scorer foretells what is needed
        once it is found, of agents that it knows. By worth alone transfer loses a few per cent of
        its rank, and an agent that works in another way much of what it changed.
        """
        used = self._identifiers.frequency(acted=True)
        logs: Floats = (np.log1p(self._times) + _USED * np.log1p(used)).astype(np.float32)
        spoken = self._ranked(logs)
        share = np.cumsum(self.sizes[spoken]) <= _SPOKEN * limit * PACKED
        first: list[int] = spoken[share].tolist()
        known = set(first)
        return first + [word for word in self.by_worth() if word not in known]

    def rows(self, ranked: Sequence[int], *, pointed: bool) -> tuple[LedgerWord, ...]:
        """What is listed of each; ``pointed`` says in which step it stands most often."""
        return tuple(
            LedgerWord(
                self._identifiers.words[word],
                COUNTS[bucket(int(self._times[word]))],
                self._homes[word] if pointed else None,
            )
            for word in ranked
        )

    def counts(self, held: NDArray[np.bool_]) -> bytes:
        """About how often each of the held identifiers was met, as ``word_counts`` has it."""
        times = self._times[self._sorted][held[self._sorted]]
        return np.searchsorted(BOUNDS, times, "right").astype(np.uint8).tobytes()

    def placed(self, words: Sequence[int]) -> list[int]:
        """Words as they stand in a ledger with pointers: by step, then by name."""
        given = np.array(words, np.int64)
        ordered: list[int] = given[np.argsort(self._places[given])].tolist()
        return ordered

    def text(self, ordered: Sequence[int]) -> str:
        """Placed words as a ledger with pointers is written: a line for each step."""
        words = self._identifiers.words
        return "\n".join(
            " ".join([words[word] for word in of])
            for _, of in groupby(ordered, self._homes.__getitem__)
        )

    def bare(self, rows: Sequence[LedgerWord]) -> str:
        """Words as a ledger without pointers is written."""
        return "\n".join(ledger_lines(rows)[1])

    def _ranked(self, logs: Floats) -> Counts:
        return np.argsort(-(logs - _LENGTH * np.log(self.sizes)), kind="stable")
