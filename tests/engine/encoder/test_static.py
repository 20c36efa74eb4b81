from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hpm_engine.encoder import static
from hpm_engine.encoder.piece_counts import PieceCounts
from hpm_engine.encoder.static import StaticEncoder
from tests.support.loaded_modules import output_and_loaded


@pytest.fixture(scope="module")
def encoder() -> StaticEncoder:
    return StaticEncoder()


def test_texts_of_one_meaning_are_nearer_than_others(encoder: StaticEncoder) -> None:
    texts = [
        "the unit tests fail with an import error",
        "pytest cannot import the module under test",
        "bake the cake for forty minutes",
    ]
    tests, imports, cake = encoder.encode(texts)
    assert tests @ imports > 0.3 > tests @ cake


@settings(max_examples=100)
@given(st.lists(st.text(max_size=200), max_size=4))
def test_rows_are_units_or_zeros_whatever_the_text(
    encoder: StaticEncoder, texts: list[str]
) -> None:
    vectors = encoder.encode(texts)
    assert vectors.shape == (len(texts), encoder.identity.dimension)
    lengths = np.linalg.norm(vectors, axis=1)
    assert np.all((lengths == 0) | (abs(lengths - 1) < 1e-5))


@pytest.mark.parametrize("text", ["", " \n\t", "\x00\x1b", "\U0001f642", "𓀀𓀁"])
def test_nothing_known_is_a_row_of_zeros(encoder: StaticEncoder, text: str) -> None:
    assert not encoder.encode([text]).any()


class _Salted(np.ndarray[Any, Any]):
    """A table of which a taken nothing lies where memory holds what is no number."""

    def take(self, *args: Any, **more: Any) -> Any:
        row = np.asarray(super().take(*args, **more))
        if not row.size:
            ctypes.memset(row.ctypes.data, 0xFF, row.itemsize)
        return row


def test_nothing_is_zeros_whatever_lies_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = StaticEncoder()
    monkeypatch.setattr(encoder, "_table", encoder._table.view(_Salted))
    nothing, something = encoder.encode(["", "some words " * 300])
    assert not nothing.any() and np.linalg.norm(something) == pytest.approx(1)


def test_a_text_has_the_same_vector_alone_and_in_any_batch(encoder: StaticEncoder) -> None:
    texts = ["one", "", "two words", "x = y[3] + " * 400]
    together = encoder.encode(texts)
    for text, vector in zip(texts, together, strict=True):
        assert np.array_equal(encoder.encode([text])[0], vector)


def test_a_long_text_is_read_at_both_ends(encoder: StaticEncoder) -> None:
    long = "start " * 500 + "hidden " * 2000 + "end " * 250
    with_other_middle = long.replace("hidden", "secret")
    assert np.array_equal(*encoder.encode([long, with_other_middle]))
    assert not np.array_equal(*encoder.encode([long, long.replace("end", "stop")]))


def test_words_that_a_store_repeats_weigh_less_in_it(encoder: StaticEncoder) -> None:
    counts = encoder.counted([["django migration fails"] * 5] * 2000 + [["xarray"]])
    assert counts.runs == 2001
    weighted = StaticEncoder(counts)
    text, common, rare = weighted.encode(["django xarray", "django", "xarray"])
    before, common_before, rare_before = encoder.encode(["django xarray", "django", "xarray"])
    assert text @ rare > 0.95 > before @ rare_before
    assert text @ common < before @ common_before


def test_other_counts_make_another_encoder(encoder: StaticEncoder) -> None:
    counts = encoder.counted([["one two"]])
    assert StaticEncoder(counts).identity != encoder.identity
    assert StaticEncoder(counts).identity == StaticEncoder(counts).identity


def test_counts_are_of_runs_of_five_steps(encoder: StaticEncoder) -> None:
    once = encoder.counted([["alpha"] * 5])
    assert once == encoder.counted([["alpha alpha alpha"]])
    assert encoder.counted([["alpha"] * 6]).runs == 2
    assert encoder.counted([["alpha"] * 3, ["alpha"] * 3]).runs == 2


def test_a_store_outgrows_its_counts_when_it_has_doubled() -> None:
    assert not PieceCounts().outgrown(PieceCounts(runs=99))
    assert PieceCounts().outgrown(PieceCounts(runs=100))
    assert not PieceCounts(runs=1000).outgrown(PieceCounts(runs=2000))
    assert PieceCounts(runs=1000).outgrown(PieceCounts(runs=2100))


def test_without_counts_a_common_word_weighs_less_than_a_rare_one(encoder: StaticEncoder) -> None:
    text, common, rare = encoder.encode(["the xarray", "the", "xarray"])
    assert text @ rare > 0.85 > 0.5 > text @ common


def test_weights_are_finite_and_never_negative() -> None:
    everywhere = np.full(7, 50, "<u4").tobytes()
    weights = PieceCounts(runs=50, packed=everywhere).weights(np.arange(7) > 1)
    assert np.isfinite(weights).all()
    assert (weights >= 0).all()


def test_encoding_needs_neither_torch_nor_the_reference_tokenizer() -> None:
    code = f"from {static.__name__} import StaticEncoder; StaticEncoder().encode(['a'])"
    _, loaded = output_and_loaded(code, ("numpy", "torch", "tokenizers", "faiss"))
    assert loaded == ["numpy"]
