"""Names that sessions were given are found, by searches and by recall."""

from __future__ import annotations

from pathlib import Path

from hpm_engine.job import Job
from hpm_engine.memory import Memory, open_memory
from hpm_engine.store.encoded_step import encode_step
from hpm_engine.store.episode_writer import EpisodeWriter
from hpm_engine.values.drafts import EpisodeDraft, StepDraft
from hpm_engine.values.episodes import EpisodeQuery, Part, PartKind, StepSource


def write(
    memory: Memory,
    title: str | None,
    *texts: str,
    key: str = "k",
    task: str = "",
    agent_title: str = "",
) -> int:
    steps = [StepDraft(StepSource.USER, (Part(PartKind.MESSAGE, text),), at=1) for text in texts]
    with memory._db.writing():
        memory._steps.begin()
        written = EpisodeWriter(memory._db, memory._steps).write(
            EpisodeDraft("test", key, steps, task=task, title=title, agent_title=agent_title),
            [encode_step(step) for step in steps],
            Job(),
        )
        memory._steps.flush()
    return written.episode_id


def found(memory: Memory, text: str) -> list[int]:
    return list(memory.find(EpisodeQuery(text=text)).window(0, 9))


def test_a_title_is_found_and_is_no_hit_among_the_steps(tmp_path: Path) -> None:
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        episode = write(memory, "Umzug der 会议室 bookingSystem", "hello there")
        write(memory, "", "something else", key="other")
        for word in ("umzug", "会议", "booking", '"der 会议室"'):
            assert found(memory, word) == [episode]
            assert memory.find(EpisodeQuery(text=word)).hits == 0
            assert memory.hits(episode, word) == []
        assert memory.find(EpisodeQuery(text="hello")).hits == 1
        memory.prepare_recall()
        assert [hit.episode.id for hit in memory.recall("Umzug").hits] == [episode]
        assert [hit.episode.id for hit in memory.recall("会议").hits] == [episode]


def test_a_new_title_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        episode = write(memory, "first name", "hello there")
        memory.prepare_recall()
        write(memory, "second name", "hello there", "more")
        assert (found(memory, "first"), found(memory, "second")) == ([], [episode])
        write(memory, "second name", "hello there", "more", "and more")
        assert (found(memory, "first"), found(memory, "second")) == ([], [episode])
        memory.prepare_recall()
        assert not memory.recall("first").hits
        assert [hit.episode.id for hit in memory.recall("second").hits] == [episode]
        assert not memory.health(check=True).problems
