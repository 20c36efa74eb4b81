"""What the log says of each job that has ended."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs

from app.ageing.jobs import aged
from app.agents.jobs import changed_files, checked
from app.agents.replay.job import ReplayResult, asked
from app.audit.jobs import verified
from app.consolidation.jobs import cycled, undone
from app.health.adaptation_jobs import take_back
from app.kit.index_job import index, index_again
from app.kit.job_kind import Sentence, done, edited
from app.masks.jobs import compress, restore
from app.shell.imports import imported
from hpm_engine import (
    AgeingReport,
    Budget,
    Changed,
    Check,
    CompressionReport,
    ConnectionReport,
    CycleReport,
    Edit,
    EncodeReport,
    EvictionReport,
    FileReport,
    FileStatus,
    Help,
    HelpCase,
    ImportReport,
    InUse,
    Model,
    Prepared,
    RecallReplay,
    ReindexReport,
    ReplayedSession,
    RestoreReport,
    Trigger,
    Verification,
    WeightsBack,
)

TOOK = "in 2 s"
COMPRESSION = CompressionReport(3, 1, 4_000, 300, 2.0)
CYCLE = CycleReport(
    id=7,
    at=1,
    actor="person",
    trigger=Trigger.PERSON,
    memories=1,
    replayed=(),
    born=(1, 2),
    merged=(),
    retired=(),
    moved={},
    before=None,
    after=None,
    loss=(),
    held=(),
    replay_loss=(),
    seconds=1.0,
)
IMPORT = ImportReport(
    files=(FileReport("a", FileStatus.ADDED), FileReport("b", FileStatus.UNCHANGED)),
    episodes_added=1,
    episodes_extended=2,
    steps_added=12,
    raw_size=2_000,
    seconds=1.0,
    changed=Changed.EPISODES,
)


class Asked:
    """Stands for a session: keeps the sentence that a job brings along."""

    writable = True

    def write(self, _call: Any, title: str, *more: Any, **named: Any) -> Any:
        given = [part for part in (*more, *named.values()) if callable(part)]
        self.sentence: Sentence = given[0]
        return None

    edit = write


def said(start: Any, result: object, title: str = "Job") -> str:
    """What a job that ``start`` begins says of its result."""
    session = Asked()
    start(session)
    return session.sentence(title, result, TOOK)


def test_an_import() -> None:
    assert imported("Import 2 files", IMPORT, TOOK) == (
        "Import 2 files: 1 episode added, 2 episodes extended, 12 steps from 2.0 kB, 1 file"
        " unchanged, in 2 s."
    )


@pytest.mark.parametrize(
    ("report", "words"),
    [
        (None, "an agent woke up, so it stopped and goes on later"),
        (CYCLE, "1 memory learned, 2 new topics"),
        (structs.replace(CYCLE, id=None, memories=0, born=()), "there is nothing to learn"),
        (structs.replace(CYCLE, refused="It would forget. Agree."), "blocked. It would forget."),
    ],
)
def test_a_cycle(report: CycleReport | None, words: str) -> None:
    assert cycled("Consolidate", report, TOOK).startswith(f"Consolidate: {words}")
    assert cycled("Consolidate", report, TOOK).endswith(", in 2 s.")


def test_the_undoing_of_two_runs() -> None:
    reports = structs.replace(CYCLE, run=5), structs.replace(CYCLE, id=4)
    assert undone("Undo a cycle", reports, TOOK) == (
        "Undo a cycle: 4 cycles undone, back to before cycle 4, in 2 s."
    )


def test_an_ageing() -> None:
    report = AgeingReport(2, COMPRESSION, EvictionReport(1, 4_000, 8_000, 0, wiped=False))
    assert aged("Age", report, TOOK) == (
        "Age: 3 episodes compressed, 2 restored to full text, the rest of 1 deleted permanently"
        " (4.0 kB of text, 8.0 kB of originals),"
        " freed space is overwritten by the next one: the store was being read, in 2 s."
    )
    assert aged("Age", None, TOOK) == (
        "Age: an agent woke up, so it stopped and goes on later, in 2 s."
    )


def test_compressing_and_making_whole() -> None:
    assert said(lambda session: compress(session, [1], Budget(), ""), COMPRESSION) == (
        "Job: 3 compressed, 1 too small for it; 4.0 kB of text in 300 B, in 2 s."
    )
    assert said(lambda session: restore(session, [1]), RestoreReport(2)) == (
        "Job: 2 restored to full text, in 2 s."
    )


def test_indexing() -> None:
    reports = Prepared(2, 1.0), EncodeReport("static", 2, 9, 8, 1.0, Changed.RECALLS)
    assert said(index, reports) == "Job: 2 episodes made findable by words, 2 by meaning, in 2 s."
    assert said(index_again, ReindexReport(1)) == "Job: 1 step indexed again, in 2 s."


def test_weights() -> None:
    back = WeightsBack(InUse(Model.MASK, "0123456789abcdef"))
    words = said(lambda session: take_back(session, Model.MASK), back)
    assert words == "Job: 0123456789ab, as it came with the program."


def test_the_chain() -> None:
    assert verified("Verify", Verification(3, "", None, ""), TOOK) == (
        "Verify: the chain of 3 rows holds, in 2 s. It was never signed."
    )
    assert verified("Verify", Verification(3, "", 2, "It differs."), TOOK) == (
        "Verify: the chain breaks at row 2. It differs."
    )


def test_marks_and_all_else() -> None:
    edit = Edit("Pin 3 episodes", "pin", (), (), Changed.MARKS)
    assert edited("Pin or unpin 3 episodes", edit, TOOK) == "Pin 3 episodes."
    assert done("Set how the store ages", None, TOOK) == "Set how the store ages: done in 2 s."


def test_agents_connected_and_tried() -> None:
    report = ConnectionReport("codex", ("a.toml", "b.json"))
    assert changed_files("Connect Codex", report, TOOK) == (
        "Connect Codex: 2 settings files changed in 2 s."
    )
    results = [Check("store", True, ""), Check("server", False, ""), Check("trust", None, "")]
    assert checked("Check Codex", results, TOOK) == "Check Codex: 1 part failed, in 2 s."
    assert checked("Check Codex", results[:1], TOOK) == "Check Codex: no part failed, in 2 s."


def test_past_sessions_asked_again() -> None:
    nothing = ReplayResult(1, RecallReplay((), 4), (), (), 4)
    assert asked("Ask", nothing, TOOK) == "Ask: there was none to ask, in 2 s."
    case = HelpCase(Help.FILE, "a.py", (1,))
    session = ReplayedSession(2, "b", 1, (1,), 9, (case,), 3, 1)
    one = structs.replace(nothing.replay, sessions=(session, structs.replace(session, cases=())))
    assert asked("Ask", ReplayResult(1, one, (), (), 6), TOOK) == (
        "Ask: 50 % of 2 sessions could have been told something, in 2 s."
    )
