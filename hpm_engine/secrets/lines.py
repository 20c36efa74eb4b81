"""Keys that a terminal or a program broke over lines: read as if they were whole."""

from __future__ import annotations

import re

from hpm_engine.secrets.rule import SecretFinding, SecretRule, compiled, span_of

# The end of a line, as it is or escaped however often, and what may stand before the next.
BREAK = re.compile(rb"(?:\r?\n|(?:\\{1,8}r)?\\{1,8}n)[ \t+>|]{0,8}")
_TOKEN = re.compile(rb"[\w.~+/=-]*")
_HEAD = 6  # bytes of a key before the first break
_WIDEST = 1200  # bytes of a key that is broken over lines
_BEFORE = 300  # bytes in which its line begins
_ROWS = 40
_Kept = list[tuple[int, int]]  # where each row begins in the joined text, and in the text


def broken(rule: SecretRule, data: bytes, start: int, whole: int = 0) -> SecretFinding | None:
    """The key that begins at ``start`` and goes on behind the end of the line.

    ``whole`` is where it would end if it did not: then only lines of one width are taken together.
    """
    head = _TOKEN.match(data, start, start + _WIDEST)
    if head is None or head.end() < start + _HEAD or not BREAK.match(data, head.end()):
        return None  # not of the key up to a break
    width = head.end() - _line_start(data, start)
    joined, kept, last = b"", [], start
    row = head
    for _ in range(_ROWS):
        kept.append((len(joined), last))
        joined += row.group()
        gap = BREAK.match(data, row.end())
        if gap is None or len(joined) > _WIDEST:
            break
        following = _TOKEN.match(data, gap.end(), gap.end() + _WIDEST)
        if following is None or not following.group():
            break
        full = len(kept) == 1 or len(row.group()) == width
        if whole and not (full and _goes_on(following.group(), width)):
            break
        row, last = following, gap.end()
    return _found(rule, joined, kept, whole or head.end())


def broken_before(rule: SecretRule, data: bytes, end: int) -> SecretFinding | None:
    """The key that is known by its end, with a break before that."""
    first = max(0, end - rule.back - 24)
    window = data[first : end + rule.reach]
    joined, kept, last = b"", [], 0
    for gap in BREAK.finditer(window):
        kept.append((len(joined), first + last))
        joined += window[last : gap.start()]
        last = gap.end()
    kept.append((len(joined), first + last))
    joined += window[last:]
    match = compiled(rule.pattern).search(joined)
    if match is None or (rule.check is not None and not rule.check(match.group())):
        return None
    low, high = span_of(match)
    return SecretFinding(_placed(low, kept), _placed(high - 1, kept) + 1, rule.id)


def _goes_on(row: bytes, width: int) -> bool:
    """Whether a line could be the rest of a key: no longer than the first, and no plain word."""
    if len(row) > width or width < 16:
        return False
    return any(48 <= byte <= 57 for byte in row) or row.lower() != row != row.upper()


def _line_start(data: bytes, start: int) -> int:
    low = max(0, start - _BEFORE)
    before = data[low:start]
    last = max((gap.end() for gap in BREAK.finditer(before)), default=0)
    quote = max(before.rfind(b'"'), before.rfind(b"'")) + 1
    return low + max(last, quote)


def _found(rule: SecretRule, joined: bytes, kept: _Kept, least: int) -> SecretFinding | None:
    match = compiled(rule.pattern).match(joined)
    if match is None:
        return None
    low, high = span_of(match)
    if rule.check is not None and not rule.check(joined[low:high]):
        return None
    end = _placed(high - 1, kept) + 1
    return SecretFinding(_placed(low, kept), end, rule.id) if end > least else None


def _placed(offset: int, kept: _Kept) -> int:
    joined, original = max(piece for piece in kept if piece[0] <= offset)
    return original + offset - joined
