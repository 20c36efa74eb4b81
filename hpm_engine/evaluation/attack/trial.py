"""One process's share of the trials: each input goes to what would read it, and is timed."""

from __future__ import annotations

import contextlib
import io
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec

from hpm_engine.errors import HPMError
from hpm_engine.evaluation.attack.documents import Documents
from hpm_engine.evaluation.attack.mutation import changed_bytes, changed_document
from hpm_engine.evaluation.peak_memory import peak_mb
from hpm_engine.ingest.detect import NotATrace, detect
from hpm_engine.ingest.sources.archives import open_source
from hpm_engine.ingest.sources.limits import DEFAULT_LIMITS
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.memory import Memory, open_memory
from hpm_engine.store.encoded_step import encode_step
from hpm_engine.values.episodes import EpisodeQuery

HANG_S = 2.0  # seconds of processor time


class Share(msgspec.Struct):
    """Sums of a process: inputs by kind, episodes read, unexpected errors, the slowest input."""

    inputs: Counter[str] = msgspec.field(default_factory=Counter)
    episodes: int = 0
    crashes: Counter[str] = msgspec.field(default_factory=Counter)
    hangs: int = 0
    slowest_s: float = 0.0
    peak_mb: float = 0.0
    kept: list[tuple[str, bytes]] = msgspec.field(default_factory=list)  # inputs to look at


def share(seed: int, count: int, documents: Documents) -> Share:
    """``count`` inputs from ``seed``: eight in ten traces, one an archive, one a query."""
    chance, result = random.Random(seed), Share()
    with _small_store(documents) as memory:
        for _ in range(count):
            kind = chance.choices(("trace", "archive", "query"), (8, 1, 1))[0]
            if kind == "query":
                data = _changed_query(chance, documents.queries).encode(errors="surrogatepass")
            elif kind == "archive":
                data = changed_bytes(chance, chance.choice(documents.archives))
            else:
                data = changed_document(chance, documents.traces)
            _try(kind, data, memory, result)
    result.peak_mb = peak_mb()
    return result


def _try(kind: str, data: bytes, memory: Memory, result: Share) -> None:
    result.inputs[kind] += 1
    started = time.thread_time()
    try:
        if kind == "query":
            text = data.decode(errors="surrogatepass")
            memory.episodes.find(EpisodeQuery(text=text))
        else:
            result.episodes += _read(data)
    except HPMError:
        pass
    except Exception as error:  # what this looks for: anything that is not the engine's own word
        where = error.__traceback__
        while where is not None and where.tb_next is not None:
            where = where.tb_next
        name = "" if where is None else Path(where.tb_frame.f_code.co_filename).name
        line = 0 if where is None else where.tb_lineno
        result.crashes[f"{type(error).__name__} at {name}:{line}"] += 1
        _keep(result, kind, data)
    seconds = time.thread_time() - started
    result.slowest_s = max(result.slowest_s, seconds)
    if seconds > HANG_S:
        result.hangs += 1
        _keep(result, kind, data)


def _keep(result: Share, kind: str, data: bytes) -> None:
    if len(result.kept) < 20:
        result.kept.append((kind, data))


def _read(data: bytes) -> int:
    """Read everything in a file of these bytes, as an import would; the number of episodes."""
    episodes = 0
    for source in open_source("input", lambda: io.BytesIO(data), len(data), DEFAULT_LIMITS):
        if not isinstance(source, SourceFile):
            continue
        reader = detect(source)
        if isinstance(reader, NotATrace):
            continue
        with contextlib.suppress(HPMError):
            for draft in reader.read(source):
                for step in draft.steps:
                    encode_step(step)
                episodes += 1
    return episodes


def _changed_query(chance: random.Random, queries: list[str]) -> str:
    words = chance.choice(queries).split(" ")
    for _ in range(chance.randrange(1, 5)):
        index = chance.randrange(len(words) + 1)
        extra = chance.choice(_TOKENS) * chance.choice((1, 1, 1, 2, 30))
        match chance.randrange(3):
            case 0:
                words.insert(index, extra)
            case 1 if index < len(words):
                words[index] += extra
            case _:
                del words[index : index + 1]
    return " ".join(words)


_TOKENS = (
    "(",
    ")",
    '"',
    "-",
    "OR",
    "AND",
    "NOT",
    "NEAR",
    ":",
    "*",
    "re:",
    "re:/(a+)+$/",
    "re:/(",
    "steps:",
    "after:",
    "9999-99-99",
    "..",
    "\x00",
    "\ud800",
    "'",
    "--",
    "%",
    "^",
    "{",
    "会",
    "\U000e0041",
    "near:",
)


@contextlib.contextmanager
def _small_store(documents: Documents) -> Iterator[Memory]:
    with tempfile.TemporaryDirectory(prefix="hpm-attack-") as folder:
        traces = Path(folder) / "traces"
        traces.mkdir()
        for number, trace in enumerate(documents.traces[:3]):
            (traces / f"{number}.jsonl").write_bytes(trace)
        with open_memory(Path(folder) / "store.hpm", create=True, actor="hpm bench") as memory:
            memory.import_paths([traces])
            yield memory
