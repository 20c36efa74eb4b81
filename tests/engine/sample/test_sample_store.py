from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec
import pytest

from hpm_engine import (
    Cancelled,
    CannotWrite,
    Episode,
    EpisodeQuery,
    FileStatus,
    Job,
    Memory,
    StepFlag,
    build_sample,
    open_memory,
)
from hpm_engine.sample.build import truth_path
from hpm_engine.sample.truth import StepLocation, Truth
from hpm_engine.values.reports import ImportReport


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ImportReport]:
    path = tmp_path_factory.mktemp("sample") / "sample.hpm"
    return path, build_sample(path, computed=False)


@pytest.fixture(scope="module")
def memory(built: tuple[Path, ImportReport]) -> Iterator[Memory]:
    with open_memory(built[0], read_only=True) as memory:
        yield memory


@pytest.fixture(scope="module")
def truth(built: tuple[Path, ImportReport]) -> Truth:
    return msgspec.json.decode(truth_path(built[0]).read_bytes(), type=Truth)


@pytest.fixture(scope="module")
def episodes(memory: Memory) -> dict[str, Episode]:
    results = memory.episodes.find(EpisodeQuery())
    return {
        episode.key: episode for episode in memory.episodes.get(results.window(0, len(results)))
    }


def words_at(memory: Memory, episode: Episode, occurrence: StepLocation) -> str:
    """All that is said in the episode's steps within a second of a place's time."""
    at = int(datetime.fromisoformat(occurrence.at).timestamp() * 1_000_000)
    steps = memory.steps.read(episode.id)
    near = [step for step in steps if step.at is not None and abs(step.at - at) <= 1_000_000]
    assert near, occurrence
    return "\n".join(part.text for step in near for part in step.parts)


def test_the_importer_takes_every_file(built: tuple[Path, ImportReport]) -> None:
    _, report = built
    assert {file.status for file in report.files} == {FileStatus.ADDED}
    assert report.episodes_added >= 150


def test_the_store_says_that_it_is_generated(memory: Memory) -> None:
    assert memory.settings.all()["sample"].startswith("generated")


def test_long_sessions_have_twelve_hundred_agent_steps(episodes: dict[str, Episode]) -> None:
    assert sum(episode.agent_steps >= 1200 for episode in episodes.values()) >= 3


def test_sessions_are_as_long_as_the_truth_says(truth: Truth, episodes: dict[str, Episode]) -> None:
    for session in truth.sessions:
        episode = episodes[session.session]
        assert episode.project == session.project
        if not session.continues:
            assert abs(episode.agent_steps - session.steps) <= 2, session
            assert episode.task == " ".join(session.task.split())
        assert episode.outcome.value == (session.outcome or "unknown")


def test_what_was_said_once_stands_where_the_truth_says(
    truth: Truth, memory: Memory, episodes: dict[str, Episode]
) -> None:
    assert len(truth.facts) >= 20
    for fact in truth.facts:
        assert fact.text in words_at(memory, episodes[fact.stated.session], fact.stated)


def test_facts_are_needed_after_they_were_said_and_while_they_hold(truth: Truth) -> None:
    for fact in truth.facts:
        for need in fact.needed:
            assert need.at > fact.stated.at, (fact.id, need.task)
            assert not fact.valid_until or need.at <= fact.valid_until, (fact.id, need.task)
            assert need.session != fact.stated.session


def test_dead_ends_are_taken_again_and_again_and_fail_alike(
    truth: Truth, memory: Memory, episodes: dict[str, Episode]
) -> None:
    assert len(truth.dead_ends) >= 5
    for way in truth.dead_ends:
        assert len({occurrence.session for occurrence in way.occurrences}) >= 3
        for occurrence in way.occurrences:
            episode = episodes[occurrence.session]
            assert occurrence.marker in words_at(memory, episode, occurrence)
            text = "\n".join(
                part.text for step in memory.steps.read(episode.id) for part in step.parts
            )
            assert way.because in text
            assert way.output in text


def test_subagents_hang_below_their_sessions(memory: Memory, episodes: dict[str, Episode]) -> None:
    children = sum(episode.children for episode in episodes.values())
    assert children == memory.figures.stats().subagents >= 30
    parent = next(episode for episode in episodes.values() if episode.children)
    assert (
        memory.episodes.detail(memory.episodes.detail(parent.id).children[0].id).parent is not None
    )


def test_resumed_sessions_name_what_they_continue(
    truth: Truth, memory: Memory, episodes: dict[str, Episode]
) -> None:
    resumed = [session for session in truth.sessions if session.continues]
    for session in resumed:
        link = memory.episodes.detail(episodes[session.session].id).continues
        assert link is not None
        assert link.id == episodes[session.continues].id
        later = memory.episodes.detail(link.id).continued_by
        assert episodes[session.session].id in {episode.id for episode in later}


def test_steps_show_failures_interruptions_and_compactions(
    memory: Memory, episodes: dict[str, Episode]
) -> None:
    flags: defaultdict[StepFlag, int] = defaultdict(int)
    for episode in episodes.values():
        for step in memory.steps.outline(episode.id):
            for flag in step.flags:
                flags[flag] += 1
    assert flags[StepFlag.ERROR] > 300
    assert flags[StepFlag.INTERRUPTED] >= 4
    assert flags[StepFlag.COMPACTION] >= 10
    assert flags[StepFlag.COPIED] >= 20


def test_some_episodes_are_pinned_and_tagged(memory: Memory) -> None:
    assert memory.figures.stats().pinned == 4
    assert "dead end" in dict(memory.episodes.facets().tags)


def test_a_sample_never_replaces_a_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.hpm"
    path.write_text("precious")
    with pytest.raises(CannotWrite, match="already"):
        build_sample(path)
    assert path.read_text() == "precious"


def test_cancelling_leaves_nothing_behind(tmp_path: Path) -> None:
    job = Job()
    job.cancel()
    with pytest.raises(Cancelled):
        build_sample(tmp_path / "sample.hpm", job)
    assert list(tmp_path.iterdir()) == []
