"""What is erased is in no byte of any file: plain, packed, spelled otherwise, or as a word."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from hpm_engine.consolidator.turn import turn
from hpm_engine.errors import Cancelled, CannotWrite, NotFound
from hpm_engine.index.cache import index_folder
from hpm_engine.job import Job
from hpm_engine.memory import Memory, open_memory
from hpm_engine.store.erasure.text_homes import HOMES
from hpm_engine.store.file.doctor import examine
from hpm_engine.values.episodes import EpisodeQuery
from hpm_engine.values.leaving.erasure import ErasureTarget
from tests.support.command_runs import session as session_file
from tests.support.files.planted_text import CANARY, columns_of, plant, session, sightings
from tests.support.learned_store import learned_store


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of seven sessions, one of them with the canary; encoded, compressed, learned."""
    folder = tmp_path_factory.mktemp("canary")
    path = learned_store(folder, episodes=6)
    trace = folder / "demo__repo9-9.traj"
    trace.write_text(session(), "utf-8")
    with open_memory(path) as memory:
        memory.import_paths([trace])
        memory.encode()
        memory.recall.prepare()
        memory.compression.compress([1, 7])
        memory.consolidation.run(400)
        memory.recall.ask(f"parse the invoice {CANARY}")
    return path


@pytest.fixture
def store(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "files"
    monkeypatch.setenv("HPM_CACHE_DIR", str(folder / "cache"))
    folder.mkdir()
    path = folder / "store.hpm"
    path.write_bytes(made.read_bytes())
    return path


def found(memory: Memory, text: str) -> int:
    return len(memory.episodes.find(EpisodeQuery(text)))


def test_the_registry_names_every_column_that_can_hold_a_text(made: Path) -> None:
    assert columns_of(made) == {table: set(columns) for table, columns in HOMES.items()}


def test_a_text_is_gone_from_every_place(store: Path) -> None:
    with open_memory(store) as memory:
        plant(memory)
        cache = index_folder(memory.internals.database)
        cache.mkdir(parents=True)
        (cache / "a generation").write_text(CANARY, "utf-8")
    assert len(sightings(store.parent)) > 20
    with open_memory(store) as memory:
        preview = memory.erasure.preview(ErasureTarget(pattern=CANARY))
        assert preview.touched == (1, 7)
        assert preview.episodes == ()
        report = memory.erasure.run(ErasureTarget(pattern=CANARY))
        assert report.wiped
        assert report.places == preview.places
        assert not examine(memory.internals.database, check=True, job=Job()).problems
        assert memory.audit.verify().broken_at is None
        assert memory.erasure.preview(ErasureTarget(pattern=CANARY)).nothing
        assert found(memory, CANARY) == 0
        assert found(memory, '"parse the invoice"') == 2
        assert sightings(store.parent) == []
    assert sightings(store.parent) == []


def test_an_episode_is_gone_with_all_that_was_made_of_it(store: Path) -> None:
    with open_memory(store) as memory:
        vectors = memory.internals.database.rows("SELECT data FROM vectors WHERE episode_id = 7")
        report = memory.erasure.run(ErasureTarget(episodes=(7,)))
        assert report.wiped
        assert report.relearned >= 1
        assert report.found_before is not None
        assert report.found is not None
        assert report.found >= report.found_before - 0.05
        assert found(memory, "") == 6
        with pytest.raises(NotFound):
            memory.episodes.detail(7)
        assert not examine(memory.internals.database, check=True, job=Job()).problems
        left = {data for (data,) in memory.internals.database.rows("SELECT data FROM vectors")}
        assert not left & {data for (data,) in vectors}
        rows = [row for row in memory.audit.page() if row.subject == "erasure:1"]
        assert [row.action for row in rows] == ["erase", "erased"]
        assert rows[0].before != rows[0].after == report.after
    data = store.read_bytes()
    assert not any(vector[:32] in data for (vector,) in vectors)
    # The cue of a recall is the person's own words: it goes with its text, not with an episode.
    assert sightings(store.parent) == ["store.hpm"]
    with open_memory(store) as memory:
        memory.erasure.run(ErasureTarget(pattern=CANARY))
    assert sightings(store.parent) == []


def test_topics_that_cannot_be_learned_again_yet_are_not_told_as_learned(store: Path) -> None:
    with (
        open_memory(store) as memory,
        turn(memory.consolidation._lock(), store, "consolidating"),  # as another program's cycle
    ):
        report = memory.erasure.run(ErasureTarget(episodes=(7,)))
    assert report.wiped
    assert report.waiting >= 1
    assert report.relearned == 0
    assert report.found is None


def test_a_step_is_gone_and_the_others_stay(store: Path) -> None:
    with open_memory(store) as memory:
        before = memory.episodes.get([7])[0]
        memory.erasure.run(ErasureTarget(steps=((7, 1),)), relearn=False)
        [step] = memory.steps.read(7, 1, 2)
        assert {part.text for part in step.parts} <= {"[erased]", ""}
        assert memory.episodes.get([7])[0].steps == before.steps


def test_a_pin_protects_what_holds_it(store: Path) -> None:
    with open_memory(store) as memory:
        memory.marks.set_pinned([7], True)
        assert memory.erasure.preview(ErasureTarget(pattern=CANARY)).pinned == (7,)
        for target in (ErasureTarget(pattern=CANARY), ErasureTarget(episodes=(7,))):
            with pytest.raises(CannotWrite, match="A pin protects episode 7"):
                memory.erasure.run(target)
        assert found(memory, CANARY) == 1


def test_what_was_erased_does_not_come_back_with_its_file(store: Path, tmp_path: Path) -> None:
    trace = tmp_path / "demo__repo9-9.traj"
    trace.write_text(session(), "utf-8")
    with open_memory(store) as memory:
        memory.erasure.run(ErasureTarget(episodes=(7,)), relearn=False)
        for text in (session(), session().replace("submitted", "exit_cost")):
            trace.write_text(text, "utf-8")
            report = memory.import_paths([trace])
            assert (report.episodes_added, report.erased) == (0, 1)
        assert found(memory, "") == 6


def lines(*texts: str) -> bytes:
    return session_file("aaaa-1111", *texts)


def test_a_session_grows_on_after_a_text_in_it_was_erased(store: Path, tmp_path: Path) -> None:
    file = tmp_path / "aaaa-1111.jsonl"
    file.write_bytes(lines("Mend the ferry", f"it is called {CANARY} here"))
    with open_memory(store) as memory:
        memory.erasure.run(ErasureTarget(pattern=CANARY), relearn=False)
        file.write_bytes(lines("Mend the ferry", "its name is zqxothernamevw here"))
        assert memory.import_paths([file]).episodes_added == 1
        memory.erasure.run(ErasureTarget(pattern="zqxothernamevw"), relearn=False)
        file.write_bytes(
            lines("Mend the ferry", "its name is zqxothernamevw here", "and one question more")
        )
        report = memory.import_paths([file])
        assert (report.episodes_added, report.episodes_extended) == (0, 1)
        assert found(memory, '"one question more"') == 1
    assert sightings(store.parent, "zqxothernamevw") == []


def test_cancelled_before_the_point_of_no_return_nothing_has_changed(store: Path) -> None:
    before = store.read_bytes()
    job = Job()
    job.cancel()
    with open_memory(store) as memory:
        with pytest.raises(Cancelled):
            memory.erasure.run(ErasureTarget(pattern=CANARY), job)
        assert memory.erasure.under_way() == 0
        assert found(memory, CANARY) == 1
    assert store.read_bytes() == before


def test_one_that_was_killed_is_finished_when_the_store_is_opened_next(
    store: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Killed between the transaction and the writing anew: the worst moment."""
    code = (
        "import os, sys; from pathlib import Path\n"
        "from hpm_engine.memory import open_memory\n"
        "from hpm_engine.store.evictions import EvictionRows\n"
        "from hpm_engine.values.leaving.erasure import ErasureTarget\n"
        "EvictionRows.wipe = lambda self, job: os.kill(os.getpid(), 9)\n"
        f"open_memory(Path({str(store)!r})).erasure.run(ErasureTarget(pattern={CANARY!r}))\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -9
    with open_memory(store, read_only=True) as reader:
        assert reader.erasure.under_way() == 1
    with caplog.at_level("WARNING"), open_memory(store) as memory:
        assert "an erasure that was broken off is finished" in caplog.text
        assert memory.erasure.under_way() == 0
        assert [row.action for row in memory.audit.page()].count("erased") == 1
    assert sightings(store.parent) == []
