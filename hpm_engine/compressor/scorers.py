"""All scorers by name, and the one that is used unless another is asked for."""

from __future__ import annotations

from functools import lru_cache

from hpm_engine.compressor.learned import NAME, Learned
from hpm_engine.compressor.rules import STEP_RULES, WORD_RULES
from hpm_engine.compressor.scorer import Scorer
from hpm_engine.compressor.shipped_mask import shipped_scorer
from hpm_engine.errors import NotFound

DEFAULT = NAME


def scorers() -> dict[str, Scorer]:
    """Every scorer: the learned one, rules that value identifiers, those that value steps."""
    found: tuple[Scorer, ...] = (_learned(), *WORD_RULES, *STEP_RULES)
    return {one.name: one for one in found}


def scorer_named(name: str) -> Scorer:
    """The scorer of that name, or the default for ``""``. Raises ``NotFound``."""
    known = scorers()
    try:
        return known[name or DEFAULT]
    except KeyError:
        choices = ", ".join(known)
        raise NotFound(f"No scorer is called {name!r}. There are: {choices}.") from None


@lru_cache(maxsize=1)
def _learned() -> Learned:
    """Read once: 2 MB, and a window asks again with every move of its slider."""
    return shipped_scorer()
