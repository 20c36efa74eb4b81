"""One import, or its reference, in a process of its own: prints seconds, bytes and peak memory.

The reference parses the same bytes with orjson and inserts the same searchable text into FTS5,
and does nothing else: no identity, no audit, no raw bytes, no compression. Which text that is, is
worked out before its clock starts.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hpm_engine.importing.importer  # noqa: F401 - its modules are loaded before the clock starts
from hpm_engine import open_memory
from hpm_engine.ingest.detect import NotATrace, detect
from hpm_engine.ingest.sources.limits import DEFAULT_LIMITS
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.walk import walk
from hpm_engine.store.search.bare_index import BareIndex
from hpm_engine.store.search.search_index import SearchIndex, SearchRow


def measure_import(folder: Path, paths: list[Path]) -> dict[str, float]:
    """Seconds and bytes of a real import into a new store."""
    with open_memory(folder / "bench.hpm", create=True) as memory:
        started = time.perf_counter()
        report = memory.import_paths(paths)
        seconds = time.perf_counter() - started
    if not report.episodes_added:
        raise SystemExit(f"nothing was imported from {paths}")
    return {"seconds": seconds, "bytes": report.raw_size}


def measure_reference(folder: Path, paths: list[Path]) -> dict[str, float]:
    """Seconds of bare parsing and indexing."""
    import orjson

    rows = _searchable(folder, paths)
    index = BareIndex(folder / "reference.db")
    size = 0
    started = time.perf_counter()
    for source in _traces(paths):
        if source.size > DEFAULT_LIMITS.document_size or source.head.count(b"\n{"):
            for _, line in source.lines():
                _parse(orjson, line)
        else:
            _parse(orjson, source.read())
        size += source.size
    index.add(rows)
    return {"seconds": time.perf_counter() - started, "bytes": size}


def _parse(orjson: Any, data: bytes) -> None:
    try:
        orjson.loads(data)
    except orjson.JSONDecodeError:
        return  # comment lines, blank lines, lines that were cut


def _traces(paths: list[Path]) -> Iterator[SourceFile]:
    for source in walk(paths, DEFAULT_LIMITS):
        if isinstance(source, SourceFile) and not isinstance(detect(source), NotATrace):
            yield source


def _searchable(folder: Path, paths: list[Path]) -> list[SearchRow]:
    """The rows that an import gives to the index, taken from a real one."""
    rows: list[SearchRow] = []
    add = SearchIndex.add

    def keep(index: SearchIndex, new: list[SearchRow]) -> None:
        rows.extend(new)
        add(index, new)

    SearchIndex.add = keep  # type: ignore[method-assign, assignment]
    with open_memory(folder / "rows.hpm", create=True) as memory:
        memory.import_paths(paths)
    return rows


def main(arguments: list[str]) -> None:
    """``import_once.py import|reference SCRATCH PATH…``."""
    what, scratch, *names = arguments
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        measure = measure_import if what == "import" else measure_reference
        measured = measure(Path(folder), [Path(name) for name in names])
    # Linux counts kilobytes here, macOS bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    print(json.dumps(measured | {"peak_rss": peak}))


if __name__ == "__main__":
    main(sys.argv[1:])
