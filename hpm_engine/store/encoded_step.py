"""A step draft made ready for the store: texts in UTF-8, their digests, and its own."""

from __future__ import annotations

from hashlib import sha256

import msgspec

from hpm_engine.store.texts import digest_of, storable
from hpm_engine.values.drafts import StepDraft
from hpm_engine.values.episodes import Part, PartKind, StepSource

SOURCES = (StepSource.USER, StepSource.AGENT, StepSource.SYSTEM)
SOURCE_CODE = {source: code for code, source in enumerate(SOURCES)}
KINDS = (PartKind.MESSAGE, PartKind.REASONING, PartKind.CALL, PartKind.RESULT)
KIND_CODE = {kind: code for code, kind in enumerate(KINDS)}
_encode = msgspec.msgpack.Encoder().encode


class EncodedStep(msgspec.Struct, frozen=True):
    """A draft with its texts in UTF-8 and their digests, and the digest of all of it."""

    draft: StepDraft
    texts: tuple[bytes, ...]
    digests: tuple[bytes, ...]
    text_size: int
    digest: bytes  # 16 bytes of SHA-256 over all fields but the place in the source


def encode_step(draft: StepDraft) -> EncodedStep:
    """Encode and digest a draft; what UTF-8 cannot hold is replaced in all of it."""
    try:
        return _encode_step(draft)
    except UnicodeEncodeError:
        return _encode_step(_storable(draft))


def _storable(draft: StepDraft) -> StepDraft:
    parts = tuple(
        Part(
            part.kind,
            storable(part.text),
            storable(part.name),
            storable(part.call_id),
            part.is_error,
        )
        for part in draft.parts
    )
    return msgspec.structs.replace(draft, parts=parts, model=storable(draft.model))


def _encode_step(draft: StepDraft) -> EncodedStep:
    texts = tuple([part.text.encode() for part in draft.parts])
    digests = tuple([digest_of(text) for text in texts])
    parts = [
        (KIND_CODE[part.kind], part.name, part.call_id, part.is_error, digest)
        for part, digest in zip(draft.parts, digests, strict=True)
    ]
    fields = (
        SOURCE_CODE[draft.source],
        int(draft.flags),
        draft.at,
        draft.model,
        draft.tokens_in,
        draft.tokens_out,
        draft.cost_usd,
        parts,
    )
    return EncodedStep(
        draft, texts, digests, sum(map(len, texts)), sha256(_encode(fields)).digest()[:16]
    )
