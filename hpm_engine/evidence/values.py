"""Values that a line gives to something: a port, a limit, a number of things."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from hpm_engine.evidence.acts import StepAct
from hpm_engine.evidence.claims import Claim, Quantity, quantities
from hpm_engine.evidence.findings import Finding
from hpm_engine.evidence.wording import content_words, sentences, takes_back
from hpm_engine.values.note_evidence import NoteVerdict

_FLAG = re.compile(r"--?([A-Za-z][\w-]{1,40})(?:=| )[\"']?(\d{1,12}(?:\.\d{1,9})?)(?![\w.])")
_SHORT_FLAGS = {"p": "port", "j": "jobs", "n": "number"}
# Units say little of what is counted: two words more have to agree.
_UNITS = frozenset(
    (
        *("second", "minute", "hour", "day", "week", "month", "year", "byte", "kb", "mb"),
        *("gb", "percent", "%", "ms", "time", "line", "row", "char", "column", "item"),
        *("word",),
    )
)


class _Met(NamedTuple):
    """A value that an act gave to a key; ``slot`` is where: a file, a program, words."""

    act: StepAct
    value: str
    slot: tuple[str, ...]
    related: bool  # whether its words are those of the line


def judge_values(claim: Claim, acts: Sequence[StepAct], since: int) -> Iterator[Finding]:
    """Each value of a line: whether it was met, and whether another came in its place later."""
    for quantity in claim.quantities:
        topic = content_words(claim.text) - content_words(f"{quantity.key} {quantity.value}")
        topic = frozenset(word for word in topic if not word.isdigit())
        met = [each for act in acts for each in _met(act, quantity, topic)]
        good = [each for each in met if _same(each.value, quantity.value)]
        good = [each for each in good if each.related or each.slot[0] != "said"]
        slots = {each.slot for each in good}
        last = max((each.act.order for each in good), default=(0, 0, 0))
        others = [
            each.act
            for each in met
            if (
                not _same(each.value, quantity.value)
                and not each.act.looks
                and each.act.order > last
                and (each.slot in slots if each.slot[0] in ("file", "command") and slots else False)
            )
            or (
                not _same(each.value, quantity.value)
                and each.related
                and not each.act.looks
                and each.act.order > last
            )
        ]
        back = [act for act in acts if act.order > last and _forgets(act, quantity.value)]
        said = f"{quantity.key} {quantity.value}"
        if others or back:
            reason = f"After it another value took the place of “{said}”."
            if not good:
                reason = f"Another value than “{said}” was met."
            bad = others or back
            yield Finding(NoteVerdict.CONTRADICTED, reason, [e.act for e in good], bad)
        elif good:
            acts_for = [each.act for each in good]
            yield Finding(NoteVerdict.TRUE, f"“{said}” was met, and no other value.", acts_for)
        else:
            yield Finding(NoteVerdict.NEVER, f"Nothing here ever met “{said}”.")


def _met(act: StepAct, wanted: Quantity, topic: frozenset[str]) -> Iterator[_Met]:
    if not act.worked:
        return
    if act.kind == "said":
        before: frozenset[str] = frozenset()
        for sentence in sentences(act.text):
            words = content_words(sentence)
            for key, value in quantities(sentence):
                if _same_key(key, wanted.key):
                    yield _Met(act, value, ("said",), _related(words | before, topic, wanted.key))
            before = words
        return
    if act.kind == "change":
        for line in act.text.split("\n"):
            for key, value in quantities(line[:500]):
                if _same_key(key, wanted.key):
                    related = _related(content_words(f"{act.path} {line[:500]}"), topic, wanted.key)
                    yield _Met(act, value, ("file", act.path, key), related)
        return
    program = act.words[0].rpartition("/")[2] if act.words else act.kind
    found = [(_SHORT_FLAGS.get(key, key), value) for key, value in _FLAG.findall(act.text)]
    found += [(q.key, q.value) for q in quantities(act.text)]
    for key, value in dict.fromkeys(found):
        if _same_key(key, wanted.key):
            yield _Met(act, value, ("command", program, key), False)
    for line in act.output.split("\n")[:200]:
        for key, value in quantities(line[:300]):
            if _same_key(key, wanted.key) and _same(value, wanted.value):
                yield _Met(act, value, ("output", program), True)


def _related(words: frozenset[str], topic: frozenset[str], key: str) -> bool:
    needed = 2 if _one(key) in _UNITS else 1
    return len(words & topic) >= min(needed, len(topic))


def _same_key(key: str, wanted: str) -> bool:
    first, second = (re.split(r"[_-]", _one(each.lower())) for each in (key, wanted))
    return first == second or first[-1:] == second or second[-1:] == first


def _one(word: str) -> str:
    return word[:-1] if word.endswith("s") and len(word) > 3 else word


def _same(value: str, other: str) -> bool:
    return value.replace(",", "") == other.replace(",", "")


def _forgets(act: StepAct, value: str) -> bool:
    if act.kind != "said" or not act.by_person or value not in act.text:
        return False
    return any(takes_back(sentence, value) for sentence in sentences(act.text))
