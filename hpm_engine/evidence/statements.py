"""Lines that only say something: whether somebody said it in a session, or took it back."""

from __future__ import annotations

from collections.abc import Sequence

from hpm_engine.evidence.acts import StepAct
from hpm_engine.evidence.claims import Claim, quantities
from hpm_engine.evidence.findings import Finding
from hpm_engine.evidence.wording import content_words, sentences, takes_back
from hpm_engine.values.note_evidence import NoteVerdict
from hpm_engine.words.scripts import words_of

_SAID = 0.6  # of a line's words that a sentence, or two in a row, have to hold
_BACK = 0.4  # that a sentence has to hold which takes it back
_FEWEST = 3  # words of a line that says something
_ASKED = 12  # words that are looked for


def asked_words(claim: Claim) -> list[str]:
    """The words by which one finds who said something like a line; none where it says too little.

    The longest come first: they say most.
    """
    if len(content_words(claim.said)) < _FEWEST:
        return []
    words = [word for word in words_of(claim.said.lower()) if content_words(word)]
    return list(dict.fromkeys(sorted(words, key=len, reverse=True)))[:_ASKED]


def judge_statement(claim: Claim, acts: Sequence[StepAct], since: int) -> Finding | None:
    """Whether it was said and not taken back; None where it says too little."""
    words = content_words(claim.said)
    if len(words) < _FEWEST:
        return None
    numbers = {quantity.value for quantity in claim.quantities}
    good: list[StepAct] = []
    bad: list[StepAct] = []
    for act in acts:
        if act.kind != "said":
            continue
        before: frozenset[str] = frozenset()
        for sentence in sentences(act.text):
            own = content_words(sentence)
            share = max(len(words & own), len(words & (own | before))) / len(words)
            if share >= _BACK and any(takes_back(sentence, word) for word in _main(claim, own)):
                if not claim.forbids:
                    bad.append(act)
            elif share >= _SAID and numbers <= {value for _, value in quantities(act.text)}:
                good.append(act)
            before = own
    last = max((act.order for act in good), default=(0, 0, 0))
    later = [act for act in bad if act.order > last]
    if later:
        return Finding(NoteVerdict.CONTRADICTED, "It was taken back.", good, later)
    if good:
        people = any(act.by_person for act in good)
        who = "A person said so." if people else "An agent said so."
        return Finding(NoteVerdict.TRUE, who, good)
    return Finding(NoteVerdict.NEVER, "Nothing here did this, and nobody said it.")


def _main(claim: Claim, own: frozenset[str]) -> list[str]:
    """The longest words of a line that a sentence has, too."""
    words = [word for word in words_of(claim.said.lower()) if content_words(word) & own]
    return sorted(dict.fromkeys(words), key=len, reverse=True)[:3]
