"""A shipped zstd dictionary of names that programs have in common, and how it is made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import zstandard

from hpm_engine.compressor.evidence.identifiers import IDENTIFIER
from hpm_engine.encoder.shipped import NAMES, shipped_bytes
from hpm_engine.job import Job

_SIZE = 8_000  # bytes; twice as many shorten a ledger by two per cent more, and take twice as long
_LEVEL = 19
_LISTED = 500  # names in a list: about what a ledger holds
_MOST = 1_500  # names of one file
_FEWEST = 20
_OTHERS = frozenset(("site-packages", "dist-packages", "test", "tests", "idlelib", "lib2to3"))


def parameters_of(level: int, size: int) -> zstandard.ZstdCompressionParameters:
    """How so many bytes are compressed at a level, with nothing but what they need written."""
    return zstandard.ZstdCompressionParameters.from_level(
        level,
        source_size=size,
        format=zstandard.FORMAT_ZSTD1_MAGICLESS,
        write_content_size=False,
        write_dict_id=False,
    )


@lru_cache(maxsize=16)
def shared_names(
    level: int, size: int
) -> tuple[zstandard.ZstdCompressionDict, zstandard.ZstdCompressionParameters]:
    """The shipped dictionary, made ready for texts of up to ``size`` bytes, and how to use it.

    Raises ``BadModel`` where its file is missing or another.
    """
    parameters = parameters_of(level, size)
    names = zstandard.ZstdCompressionDict(shipped_bytes(NAMES))
    names.precompute_compress(compression_params=parameters)
    return names, parameters


def made_names(library: Path, job: Job | None = None) -> bytes:
    """A dictionary of the names in the Python sources under ``library``, sorted as in a ledger.

    The same sources and the same release of zstd give the same bytes (its fast cover, see
    ``ZDICT_trainFromBuffer``). It must come from elsewhere than what compression is measured on.
    """
    job = job or Job()
    files = [
        path
        for path in sorted(library.rglob("*.py"))
        if _OTHERS.isdisjoint(path.relative_to(library).parts)
    ]
    lists: list[bytes | bytearray | memoryview[int]] = []
    for done, path in enumerate(files):
        job.step(done, len(files), "reading names", "files")
        lists += _lists(path.read_text(errors="replace"))
    return zstandard.train_dictionary(_SIZE, lists, level=_LEVEL).as_bytes()


def _lists(text: str) -> Iterator[bytes]:
    """The names of a file, most used first, in lists as long as a ledger."""
    names = [name for name, _ in Counter(IDENTIFIER.findall(text)).most_common(_MOST)]
    if len(names) >= _FEWEST:
        for start in range(0, len(names), _LISTED):
            yield " ".join(sorted(names[start : start + _LISTED])).encode()
