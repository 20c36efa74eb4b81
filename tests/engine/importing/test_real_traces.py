"""What the real traces must come to; each figure is one that their makers state."""

from __future__ import annotations

import tarfile
from hashlib import sha256
from pathlib import Path

import pytest

from hpm_engine import (
    EpisodeQuery,
    Memory,
    Outcome,
    SecretPolicy,
    StepFlag,
    StepSource,
    open_memory,
)
from hpm_engine.values.episodes import StepOutline


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("real")


def imported(store: Path, *paths: Path) -> Memory:
    memory = open_memory(store / f"{paths[0].name}.hpm", create=True)
    memory.import_paths(list(paths))
    return memory


def outlines(memory: Memory) -> list[StepOutline]:
    results = memory.episodes.find(EpisodeQuery())
    return [step for key in results.window(0, len(results)) for step in memory.steps.outline(key)]


def test_mini_swe_agent(data: Path, store: Path) -> None:
    archive = data / "mini-swe-agent-gemini3pro" / "trajs.tar.xz"
    with imported(store, archive) as memory:
        steps = outlines(memory)
        assert memory.figures.stats().episodes == 372
        assert sum(step.source is StepSource.AGENT for step in steps) == 14_847
        assert sum(bool(step.flags & StepFlag.NOT_EXECUTED) for step in steps) == 522
        assert dict(memory.figures.stats().outcomes) == {Outcome.SUCCESS: 273, Outcome.FAILURE: 99}
        again = memory.import_paths([archive])
        assert (again.episodes_added, again.episodes_extended, again.steps_added) == (0, 0, 0)


def test_swe_agent(data: Path, store: Path) -> None:
    folder = data / "swe-agent-v1"
    with open_memory(store / f"{folder.name}.hpm", create=True) as memory:
        memory.secrets.set_policy(SecretPolicy.KEEP)  # some hold passwords of examples
    with imported(store, folder) as memory:
        stats = memory.figures.stats()
        assert stats.episodes == 287
        assert stats.file_size < stats.raw_size / 10
        results = memory.episodes.find(EpisodeQuery())
        ours = sorted(
            sha256(b"".join(memory.originals.whole(key))).hexdigest()
            for key in results.window(0, len(results))
        )
        assert memory.figures.health(check=True).problems == ()
    theirs = []
    for archive in sorted(folder.glob("*.tar.xz")):
        with tarfile.open(archive) as tar:
            for member in tar:
                if member.isfile():
                    stream = tar.extractfile(member)
                    assert stream is not None
                    theirs.append(sha256(stream.read()).hexdigest())
    assert ours == sorted(theirs)


@pytest.mark.parametrize(
    ("folder", "episodes"),
    [
        ("tau-bench", 160),
        ("atif-harbor", 10),
        ("gemini-cli", 2),
        ("openhands", 2),
        ("intercode", 10_111 + 1_278),
        ("who-and-when", 126),
        ("reflexion", 586),
        ("locomo", 190),
    ],
)
def test_a_folder_holds_as_many_episodes_as_its_makers_say(
    data: Path, store: Path, folder: str, episodes: int
) -> None:
    with imported(store, data / folder) as memory:
        assert memory.figures.stats().episodes == episodes
        again = memory.import_paths([data / folder])
        assert (again.episodes_added, again.episodes_extended, again.steps_added) == (0, 0, 0)


def test_codex_has_eight_rollouts_of_seven_sessions(data: Path, store: Path) -> None:
    """Two of the eight files are one session at two moments."""
    with open_memory(store / "codex.hpm", create=True) as memory:
        report = memory.import_paths([data / "codex-cli"])
        assert sum(file.format == "codex" for file in report.files) == 8
        assert memory.figures.stats().episodes == 7


def test_a_claude_code_session_at_two_moments_is_the_later_one(data: Path, store: Path) -> None:
    folder = data / "claude-code" / "codemie" / "claude" / "incremental-subagents"
    with (
        imported(store, folder / "turn-1.jsonl", folder / "turn-1") as first,
        open_memory(store / "later.hpm", create=True) as later,
    ):
        first.import_paths([folder / "turn-2.jsonl", folder / "turn-2"])
        later.import_paths([folder / "turn-2.jsonl", folder / "turn-2"])
        assert contents(first) == contents(later)
        [child] = [e for e in contents(later) if "/" in str(e[0])]
        assert first.episodes.detail(1).children[0].steps == child[2]
        for key in (1, 2):
            calls = [p.call_id for s in first.steps.read(key) for p in s.parts if p.kind == "call"]
            assert len(calls) == len(set(calls)) > 0


def contents(memory: Memory) -> list[tuple[object, ...]]:
    results = memory.episodes.find(EpisodeQuery())
    rows = memory.episodes.get(results.window(0, len(results)))
    return sorted(
        (e.key, memory.episodes.detail(e.id).digest, e.steps, e.tokens_in, e.tokens_out, e.calls)
        for e in rows
    )
