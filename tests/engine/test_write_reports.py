"""What every write says it changed, held against the log, which has a row for every change."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from hpm_engine import (
    Adapted,
    AgeingSettings,
    Budget,
    Changed,
    CycleReport,
    EvictionReport,
    Memory,
    Model,
    Originals,
    RecallOptions,
    Verdict,
    WriteReport,
)
from hpm_engine.consolidator import conclusion
from hpm_engine.store.audit_log import AuditLog
from tests.support.lessons import school

ROOMY = Budget(ratio=1.0)  # the lessons are too short for a twelfth
EVICTING = AgeingSettings(newest=0, budget=ROOMY, originals=Originals.EVICTED)
CYCLE = Changed.PROTOTYPES | Changed.EPISODES | Changed.AUDIT
Write = Callable[[Memory], WriteReport]

# Each after those before it, on one store: a second time most change nothing.
WRITES: tuple[tuple[str, Write, Changed], ...] = (
    ("index", lambda m: m.recall.prepare(), Changed.RECALLS | Changed.AUDIT),
    ("index again", lambda m: m.recall.prepare(), Changed.NOTHING),
    ("encode", lambda m: m.encode(), Changed.RECALLS | Changed.AUDIT),
    ("encode again", lambda m: m.encode(), Changed.NOTHING),
    ("take over", lambda m: m.reindexing.run(), Changed.NOTHING),
    ("recall", lambda m: m.recall.ask("alpha"), Changed.RECALLS | Changed.AUDIT),
    (
        "recall unrecorded",
        lambda m: m.recall.ask("alpha", options=RecallOptions(record=False)),
        Changed.NOTHING,
    ),
    ("note", lambda m: m.notes.add(1, "mine"), Changed.MARKS | Changed.AUDIT),
    ("change the note", lambda m: m.notes.change(1, "own"), Changed.MARKS | Changed.AUDIT),
    ("change it again", lambda m: m.notes.change(1, "own"), Changed.NOTHING),
    ("delete the note", lambda m: m.notes.delete(1), Changed.MARKS | Changed.AUDIT),
    ("propose", lambda m: m.proposals.propose("a"), Changed.NOTES | Changed.AUDIT),
    ("propose it again", lambda m: m.proposals.propose("a"), Changed.NOTHING),
    ("accept it", lambda m: m.proposals.accept(1), Changed.NOTES | Changed.AUDIT),
    ("accept it again", lambda m: m.proposals.accept(1), Changed.NOTHING),
    ("pin", lambda m: m.marks.set_pinned([1], True), Changed.MARKS | Changed.AUDIT),
    ("pin again", lambda m: m.marks.set_pinned([1], True), Changed.NOTHING),
    ("unpin", lambda m: m.marks.set_pinned([1], False), Changed.MARKS | Changed.AUDIT),
    ("search", lambda m: m.searches.save("a", "alpha"), Changed.SEARCHES | Changed.AUDIT),
    ("search again", lambda m: m.searches.save("a", "alpha"), Changed.NOTHING),
    ("set", lambda m: m.settings.set("anything", "else"), Changed.SETTINGS | Changed.AUDIT),
    ("set again", lambda m: m.settings.set("anything", "else"), Changed.NOTHING),
    ("compress", lambda m: m.compression.compress([1, 2], ROOMY), Changed.EPISODES | Changed.AUDIT),
    (
        "compress what is too small",
        lambda m: m.compression.compress([3], Budget(ratio=1e6)),
        Changed.NOTHING,
    ),
    ("restore", lambda m: m.compression.restore([1]), Changed.EPISODES | Changed.AUDIT),
    ("restore again", lambda m: m.compression.restore([1]), Changed.NOTHING),
    ("preview", lambda m: m.consolidation.preview(40), Changed.NOTHING),
    ("cycle", lambda m: m.consolidation.run(80), CYCLE),
    ("refused preview", lambda m: m.consolidation.preview(40), Changed.NOTHING),
    (
        "refused cycle",
        lambda m: m.consolidation.run(40),
        Changed.PROTOTYPES | Changed.AUDIT,
    ),
    (
        "agree",
        lambda m: m.consolidation.agree(),
        Changed.PROTOTYPES | Changed.SETTINGS | Changed.AUDIT,
    ),
    (
        "name",
        lambda m: m.consolidation.rename(heaviest(m)[0], "a"),
        Changed.PROTOTYPES | Changed.AUDIT,
    ),
    ("merge", lambda m: m.consolidation.merge(heaviest(m)[:2]), CYCLE),
    ("undo", lambda m: m.consolidation.undo(), CYCLE),
    ("forget", lambda m: m.consolidation.forget(heaviest(m)[:1]), CYCLE),
    ("cycle of the rest", lambda m: m.consolidation.run(1_000, bound=1.0), CYCLE),
    ("cycle of nothing", lambda m: m.consolidation.run(60), Changed.NOTHING),
    (
        "let it age",
        lambda m: m.compression.ageing.set(EVICTING),
        Changed.SETTINGS | Changed.AUDIT,
    ),
    (
        "age",
        lambda m: m.compression.ageing.run(),
        Changed.EPISODES | Changed.RECALLS | Changed.AUDIT,
    ),
    ("age again", lambda m: m.compression.ageing.run(), Changed.NOTHING),
    (
        "export the log",
        lambda m: m.audit.export(m.path.with_name("log.jsonl"), "jsonl"),
        Changed.AUDIT,
    ),
)


def heaviest(memory: Memory) -> list[int]:
    return [
        prototype.id
        for prototype in sorted(memory.consolidation.prototypes(), key=lambda p: -p.count)
    ]


@pytest.fixture(scope="module")
def outcomes(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, tuple[WriteReport, int]]]:
    """What each write gave, and how many rows it left in the log."""
    folder = tmp_path_factory.mktemp("writes")
    outcomes: dict[str, tuple[WriteReport, int]] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HPM_CACHE_DIR", str(folder / "cache"))
        with school(folder / "school.hpm", "alpha", "beta", "gamma") as memory:
            log = AuditLog(memory.internals.database, "")
            for name, write, _ in WRITES:
                rows, _hash = log.head()
                with pytest.MonkeyPatch.context() as refusing:
                    if name.startswith("refused"):
                        refusing.setattr(conclusion, "_refusal", lambda *_: ("It forgets.", False))
                    report = write(memory)
                outcomes[name] = (report, log.head()[0] - rows)
    yield outcomes


@pytest.mark.parametrize(("name", "changed"), [(name, changed) for name, _, changed in WRITES])
def test_a_write_says_what_it_changed(
    outcomes: dict[str, tuple[WriteReport, int]], name: str, changed: Changed
) -> None:
    report, rows = outcomes[name]
    assert isinstance(report, WriteReport)
    assert report.changed == changed
    assert bool(rows) == bool(changed & Changed.AUDIT), "the log has a row for every change"
    most = getattr(type(report), "CHANGES", changed)
    assert changed & most == changed, "CHANGES is the most that such a write changes"


def test_reports_that_commands_print_and_stores_keep_are_as_they_were(
    outcomes: dict[str, tuple[WriteReport, int]],
) -> None:
    for name in ("cycle", "preview", "compress", "recall", "age", "index"):
        text = msgspec.json.encode(outcomes[name][0])
        assert "changed" not in json.loads(text), name


def test_weights_change_what_is_made_with_them() -> None:
    better = Verdict(1, 1, "episode", 0.1, 0.9, 0.1, 0.9)
    adapted = Adapted(Model.MASK, True, "", better, "a", "b", 1.0)
    assert adapted.changed == Changed.EPISODES | Changed.AUDIT
    kept = msgspec.structs.replace(adapted, accepted=False)
    assert kept.changed == Changed.AUDIT
    assert msgspec.structs.replace(kept, verdict=None).changed is Changed.NOTHING


def test_wiping_after_an_earlier_eviction_changes_the_log() -> None:
    assert EvictionReport(freed=1).changed == Changed.AUDIT
    assert EvictionReport().changed is Changed.NOTHING


def test_a_store_with_cycles_of_before_is_read_as_before() -> None:
    fields = set(CycleReport.__struct_fields__)
    assert "changed" not in fields and "CHANGES" not in fields


def test_the_log_of_encoding_is_what_counts(tmp_path: Path) -> None:
    with school(tmp_path / "one.hpm", "alpha") as memory:
        log = AuditLog(memory.internals.database, "")
        head = log.head()
        assert log.tells_of(Changed.RECALLS, head) is Changed.NOTHING
        memory.marks.set_pinned([1], True)
        assert log.tells_of(Changed.RECALLS, head) is Changed.RECALLS
