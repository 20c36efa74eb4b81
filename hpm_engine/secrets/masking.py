"""Secrets replaced: by the rule that found them and a tag by which equal ones stay linked."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Collection, Iterable, Iterator
from hashlib import sha256
from hmac import digest
from itertools import islice

import msgspec

from hpm_engine.secrets.rule import MARK, OVERLAP, SecretFinding

PRIVATE = "private"  # the rule of what stands between <private> and </private>
TAG = 8  # letters
_BREAK = re.compile(rb"\\{1,8}[nrt]|\s")
_OPEN = re.compile(rb"(?:<|\\u003c)private(?:>|\\u003e)", re.IGNORECASE)
_CLOSE = re.compile(rb"(?:<|\\u003c)\\{0,8}/private(?:>|\\u003e)", re.IGNORECASE)
_ENDS = (b"private>", b"private\\u003e", b"PRIVATE>")
_LONGEST = 64 * 1024  # bytes between the two
_MOST = 10_000  # of them that are looked at
_LINE = 4096  # bytes before it in which its line may begin
_INNER_QUOTE = re.compile(rb'(?<!\\)"')


class MaskedSpan(msgspec.Struct, frozen=True, gc=False):
    """A stretch of bytes that is another one now."""

    start: int
    end: int
    replacement: bytes
    rule: str
    tag: str


class Masker:
    """Finds secrets and replaces them, by the ``key`` of one store; those of ``kept`` tags stay."""

    def __init__(self, key: bytes, kept: Collection[str] = ()) -> None:
        self._key, self._kept = key, frozenset(kept)

    def tag(self, secret: bytes) -> str:
        """The tag of a secret, the same wherever it stands: escapes and line ends do not count."""
        return digest(self._key, _BREAK.sub(b"", secret), sha256).hex()[:TAG]

    def spans(self, data: bytes) -> list[MaskedSpan]:
        """What is to be replaced, in order, none over another."""
        from hpm_engine.secrets.scanner import scan  # numpy: who has nothing to mask waits not

        private = _private(data)
        spans = [self._span(data, finding) for finding in private]
        for finding in scan(data):
            if any(other.start < finding.end and finding.start < other.end for other in private):
                continue
            span = self._span(data, finding)
            if span.tag not in self._kept:
                spans.append(span)
        return sorted(spans, key=lambda span: span.start)

    def _span(self, data: bytes, finding: SecretFinding) -> MaskedSpan:
        tag = self.tag(data[finding.start : finding.end])
        replacement = f"[REDACTED:{finding.rule}:{tag}]".encode()
        return MaskedSpan(finding.start, finding.end, replacement, finding.rule, tag)

    def mask(self, data: bytes) -> tuple[bytes, list[MaskedSpan]]:
        """The bytes without secrets, and what was replaced."""
        spans = self.spans(data)
        return replaced(data, spans) if spans else data, spans

    def text(self, text: str) -> str:
        """A text without secrets."""
        data = text.encode("utf-8", "surrogatepass")
        masked, spans = self.mask(data)
        return masked.decode("utf-8", "surrogatepass") if spans else text

    def of_blocks(self, blocks: Iterable[bytes]) -> Iterator[MaskedSpan]:
        """What is to be replaced in bytes that come in blocks, whose borders do not count."""
        pending, offset, done = b"", 0, 0
        for block in blocks:
            pending += block
            if len(pending) < 4 * OVERLAP:
                continue
            settled = len(pending) - OVERLAP
            spans = self.spans(pending)
            settled = min([settled, *(span.start for span in spans if span.end > settled)])
            yield from _moved(spans, offset, done, offset + settled)
            done = offset + settled
            keep = max(0, settled - OVERLAP)
            pending, offset = pending[keep:], offset + keep
        yield from _moved(self.spans(pending), offset, done, offset + len(pending) + 1)


def _moved(spans: list[MaskedSpan], offset: int, low: int, high: int) -> Iterator[MaskedSpan]:
    for span in spans:
        if low <= span.start + offset < high:
            yield msgspec.structs.replace(span, start=span.start + offset, end=span.end + offset)


def replaced(data: bytes, spans: Iterable[MaskedSpan]) -> bytes:
    """The bytes with the replacements."""
    pieces: list[bytes] = []
    last = 0
    for span in spans:
        pieces += (data[last : span.start], span.replacement)
        last = span.end
    return b"".join((*pieces, data[last:]))


def pieces(blocks: Iterable[bytes], spans: Iterable[MaskedSpan]) -> Iterator[bytes]:
    """Bytes that come in blocks, with the replacements; no piece is empty."""
    left, offset, done = deque(spans), 0, 0  # done: up to where the bytes were given or replaced
    for block in blocks:
        end = offset + len(block)
        while left and left[0].start < end:
            span = left.popleft()
            if done < span.start:
                yield block[max(done, offset) - offset : span.start - offset]
            yield span.replacement
            done = span.end
        if done < end:
            yield block[max(done, offset) - offset :]
            done = end
        offset = end


def marks(text: bytes) -> Counter[tuple[str, str]]:
    """The rules and tags of what was replaced in some bytes, with how often each stands there."""
    return Counter((rule.decode(), tag.decode()) for rule, tag in MARK.findall(text))


def _private(data: bytes) -> list[SecretFinding]:
    """What stands between <private> and </private>; of JSON only within one text."""
    findings: list[SecretFinding] = []
    if not any(end in data for end in _ENDS):  # an expression would take as long as all rules
        return findings
    ends = [match.span() for match in _CLOSE.finditer(data)] if _OPEN.search(data) else []
    if not ends:
        return findings
    for opened in islice(_OPEN.finditer(data), _MOST):
        if findings and opened.start() < findings[-1].end:
            continue
        index = bisect_left(ends, (opened.end(), 0))
        if index == len(ends) or ends[index][0] > opened.end() + _LONGEST:
            continue
        close, end = ends[index]
        within = data[opened.end() : close]
        low = max(0, opened.start() - _LINE)
        line = data[max(low, data.rfind(b"\n", low, opened.start()) + 1) : opened.start()].lstrip()
        if line[:1] in (b"{", b"[", b'"') and (b"\n" in within or _INNER_QUOTE.search(within)):
            continue
        findings.append(SecretFinding(opened.start(), end, PRIVATE))
    return findings
