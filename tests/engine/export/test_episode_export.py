from __future__ import annotations

import io
import json
from hashlib import sha256
from pathlib import Path

import pytest

from hpm_engine import (
    AuditFilter,
    Cancelled,
    CannotWrite,
    EpisodeQuery,
    Job,
    Memory,
    NotFound,
    ReadOnlyStore,
    open_memory,
)
from tests.support.files.trace_sources import DOCUMENTS


@pytest.fixture
def traces(tmp_path: Path) -> Path:
    folder = tmp_path / "traces"
    folder.mkdir()
    for name, value in DOCUMENTS.items():
        (folder / f"{name}.json").write_text(json.dumps(value))
    return folder


def all_ids(memory: Memory) -> list[int]:
    results = memory.episodes.find(EpisodeQuery())
    return results.window(0, len(results))


def facts(memory: Memory, episode_id: int) -> tuple[object, ...]:
    """All of an episode but its identity and its source."""
    detail = memory.episodes.detail(episode_id)
    row = detail.episode
    return (
        (row.agent, row.model, row.project, row.task, row.outcome, row.started_at, row.ended_at),
        (row.steps, row.agent_steps, row.calls, row.errors, row.tokens_in, row.tokens_out),
        (row.cost_usd, row.text_size, detail.cwd, detail.branch),
        [
            (s.source, s.flags, s.at, s.model, s.tokens_in, s.tokens_out, s.parts)
            for s in memory.steps.read(episode_id)
        ],
    )


def test_export_and_import_give_an_equal_episode_and_again_change_nothing(
    tmp_path: Path, traces: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    with open_memory(tmp_path / "a.hpm", create=True) as memory:
        memory.import_paths([traces])
        before = {}
        for episode_id in all_ids(memory):
            memory.episodes.export(episode_id, out / f"{episode_id}.json")
            key = memory.episodes.detail(episode_id).episode.key
            before[f"export:{memory.episodes.detail(episode_id).episode.format}/{key}"] = facts(
                memory, episode_id
            )
    assert len(before) >= 4
    with open_memory(tmp_path / "b.hpm", create=True) as memory:
        memory.import_paths([out])
        after = {
            memory.episodes.detail(episode_id).episode.key: facts(memory, episode_id)
            for episode_id in all_ids(memory)
        }
        assert after == before
        again = tmp_path / "again"
        again.mkdir()
        for episode_id in all_ids(memory):
            memory.episodes.export(episode_id, again / f"{episode_id}.json")
        assert memory.import_paths([again]).episodes_added == 0


def test_an_export_is_a_row_of_the_log_with_the_digests_of_both(
    tmp_path: Path, traces: Path
) -> None:
    with open_memory(tmp_path / "a.hpm", create=True, actor="tester") as memory:
        memory.import_paths([traces])
        (episode_id, *_) = all_ids(memory)
        stream = io.BytesIO()
        exported = memory.episodes.export(episode_id, stream)
        (row,) = memory.audit.page(AuditFilter(action="export"))
        assert (row.actor, row.subject) == ("tester", f"episode:{episode_id}")
        assert row.before == memory.episodes.detail(episode_id).digest
        assert row.after == exported.sha256 == sha256(stream.getvalue()).hexdigest()
        assert json.loads(row.detail) == {
            "format": "atif",
            "size": len(stream.getvalue()),
            "steps": exported.steps,
        }
        assert memory.audit.verify().broken_at is None


def test_an_export_that_fails_leaves_no_file_and_no_row(tmp_path: Path, traces: Path) -> None:
    with open_memory(tmp_path / "a.hpm", create=True) as memory:
        memory.import_paths([traces])
        (episode_id, *_) = all_ids(memory)
        with pytest.raises(CannotWrite, match="Choose another place"):
            memory.episodes.export(episode_id, tmp_path / "gone" / "x.json")
        with pytest.raises(CannotWrite, match="store itself"):
            memory.episodes.export(episode_id, memory.path)
        with pytest.raises(NotFound):
            memory.episodes.export(999, tmp_path / "x.json")
        job = Job()
        job.cancel()
        with pytest.raises(Cancelled):
            memory.episodes.export(episode_id, tmp_path / "x.json", job=job)
        assert memory.audit.page(AuditFilter(action="export")) == []
        assert not list(tmp_path.glob("x.json*"))
    with open_memory(tmp_path / "a.hpm", read_only=True) as memory, pytest.raises(ReadOnlyStore):
        memory.episodes.export(episode_id, io.BytesIO())


def test_others_write_while_a_file_is_written(tmp_path: Path, traces: Path) -> None:
    store = tmp_path / "s.hpm"
    with open_memory(store, create=True) as memory:
        memory.import_paths([traces])
    with open_memory(store) as memory, open_memory(store) as other:
        changed: list[int] = []

        def change(_: object) -> None:
            other.settings.set("last", str(len(changed)))  # would wait for a lock, and fail
            changed.append(1)

        target = tmp_path / "out.json"
        exported = memory.episodes.export(1, target, job=Job(change, interval=0))
        assert changed and exported.size == target.stat().st_size
        assert len(memory.audit.page(AuditFilter(action="export"))) == 1
