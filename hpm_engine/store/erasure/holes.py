"""What an import reads again of what was erased: steps stay erased, bytes are left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec
import zstandard

from hpm_engine.store.encoded_step import EncodedStep, encode_step
from hpm_engine.store.erasure.erased_steps import Span, split
from hpm_engine.store.erasure.left_sessions import erasure_key, line_digest, step_digest
from hpm_engine.store.erasure.needle import MARK
from hpm_engine.store.file.database import Database
from hpm_engine.store.sources import PackedChunk
from hpm_engine.store.texts import pack, unpack
from hpm_engine.values.drafts import EpisodeDraft

WHOLE = (0, 1 << 62)  # all of a source


class ErasureHoles:
    """The holes of one source after the other: ``take`` gives those met since it was last asked."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._holes: list[Span] = []

    def pass_over(self, draft: EpisodeDraft) -> None:
        """A session in the source was erased: its bytes are not kept."""
        self._holes.append(_span(draft.raw_start, draft.raw_size))

    def screened(self, steps: Iterable[EncodedStep]) -> Iterable[EncodedStep]:
        """The steps; what was erased of them stays erased."""
        known = self._known()
        if not known:
            return steps
        secret = erasure_key(self._db)
        every = (self._screened(step, known, secret) for step in steps)
        return list(every) if isinstance(steps, list) else every

    def take(self, blocks: Iterable[bytes]) -> list[Span]:
        """Where the source that was read last has what was erased, also outside of any step."""
        holes, self._holes = self._holes, []
        known = self._known()
        if not known:
            return holes
        secret, rest, begin = erasure_key(self._db), b"", 0
        for block in blocks:
            lines, kept = split(rest + block, begin, last=False)
            begin += len(rest) + len(block) - len(kept)
            rest = kept
            holes += [span for line, span in lines if line_digest(secret, line) in known]
        lines, _ = split(rest, begin, last=True)
        return holes + [span for line, span in lines if line_digest(secret, line) in known]

    def _screened(self, step: EncodedStep, known: dict[bytes, bytes], secret: bytes) -> EncodedStep:
        stands = known.get(step_digest(secret, step.digest))
        if not stands:
            return step
        self._holes.append(_span(step.draft.raw_start, step.draft.raw_size))
        parts = tuple(
            msgspec.structs.replace(part, text=MARK if part.text else "", name="", call_id="")
            for part in step.draft.parts
        )
        encoded = encode_step(msgspec.structs.replace(step.draft, parts=parts))
        return msgspec.structs.replace(encoded, digest=stands)

    def _known(self) -> dict[bytes, bytes]:
        return dict(self._db.rows("SELECT digest, stands_for FROM erased WHERE kind = 'step'"))


def holed(chunks: Iterable[PackedChunk], holes: Sequence[Span]) -> Iterator[PackedChunk]:
    """Packed bytes without what lies in holes: a chunk without data says that bytes went."""
    unpacker = zstandard.ZstdDecompressor(max_window_size=1 << 27)
    packer = zstandard.ZstdCompressor(level=3)
    start = 0
    for size, data in chunks:
        cuts = [
            (max(a, start) - start, min(b, start + size) - start)
            for a, b in _joined(holes)
            if a < start + size and b > start
        ]
        start += size
        if not cuts:
            yield size, data
            continue
        plain, at = unpack(data, size, unpacker), 0
        for a, b in cuts:
            if a > at:
                yield a - at, pack(plain[at:a], packer)
            yield b - a, b""
            at = b
        if at < size:
            yield size - at, pack(plain[at:], packer)


def _joined(holes: Sequence[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, stop in sorted(holes):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(stop, joined[-1][1])
        else:
            joined.append((start, stop))
    return joined


def _span(start: int, size: int) -> Span:
    return (start, start + size) if size else WHOLE
