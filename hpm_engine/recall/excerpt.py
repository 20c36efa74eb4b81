"""The piece of a step's text that answers a cue."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from hpm_engine.records import PartKind, Step

LENGTH = 400  # characters
_SPACE = re.compile(r"[ \t]{2,}|\n\s*\n+")
_SEARCHED = 20_000  # characters of a step that are looked through


def text_of(step: Step) -> str:
    """What a step says and does, as one text; of its results only an error."""
    texts = []
    for part in step.parts:
        if part.kind is PartKind.RESULT and not part.is_error:
            continue
        name = f"{part.name}: " if part.name else ""
        texts.append(name + part.text[:_SEARCHED].strip())
    return "\n".join(text for text in texts if text)


def excerpt(text: str, words: Mapping[str, float], length: int = LENGTH) -> str:
    """At most ``length`` characters of ``text``, where its words weigh most; cut at spaces."""
    text = _SPACE.sub(lambda found: "\n" if "\n" in found[0] else " ", text[:_SEARCHED]).strip()
    if len(text) <= length:
        return text
    start = _best_start(text, words, length)
    if start:
        space = text.find(" ", start, start + 40)
        start = space + 1 if space >= 0 else start
    end = min(len(text), start + length - 2)
    if end < len(text) and (space := text.rfind(" ", end - 40, end)) > start:
        end = space
    return ("…" if start else "") + text[start:end].strip() + ("…" if end < len(text) else "")


def matching(text: str, words: Iterable[str]) -> tuple[str, ...]:
    """The words that stand in ``text``, in any inflection that shares their beginning."""
    lower = text.lower()
    return tuple(word for word in words if _beginning(word) in lower)


def _best_start(text: str, words: Mapping[str, float], length: int) -> int:
    """Where the window of ``length`` characters with the most weight begins."""
    lower = text.lower()
    found = sorted(
        (match.start(), weight, word)
        for word, weight in words.items()
        for match in re.finditer(re.escape(_beginning(word)), lower)
    )
    best, best_start = 0.0, 0
    for number, (start, _, _) in enumerate(found):
        within = {word: w for at, w, word in found[number:] if at < start + length - 60}
        if sum(within.values()) > best:
            best, best_start = sum(within.values()), max(0, start - 40)
        if number > 200:
            break
    return best_start


def _beginning(word: str) -> str:
    return word if len(word) <= 4 else word[: max(4, len(word) - 2)]
