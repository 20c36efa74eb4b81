"""The benchmark of encoding: texts a second, beside the reference that cuts word pieces."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from hpm_engine.encoder.installed import minilm_path
from hpm_engine.encoder.minilm import MiniLMEncoder
from hpm_engine.encoder.shipped import vocabulary
from hpm_engine.encoder.static import StaticEncoder
from hpm_engine.encoder.word_pieces import WordPieces
from hpm_engine.evaluation.environment import environment
from hpm_engine.evaluation.recall.library_texts import library_texts
from hpm_engine.evaluation.reference_tokenizer import reference_tokenizer
from hpm_engine.evaluation.result import BenchResult, Figure, Report

_CHARACTERS = 1200  # of a text
_TEXTS = 6000
_ROUNDS = 5
_SLOW_TEXTS = 200
_QUERY = "Why does the migration fail with a KeyError after the field was renamed in the model?"


class EncodeSpeed:
    """``hpm bench encode``."""

    name = "encode"
    summary = "steps of 1,200 characters encoded in a second on one thread; one query"

    def run(self, data: Path | None, report: Report) -> BenchResult:
        """Encode pieces of Python's own library, of which every machine has megabytes.

        Every round begins with an encoder that has met no word yet.
        """
        texts = library_texts(_CHARACTERS, _TEXTS)
        report(f"{len(texts):,} texts of {_CHARACTERS} characters")
        reference = _reference(texts)
        figures = {
            "steps_per_s": _rate(lambda: StaticEncoder().encode, texts, reference),
            "word_pieces_per_s": _rate(_only_pieces, texts, reference),
            "query_ms": _query(),
        }
        if (path := minilm_path()) is not None:
            report("MiniLM, on as many threads as torch takes")
            few = texts[:_SLOW_TEXTS]
            figures["minilm_steps_per_s"] = _rate(lambda: MiniLMEncoder(path).encode, few, None)
        return BenchResult(self.name, figures, environment())


def _rate(
    make: Callable[[], Callable[[Sequence[str]], object]],
    texts: Sequence[str],
    reference: float | None,
) -> Figure:
    rates = []
    for _ in range(_ROUNDS):
        work = make()
        started = time.perf_counter()
        work(texts)
        rates.append(len(texts) / (time.perf_counter() - started))
    return Figure(statistics.median(rates), "texts/s", min(rates), max(rates), reference)


def _only_pieces() -> Callable[[Sequence[str]], object]:
    pieces = WordPieces(vocabulary())
    return lambda texts: [pieces(text) for text in texts]


def _query() -> Figure:
    encoder = StaticEncoder()
    times = []
    for _ in range(200):
        started = time.perf_counter()
        encoder.encode([_QUERY])
        times.append(1000 * (time.perf_counter() - started))
    times.sort()
    return Figure(statistics.median(times), "ms", times[0], times[int(0.95 * len(times))])


def _reference(texts: Sequence[str]) -> float | None:
    """Texts a second of the tokenizers library alone, where it is installed."""
    try:
        tokenizer = reference_tokenizer()
    except ImportError:
        return None
    started = time.perf_counter()
    for text in texts:
        tokenizer.encode(text, add_special_tokens=False)
    return len(texts) / (time.perf_counter() - started)
