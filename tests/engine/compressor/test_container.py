from __future__ import annotations

import contextlib

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from zstandard import ZstdError

from hpm_engine.compressor.packing.container import MemoryContents, pack, side_cars, unpack
from hpm_engine.compressor.packing.step_values import ROW as VALUE_ROW
from hpm_engine.compressor.packing.word_counts import counted, held_words, repeats
from hpm_engine.store.rows.steps import MOST_STEPS
from hpm_engine.values.compression import KeptFor, KeptSpan, LedgerWord
from hpm_engine.values.episodes import PartKind

_LINES = st.lists(st.text(st.characters(exclude_characters="\n", codec="utf-8")), min_size=1)
_WORDS = st.lists(st.from_regex(r"[A-Za-z_]{6,12}", fullmatch=True), unique=True)


@st.composite
def _kept(draw: st.DrawFn) -> MemoryContents:
    mask = draw(st.binary(max_size=40))
    spans = []
    for seq in sorted(draw(st.sets(st.integers(0, 300), max_size=5))):
        for part in range(draw(st.integers(0, 2))):
            line = draw(st.integers(0, 400))
            for _ in range(draw(st.integers(1, 3))):
                lines = draw(_LINES)
                kind, reason = draw(st.sampled_from(PartKind)), draw(st.sampled_from(KeptFor))
                spans.append(KeptSpan(seq, part, kind, line, "\n".join(lines), reason))
                line += len(lines) + draw(st.integers(0, 9))
    counts = b""
    if draw(st.booleans()):
        ledger = [LedgerWord(word, 1, draw(st.integers(0, 99))) for word in draw(_WORDS)]
        ledger.sort(key=lambda word: (word.seq, word.word))
        if draw(st.booleans()):
            counts = bytes(draw(st.sampled_from((0, 1, 2))) for _ in held_words(spans, ledger))
            times = counted(spans, ledger, counts)
            ledger = [msgspec.structs.replace(word, count=times[word.word]) for word in ledger]
    else:
        words = [(draw(st.sampled_from((1, 4, 10))), word) for word in draw(_WORDS)]
        ledger = [LedgerWord(word, count, None) for count, word in sorted(words)]
    points = tuple(sorted(draw(st.sets(st.integers(1, 5000), max_size=6))))
    penalty = 1.5 if points else 0.0
    valued = tuple(sorted(draw(st.sets(st.integers(0, 30_000), max_size=4))))
    values = draw(st.binary(min_size=VALUE_ROW, max_size=VALUE_ROW)) * len(valued)
    texts = tuple(spans), tuple(ledger)
    return MemoryContents("rule", len(mask), mask, points, penalty, *texts, valued, values, counts)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(_kept())
def test_what_is_packed_is_read_back(kept: MemoryContents) -> None:
    data = pack(kept)
    assert unpack(data) == kept
    assert sum(car.size for car in side_cars(kept, 8)) == len(data)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(_kept(), st.sampled_from((4, 2, 1)))
def test_a_coarser_mask_errs_by_less_than_one_of_its_levels(
    kept: MemoryContents, bits: int
) -> None:
    unpacked = unpack(pack(kept, mask_bits=bits)).mask
    assert len(unpacked) == len(kept.mask)
    for before, after in zip(kept.mask, unpacked, strict=True):
        assert abs(before - after) <= 255 / ((1 << bits) - 1) / 2 + 1


def test_values_cost_nothing_where_there_are_none() -> None:
    bare = MemoryContents("rule", 3, b"\0\1\2", (), 0.0, (), ())
    valued = msgspec.structs.replace(bare, valued=(1,), values=b"v" * VALUE_ROW)
    assert len(pack(valued)) == len(pack(bare)) + VALUE_ROW + 2
    assert "values" not in {car.name for car in side_cars(bare, 8)}
    cut = pack(msgspec.structs.replace(valued, values=b"v" * (VALUE_ROW - 9)))
    with pytest.raises(ValueError, match="too early"):
        unpack(cut)


@pytest.mark.parametrize("at", range(0, 60, 3))
def test_damaged_bytes_are_read_as_something_or_refused(at: int) -> None:
    spans = (KeptSpan(3, 1, PartKind.CALL, 7, "one\ntwo", KeptFor.MASK),)
    words = (LedgerWord("identifier", 1, 3), LedgerWord("DiscountRule", 1, 4))
    data = bytearray(pack(MemoryContents("rule", 6, b"\0\1\2\3\4\5", (2, 4), 1.0, spans, words)))
    assert at < len(data)
    data[at] ^= 0xFF
    with contextlib.suppress(ValueError, LookupError, ZstdError):
        unpack(bytes(data))
    with pytest.raises((ValueError, ZstdError)):
        unpack(bytes(data[: at // 2]) if at > 1 else b"")


@pytest.mark.parametrize("length", [MOST_STEPS + 1, 1 << 27, 1 << 60])
def test_more_steps_than_any_episode_has_are_refused(length: int) -> None:
    """A changed number must not take all memory: a mask without values says nothing of itself."""
    kept = MemoryContents("rule", length, b"", (), 0.0, (), ())
    with pytest.raises(ValueError, match="more steps"):
        unpack(pack(kept, mask_bits=0))


def test_counts_say_how_often_a_word_was_met_beside_what_is_kept_of_it() -> None:
    spans = (KeptSpan(0, 0, PartKind.CALL, 0, "restart(restart, rarely)", KeptFor.MASK),)
    ledger = (LedgerWord("elsewhere", 4, 1),)
    assert held_words(spans, ledger) == ["elsewhere", "rarely", "restart"]
    kept = MemoryContents("rule", 2, b"\0\1", (), 0.0, spans, ledger, counts=b"\1\0\2")
    read = unpack(pack(kept))
    assert repeats(read.spans, read.ledger, read.counts) == {"elsewhere": 4, "restart": 8}
    with pytest.raises(ValueError, match="counts"):
        unpack(pack(msgspec.structs.replace(kept, counts=b"\1\0")))
    with pytest.raises(ValueError, match="counts"):
        unpack(pack(msgspec.structs.replace(kept, counts=b"\1\0\3")))


def test_a_memory_written_before_there_were_counts_is_read() -> None:
    spans = (KeptSpan(0, 0, PartKind.CALL, 0, "restart(again)", KeptFor.MASK),)
    kept = MemoryContents("rule", 2, b"\0\1", (), 0.0, spans, (LedgerWord("elsewhere", 1, 1),))
    data = pack(kept)
    assert data[0] >> 4 == 3, "the version without counts"
    assert unpack(data) == kept
