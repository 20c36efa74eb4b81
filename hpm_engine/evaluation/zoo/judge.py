"""The judgement of a unit: imported alone into a store of its own, then compared."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

import msgspec

from hpm_engine.evaluation.zoo.comparison import Difference, differences
from hpm_engine.evaluation.zoo.note_judges import COUNTS, note_differences
from hpm_engine.evaluation.zoo.original_bytes import byte_differences
from hpm_engine.evaluation.zoo.telling import tellings
from hpm_engine.evaluation.zoo.units import ZooUnit
from hpm_engine.memory import Memory, open_memory
from hpm_engine.query.tokens import quote
from hpm_engine.values.episodes import EpisodeQuery
from hpm_engine.values.reports import FileStatus, ImportReport

Judge = Callable[[Memory, ZooUnit], Iterator[Difference]]


class ZooVerdict(StrEnum):
    """What a unit came to."""

    RIGHT = "right"
    WRONG = "wrong"
    NOT_READ = "not read"  # notes of a memory that nothing judges yet


class Judgement(msgspec.Struct, frozen=True):
    """What a unit came to, and all that it differs in."""

    unit: ZooUnit
    verdict: ZooVerdict
    differences: tuple[Difference, ...] = ()


def sessions(memory: Memory, unit: ZooUnit) -> Iterator[Difference]:
    """The judge of units that hold sessions."""
    told = tellings(memory)
    yield from differences(unit.facts, told)
    if told:
        yield from byte_differences(memory, unit.path, told)
        yield from _needle(memory, unit)


def _needle(memory: Memory, unit: ZooUnit) -> Iterator[Difference]:
    """The text that the product's own search must find, in an episode at least."""
    text = unit.facts.get("needle")
    if text and not len(memory.episodes.find(EpisodeQuery(text=quote(text)))):
        yield Difference("needle", text, "not found")


# Units of notes are judged by their kind ("basic-memory", "mem0" …); of a kind that is not here
# they count as not read.
NOTE_JUDGES: Mapping[str, Judge] = MappingProxyType(dict.fromkeys(COUNTS, note_differences))


def judged(unit: ZooUnit) -> Judgement:
    """Import a unit into a fresh store and compare what it then holds with what is known."""
    judge = NOTE_JUDGES.get(unit.kind) if unit.is_notes else sessions
    if judge is None:
        return Judgement(unit, ZooVerdict.NOT_READ)
    with tempfile.TemporaryDirectory(prefix="hpm-bench-") as scratch:
        path = Path(scratch) / "store.hpm"
        with open_memory(path, create=True, actor="hpm bench") as memory:
            imported = memory.import_paths([unit.path], base=unit.path.parent)
            wrong = (*judge(memory, unit), *_failures(imported))
    return Judgement(unit, ZooVerdict.WRONG if wrong else ZooVerdict.RIGHT, wrong)


def _failures(imported: ImportReport) -> Iterator[Difference]:
    """Files that were recognised and could not be read."""
    for file in imported.with_status(FileStatus.FAILED):
        yield Difference("file", "read, or set aside with a reason", file.reason)
