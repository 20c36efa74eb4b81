"""The phrases for an occasion, chosen without immediate repetition."""

from __future__ import annotations

import random
import re
from collections import defaultdict, deque

from hpm_engine.sample.project import load_phrases


class Voice:
    """The phrases of one session."""

    def __init__(self, chooser: random.Random) -> None:
        self._random = chooser
        self._phrases = load_phrases()
        self._recent: defaultdict[str, deque[str]] = defaultdict(lambda: deque(maxlen=2))

    def say(self, occasion: str, values: dict[str, str]) -> str:
        """A phrase for the occasion with its ``{placeholders}`` filled in."""
        recent = self._recent[occasion]
        choices = [text for text in self._phrases[occasion] if text not in recent or not text]
        text = self._random.choice(choices)
        recent.append(text)
        return fill(text, values)


def fill(text: str, values: dict[str, str]) -> str:
    """``text`` with ``{name}`` replaced; ``{name_capital}`` begins with a capital letter."""

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name.endswith("_capital"):
            plain = values.get(name.removesuffix("_capital"), match[0])
            return plain[:1].upper() + plain[1:]
        return values.get(name, match[0])

    return re.sub(r"\{(\w+)\}", value, text)
