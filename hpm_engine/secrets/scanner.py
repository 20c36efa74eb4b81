"""Secrets found in bytes: in text, in JSON however often escaped, over line ends, in base64."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache

from hpm_engine.secrets import key_names
from hpm_engine.secrets.anchors import Anchors
from hpm_engine.secrets.encoded import encoded_texts
from hpm_engine.secrets.lines import BREAK, broken, broken_before
from hpm_engine.secrets.rule import (
    GENERAL,
    MARK,
    OVERLAP,
    SecretFinding,
    SecretRule,
    compiled,
    span_of,
)
from hpm_engine.secrets.tables import clouds, code_hosts, services, shapes

RULES: tuple[SecretRule, ...] = (*services.RULES, *code_hosts.RULES, *clouds.RULES, *shapes.RULES)
PART = 1024 * 1024  # bytes that are looked at together
_MARKED = b"[REDACTED:"
_FAR = 8192  # bytes: a rule that sees farther finds no key that is broken over lines
_STEP = 64  # bytes that it passes over where it found nothing
_BROKEN = 2000  # keys in a part that may be broken over lines: more are no keys
_COLOUR = re.compile(rb"\[[0-9;]{0,12}m\Z")


def scan(data: bytes) -> list[SecretFinding]:
    """The secrets of some bytes, in order, none over another."""
    found: list[SecretFinding] = []
    for start in range(0, max(len(data), 1), PART):
        part = data[max(0, start - OVERLAP) : start + PART]
        offset = max(0, start - OVERLAP)
        found += [
            SecretFinding(finding.start + offset, finding.end + offset, finding.rule)
            for finding in _scan_part(part)
        ]
    return _apart(_without_marks(found, data))


def _without_marks(found: list[SecretFinding], data: bytes) -> list[SecretFinding]:
    """Those that stand in no mark of an earlier masking."""
    if not found or _MARKED not in data:
        return found
    spans = [match.span() for match in MARK.finditer(data)]
    free = []
    for finding in found:
        index = bisect_left(spans, (finding.start, 0))
        near = spans[max(0, index - 1) : index + 1]
        if not any(low < finding.end and finding.start < high for low, high in near):
            free.append(finding)
    return free


def _scan_part(data: bytes) -> list[SecretFinding]:
    found = list(_by_keywords(data))
    for text in encoded_texts(data):
        if next(_by_keywords(text.plain), None) is not None:
            found.append(SecretFinding(text.start, text.end, "base64"))
    return found


def _by_keywords(data: bytes) -> Iterator[SecretFinding]:
    anchors, rules = _table()
    tried: dict[str, int] = {}  # up to where a rule that sees far need not be tried again
    lines = _BROKEN
    for start, end, index in anchors.find(data):
        for rule in rules[index]:
            name = "" if rule is None else rule.id
            if start < tried.get(name, 0):
                continue
            if rule is None:
                finding = key_names.find(data, start, end)
            else:
                finding = _matched(rule, data, start - rule.back, end)
                if finding is None and lines and rule.reach <= _FAR:
                    finding = _over_lines(rule, data, start - rule.back, end)
                    lines -= 1
                elif finding is None:
                    tried[name] = start + _STEP
            if finding is not None:
                tried[name] = finding.end
                yield finding


@cache
def _table() -> tuple[Anchors, list[list[SecretRule | None]]]:
    """The keywords, and the rules of each; ``None``: names of keys."""
    by_keyword: dict[str, list[SecretRule | None]] = {}
    for rule in RULES:
        for keyword in rule.keywords:
            by_keyword.setdefault(keyword, []).append(rule)
    for keyword in key_names.KEYWORDS:
        by_keyword.setdefault(keyword, []).append(None)
    anchors = Anchors(by_keyword)
    return anchors, [by_keyword[keyword] for keyword in anchors.keywords]


def _matched(rule: SecretRule, data: bytes, start: int, end: int) -> SecretFinding | None:
    if start < 0 or (rule.alone and not begins_word(data, start)):
        return None
    match = compiled(rule.pattern).match(data, start, min(len(data), end + rule.reach))
    if match is None:
        return None
    low, high = span_of(match)
    if rule.check is not None and not rule.check(data[low:high]):
        return None
    if rule.id not in GENERAL and high < len(data) and data[high] in b"\r\n\\":
        return broken(rule, data, start, high) or SecretFinding(low, high, rule.id)
    return SecretFinding(low, high, rule.id)


def _over_lines(rule: SecretRule, data: bytes, start: int, end: int) -> SecretFinding | None:
    if rule.back:
        near = BREAK.search(data, max(0, start), end)
        if near:
            return broken_before(rule, data, end)
    if start < 0 or (rule.alone and not begins_word(data, start)):
        return None
    return broken(rule, data, start)


def begins_word(data: bytes, start: int) -> bool:
    """Whether a word begins there: behind an escape, a colour or a code in an address, too."""
    if start == 0:
        return True
    before = data[start - 1]
    if not (chr(before).isalnum() and before < 128) and before != 95:
        return True
    if before in b"nrtbf" and data[start - 2 : start - 1] == b"\\":
        return True
    if before == 109:
        return bool(_COLOUR.search(data[max(0, start - 16) : start]))
    return data[start - 3 : start - 2] == b"%" or data[start - 6 : start - 4] == b"\\u"


def _apart(found: list[SecretFinding]) -> list[SecretFinding]:
    """Findings that overlap become one, by the rule that says most."""
    apart: list[SecretFinding] = []
    for finding in sorted(set(found)):
        if apart and finding.start < apart[-1].end:
            last = apart.pop()
            rule = last.rule if last.rule not in GENERAL else finding.rule
            apart.append(SecretFinding(last.start, max(last.end, finding.end), rule))
        else:
            apart.append(finding)
    return apart
