"""Large files in slices: others write meanwhile, nothing is shown by half, nothing stays behind."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from hpm_engine import EpisodeQuery, FileStatus, Job, Memory, open_memory
from hpm_engine.cli.doctor import command as doctor
from hpm_engine.errors import Cancelled
from hpm_engine.evaluation.generated_traces import TraceMaker
from hpm_engine.importing.importer import Importer
from hpm_engine.store.rows.unfinished import UnfinishedRows
from hpm_engine.values.reports import ImportReport

SLICE = 20_000  # bytes: a file of more is imported in slices of so much text


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with open_memory(tmp_path / "a.hpm", create=True) as memory:
        yield memory


def write_session(path: Path, turns: int = 60, number: int = 1, seed: int = 5) -> Path:
    path.write_bytes(b"".join(TraceMaker(seed).session(number, turns, 100)))
    return path


def bring(
    memory: Memory,
    *paths: Path,
    between: Callable[[], None] | None = None,
    batch_bytes: int = SLICE,
) -> ImportReport:
    """Import; ``between`` is called after each transaction, where other work gets its turn."""
    importer = Importer(memory.internals.database, memory.internals.log, batch_bytes=batch_bytes)
    return importer.run(list(paths), Job(give_way=between), lambda report: None)


def content(memory: Memory) -> list[Any]:
    """All that an import leaves, without ids and times."""
    results = memory.episodes.find(EpisodeQuery())
    rows = []
    for episode in memory.episodes.get(results.window(0, len(results))):
        detail = memory.episodes.detail(episode.id)
        steps = memory.steps.read(episode.id)
        rows.append(
            (
                *(episode.key, episode.task, episode.steps, detail.digest, detail.source_sha256),
                [step.parts for step in steps],
                [memory.originals.step(episode.id, step.seq) for step in steps],
                memory.steps.matching(episode.id, "ba*"),
                b"".join(memory.originals.whole(episode.id)),
            )
        )
    tables = ("texts", "steps", "parts", "step_fts_docsize", "raw_chunks", "unfinished")
    counts = [memory.internals.database.value(f"SELECT count(*) FROM {table}") for table in tables]
    totals = memory.internals.database.rows("SELECT * FROM totals ORDER BY name")
    return [sorted(rows, key=lambda row: row[:2]), counts, totals]


def in_one_transaction(folder: Path, *paths: Path) -> list[Any]:
    """What an import of whole files leaves in a store of its own."""
    with open_memory(folder / "reference.hpm", create=True) as memory:
        bring(memory, *paths, batch_bytes=1 << 30)
        return content(memory)


def test_others_write_between_the_slices_and_see_nothing_unfinished(
    memory: Memory, tmp_path: Path
) -> None:
    large = write_session(tmp_path / "large.jsonl")
    small = write_session(tmp_path / "small.jsonl", 3, number=2)
    seen = []
    with open_memory(memory.path) as other:

        def between() -> None:
            other.settings.set("turn", str(len(seen)))
            if len(seen) == 1:
                bring(other, small, batch_bytes=1 << 30)
            stats = other.figures.stats()
            counts = [
                len(other.episodes.find(EpisodeQuery(text=text))) for text in ("", "ba*", "re:ba")
            ]
            seen.append(
                (stats.episodes, stats.sources, other.figures.health(check=True).problems, *counts)
            )

        report = bring(memory, large, between=between)
    assert len(seen) > 3, "the file was imported in one transaction"
    assert seen[0] == (0, 0, (), 0, 0, 0)
    assert set(seen[1:-1]) == {(1, 1, (), 1, 1, 1)}
    assert seen[-1] == (2, 2, (), 2, 2, 2)
    assert (report.episodes_added, report.files[0].status) == (1, FileStatus.ADDED)
    assert content(memory) == in_one_transaction(tmp_path, small, large)


def doubled(path: Path) -> Path:
    """Two sessions in one file, the first of which goes on behind the second."""
    maker = TraceMaker(9)
    lines = [*maker.session(1, 40, 100)], [*maker.session(2, 30, 100)]
    path.write_bytes(b"".join(lines[0][:50] + lines[1] + lines[0][50:]))
    return path


def records(path: Path) -> Path:
    """Many trajectories in one file, two of them of the same task."""
    lines = []
    for number in (1, 2, 3, 1, 4, 5, 6, 7):
        messages = [{"role": "user", "content": f"Task {number}: mend the basket"}]
        for turn in range(12):
            text = f"ba step {turn} of {len(lines)} " + "word " * 100
            messages += [
                {"role": "assistant", "content": text},
                {"role": "user", "content": "go on"},
            ]
        lines.append(json.dumps({"instance_id": f"task-{number}", "messages": messages}) + "\n")
    path.write_text("".join(lines))
    return path


@pytest.mark.parametrize("write", [write_session, doubled, records])
def test_the_result_is_that_of_one_transaction(
    memory: Memory, tmp_path: Path, write: Callable[[Path], Path]
) -> None:
    path = write(tmp_path / "large.jsonl")
    assert path.stat().st_size > SLICE
    turns: list[int] = []
    bring(memory, path, between=lambda: turns.append(1))
    assert len(turns) > 2
    expected = in_one_transaction(tmp_path, path)
    assert content(memory) == expected
    assert bring(memory, path).files[0].status is FileStatus.UNCHANGED
    assert content(memory) == expected


def test_a_grown_file_adds_its_tail(memory: Memory, tmp_path: Path) -> None:
    path = write_session(tmp_path / "large.jsonl")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:80]))
    bring(memory, path)
    memory.marks.set_pinned([1], True)
    path.write_bytes(b"".join(lines))
    report = bring(memory, path)
    assert (report.episodes_extended, report.episodes_added, report.branches) == (1, 0, 0)
    assert memory.figures.stats().sources == 1
    assert memory.episodes.get([1])[0].pinned
    expected = in_one_transaction(tmp_path, path)
    assert content(memory)[0] == expected[0]
    path.write_bytes(b"".join(lines[:90]))
    assert bring(memory, path).files[0].status is FileStatus.UNCHANGED
    assert content(memory)[0] == expected[0]


def test_what_goes_on_elsewhere_is_a_second_branch(memory: Memory, tmp_path: Path) -> None:
    path = write_session(tmp_path / "large.jsonl")
    other = write_session(tmp_path / "other.jsonl", seed=6)
    bring(memory, path)
    assert bring(memory, other).branches == 1
    assert content(memory)[0] == in_one_transaction(tmp_path, path, other)[0]


def test_two_that_import_the_same_file_at_once_bring_it_once(
    memory: Memory, tmp_path: Path
) -> None:
    path = write_session(tmp_path / "large.jsonl")
    reports = []
    with open_memory(memory.path) as other:

        def between() -> None:
            if not reports:
                reports.append(bring(other, path))

        report = bring(memory, path, between=between)
    assert [report.files[0].status, reports[0].files[0].status] == [
        FileStatus.UNCHANGED,
        FileStatus.ADDED,
    ]
    assert content(memory) == in_one_transaction(tmp_path, path)


class Killed(BaseException):
    """The process ends here."""


def killed(memory: Memory, path: Path, monkeypatch: pytest.MonkeyPatch, slices: int = 3) -> None:
    """An import that ends after some slices without another word."""
    left = [slices]

    def between() -> None:
        left[0] -= 1
        if not left[0]:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(UnfinishedRows, "discard", lambda rows: None)
        with pytest.raises(Killed):
            bring(memory, path, between=between)
    assert memory.internals.database.value("SELECT count(*) FROM unfinished") == 1
    assert memory.internals.database.value("SELECT count(*) FROM steps") > 0
    monkeypatch.setattr("hpm_engine.store.rows.unfinished._live", set())


def test_what_a_killed_import_left_is_removed_by_the_next(
    memory: Memory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_session(tmp_path / "large.jsonl")
    killed(memory, path, monkeypatch)
    assert not memory.figures.health(check=True).problems
    left = memory.internals.database.value("SELECT count(*) FROM steps")
    assert memory.figures.health().left_behind == left > 0
    said = CliRunner().invoke(doctor, [str(memory.path)]).output
    assert f"{left:,} steps of an import that was stopped lie out of view" in said
    assert memory.figures.stats().episodes == 0
    assert not len(memory.episodes.find(EpisodeQuery(text="ba*")))
    bring(memory, path)
    assert memory.figures.health().left_behind == 0
    assert content(memory) == in_one_transaction(tmp_path, path)


def test_one_that_lives_is_left_alone(
    memory: Memory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_session(tmp_path / "large.jsonl")
    killed(memory, path, monkeypatch)
    memory.internals.database.execute("UPDATE unfinished SET pid = 1")
    bring(memory, write_session(tmp_path / "small.jsonl", 2, number=2), batch_bytes=1 << 30)
    assert memory.internals.database.value("SELECT count(*) FROM unfinished") == 1
    memory.internals.database.execute("UPDATE unfinished SET written_at = 0")
    bring(memory)
    assert memory.internals.database.value("SELECT count(*) FROM unfinished") == 0


def test_one_taken_for_dead_begins_again(memory: Memory, tmp_path: Path) -> None:
    path = write_session(tmp_path / "large.jsonl")
    done: list[int] = []
    with open_memory(memory.path) as other:

        def between() -> None:
            done.append(1)
            if len(done) == 2:
                other.internals.database.execute(
                    "UPDATE unfinished SET host = 'elsewhere', written_at = 0"
                )
                bring(other)

        report = bring(memory, path, between=between)
    assert report.episodes_added == 1
    assert content(memory) == in_one_transaction(tmp_path, path)


def test_a_prompt_that_only_a_dead_import_had_in_the_search_is_found_where_it_stands(
    memory: Memory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prompt = "Answer like a zebrafish would. " * 40

    def trajectory(path: Path, name: str, count: int) -> Path:
        messages = [{"role": "system", "content": prompt}]
        for turn in range(count):
            messages += [
                {"role": "user", "content": f"{name} {turn} " + "word " * 200},
                {"role": "assistant", "content": f"done {name} {turn}"},
            ]
        path.write_text(json.dumps({"messages": messages}) + "\n")
        return path

    large = trajectory(tmp_path / "large.jsonl", "large", 90)
    killed(memory, large, monkeypatch, 2)
    monkeypatch.setattr("hpm_engine.store.rows.unfinished._is_dead", lambda *_: False)
    bring(memory, trajectory(tmp_path / "small.jsonl", "small", 2), batch_bytes=1 << 30)
    monkeypatch.setattr("hpm_engine.store.rows.unfinished._is_dead", lambda *_: True)
    bring(memory)
    assert len(memory.episodes.find(EpisodeQuery(text="zebrafish"))) == 1
    assert not memory.figures.health(check=True).problems


@pytest.mark.parametrize("stop", [1, 2, 3])
def test_cancelled_leaves_nothing(memory: Memory, tmp_path: Path, stop: int) -> None:
    path = write_session(tmp_path / "large.jsonl")
    before = content(memory)
    turns: list[int] = []

    def between() -> None:
        turns.append(1)
        if len(turns) == stop:
            job.cancel()

    job = Job(give_way=between)
    with pytest.raises(Cancelled):
        Importer(memory.internals.database, memory.internals.log, batch_bytes=SLICE).run(
            [path], job, lambda report: None
        )
    assert content(memory) == before
    bring(memory, path)
    assert content(memory) == in_one_transaction(tmp_path, path)


def test_a_file_that_changes_meanwhile_fails_alone_and_leaves_nothing(
    memory: Memory, tmp_path: Path
) -> None:
    path = write_session(tmp_path / "large.jsonl")
    small = write_session(tmp_path / "zsmall.jsonl", 2, number=2)
    changed: list[int] = []

    def between() -> None:
        if not changed:
            changed.append(1)
            path.write_bytes(path.read_bytes().replace(b"ba", b"BA"))

    report = bring(memory, path, small, between=between)
    assert report.files[0].status is FileStatus.FAILED
    assert "rewritten while it was being read" in report.files[0].reason
    assert content(memory) == in_one_transaction(tmp_path, small)
