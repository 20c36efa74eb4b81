"""The state of an agent as it grows: a conversation in JSON that gets a message at each step."""

from __future__ import annotations

import random
from collections.abc import Iterator

import msgspec

_WORDS = 2_000
_MESSAGE_WORDS = 600  # about 4 kB
_CONSONANTS, _VOWELS = "bdfgklmnprstv", "aeiou"


def growing_state(seed: int, messages: int) -> Iterator[bytes]:
    """The state after each message, as JSON; the same for the same seed."""
    chance = random.Random(seed)
    words = ["".join(_syllables(chance)) for _ in range(_WORDS)]
    spoken: list[dict[str, str]] = []
    for number in range(messages):
        text = " ".join(
            words[int(len(words) * chance.random() ** 2)] for _ in range(_MESSAGE_WORDS)
        )
        role = "assistant" if number % 2 else "user"
        spoken.append({"id": f"{chance.getrandbits(64):x}", "role": role, "content": text})
        yield msgspec.json.encode({"step": number, "messages": spoken, "left": messages - number})


def _syllables(chance: random.Random) -> Iterator[str]:
    for _ in range(chance.randint(1, 4)):
        yield chance.choice(_CONSONANTS) + chance.choice(_VOWELS)
