"""The parts of a store that follow from others: looked at, and made again where they are wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hpm_engine.derived.recall_parts import RECALL, WORDS, recall_part, words_part
from hpm_engine.errors import HPMError
from hpm_engine.job import Job
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.derived import structure
from hpm_engine.store.derived.parts import (
    CHECKPOINT_WORDS,
    NOTE_WORDS,
    STEP_WORDS,
    TOOLS,
    put_sums_right,
    wrong_sums,
)
from hpm_engine.store.derived.workbench import DerivedPart, fault_of, make_again
from hpm_engine.store.file.database import Database
from hpm_engine.values.safety.repairs import RepairItem

STRUCTURE, INDEXES, VECTORS = "missing tables and rules", "the indexes", "vectors"
_PARTS = (STEP_WORDS, TOOLS, NOTE_WORDS, CHECKPOINT_WORDS)
_SUMS = ("the sums of texts", "the figures of episodes")


def faults(database: Database, job: Job) -> tuple[RepairItem, ...]:
    """What is not as it would be made anew, each with how. Nothing is changed."""
    with database.reading():
        return tuple(_faults(database, job))


def make_right(database: Database, log: AuditLog, items: Sequence[RepairItem], job: Job) -> None:
    """Make again what ``items`` name: each in a transaction of its own, the log's row in the last.

    Killed or cancelled in between, what is left is found again by ``faults``.
    """
    names = {item.name for item in items}
    if STRUCTURE in names:
        with database.writing():
            structure.make_missing(database)
    if INDEXES in names:
        with database.writing():
            structure.make_indexes(database)
    for part in _parts(database):
        if part.name in names:
            job.step(0, note=f"making {part.name} again")
            with database.writing():
                make_again(database, part, job)
                if part is STEP_WORDS:
                    structure.index_is_of_today(database)
            job.give_way()
    with database.writing():
        if VECTORS in names:
            structure.drop_odd_vectors(database)
        if names & set(_SUMS):
            put_sums_right(database)
        log.append("repair", "store", detail={"made_again": sorted(names)})


def make_all(database: Database, job: Job) -> None:
    """Make every part of a store that has none of them, each in a transaction of its own."""
    for part in _parts(database):
        if part.name == WORDS:
            continue  # compression reads them when it needs them
        with database.writing():
            make_again(database, part, job)
    with database.writing():
        put_sums_right(database)


def _faults(database: Database, job: Job) -> Iterator[RepairItem]:
    if lacking := structure.missing(database):
        yield RepairItem(STRUCTURE, ", ".join(lacking))
        return  # the rest reads them
    if structure.bad_indexes(database, job):
        yield RepairItem(INDEXES, "they do not hold what their tables hold")
    of_today = not structure.indexed_earlier(database)
    for part in _PARTS:
        job.step(0, note=f"making {part.name} beside it")
        if part is STEP_WORDS and not of_today:
            continue
        if fault := fault_of(database, part, job):
            yield RepairItem(part.name, fault)
    yield from _computed_faults(database, job)
    if odd := structure.odd_vectors(database):
        yield RepairItem(VECTORS, f"{odd:,} rows cannot be what they say")
    for name, fault in wrong_sums(database):
        yield RepairItem(name, fault)


def _computed_faults(database: Database, job: Job) -> Iterator[RepairItem]:
    """Of what is kept for recall and compression, only what speaks for an episode as it is now."""
    for name, make, states in (
        (RECALL, recall_part, structure.prepared),
        (WORDS, words_part, structure.prepared_words),
    ):
        try:
            part = make(states(database))
            stale = structure.outdated(database, part.tables[-1])
        except (database.driver.DatabaseError, HPMError) as error:
            yield RepairItem(name, f"it cannot be read ({error})")
            continue
        if not stale and (fault := fault_of(database, part, job)):
            yield RepairItem(name, fault)


def _parts(database: Database) -> Iterator[DerivedPart]:
    yield from _PARTS
    states = structure.all_states(database)
    yield recall_part(states)
    yield words_part(states)
