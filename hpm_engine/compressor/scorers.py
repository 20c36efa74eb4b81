"""All scorers by name, and the one that is used unless another is asked for."""

from __future__ import annotations

from hpm_engine.compressor.rules import NEED, STEP_RULES, WORD_RULES
from hpm_engine.compressor.scorer import Scorer
from hpm_engine.errors import NotFound

DEFAULT = NEED.name


def scorers() -> dict[str, Scorer]:
    """Every scorer: rules that value identifiers, then those that value steps."""
    found: tuple[Scorer, ...] = (*WORD_RULES, *STEP_RULES)
    return {one.name: one for one in found}


def scorer_named(name: str) -> Scorer:
    """The scorer of that name, or the default for ``""``. Raises ``NotFound``."""
    known = scorers()
    try:
        return known[name or DEFAULT]
    except KeyError:
        choices = ", ".join(known)
        raise NotFound(f"No scorer is called {name!r}. There are: {choices}.") from None
