"""All scorers by name, and the one that a store uses unless another is asked for."""

from __future__ import annotations

from functools import lru_cache

from msgspec import structs

from hpm_engine.compressor.evidence.scorer import Scorer
from hpm_engine.compressor.scorers.learned import NAME, LearnedScorer
from hpm_engine.compressor.scorers.rules import STEP_RULES, WORD_RULES
from hpm_engine.compressor.scorers.shipped_mask import file_layout, networks_in, shipped_scorer
from hpm_engine.encoder.tensor_file import parsed
from hpm_engine.errors import NotFound
from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.tuned_weights import TunedWeights
from hpm_engine.values.adaptation import Model


def scorers() -> dict[str, Scorer]:
    """Every scorer: the learned one, rules that value identifiers, those that value steps."""
    scorers: tuple[Scorer, ...] = (_learned(), *WORD_RULES, *STEP_RULES)
    return {scorer.name: scorer for scorer in scorers}


class StoreScorers:
    """The scorers that a store has: these, and the learned one as it was fine-tuned on it."""

    def __init__(self, database: Database) -> None:
        self._weights = TunedWeights(database)
        self._tuned: LearnedScorer | None = None

    def names(self) -> tuple[str, ...]:
        """The names of all scorers, the default first."""
        default = self.named("").name
        return (default, *(name for name in scorers() if name != default))

    def named(self, name: str) -> Scorer:
        """The scorer of that name; for ``""`` the learned one in use.

        Raises ``NotFound``, and ``BadModel`` or ``DamagedStore`` where weights are not what they
        should be.
        """
        known = scorers()
        if name in known:
            return known[name]
        learned = self.learned()
        if name in ("", learned.name):
            return learned
        choices = ", ".join(dict.fromkeys((learned.name, *known)))
        raise NotFound(f"No scorer is called {name!r}. There are: {choices}.")

    def learned(self) -> LearnedScorer:
        """The learned scorer in use: fine-tuned, or the shipped one; raises as ``named``."""
        digest = self._weights.digest(Model.MASK)
        if not digest:
            return _learned()
        name = f"{NAME}-{digest[:8]}"
        if self._tuned is None or self._tuned.name != name:
            data = self._weights.data(Model.MASK) or b""
            tensors = parsed(data, file_layout(), "of the store's mask")
            networks = networks_in(tensors)
            self._tuned = structs.replace(_learned(), networks=networks, name=name)
        return self._tuned


@lru_cache(maxsize=1)
def _learned() -> LearnedScorer:
    """Read once: 2 MB, and a window asks again with every move of its slider."""
    return shipped_scorer()
