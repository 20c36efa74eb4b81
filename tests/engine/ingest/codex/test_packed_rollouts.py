"""Codex packs rollouts that are a week old with zstd: they are read like the others."""

from __future__ import annotations

import bz2
import gzip
import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import zstandard

from hpm_engine import EpisodeQuery, FileStatus, Memory, open_memory
from hpm_engine.ingest.discovery.discovery import discover
from tests.support.cases import CASES

CASE = CASES / "01-codex-zst" / "sessions"
[PACKED] = CASE.rglob("*.zst")
PLAIN = zstandard.ZstdDecompressor().decompressobj().decompress(PACKED.read_bytes())


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with open_memory(tmp_path / "a.hpm", create=True) as memory:
        yield memory


def test_a_packed_rollout_is_an_episode_with_its_bytes(memory: Memory) -> None:
    memory.import_paths([CASE])
    [episode] = memory.episodes.get(memory.episodes.find(EpisodeQuery()).window(0, 2))
    assert episode.task.startswith("Prune the pear branch")
    assert (episode.tokens_in, episode.tokens_out) == (2200, 80)
    assert b"".join(memory.originals.whole(episode.id)) == PLAIN


@pytest.mark.parametrize("packed_first", [True, False])
def test_plain_and_packed_are_one_episode(
    memory: Memory, tmp_path: Path, packed_first: bool
) -> None:
    plain = tmp_path / "rollout.jsonl"
    plain.write_bytes(PLAIN)
    paths = [PACKED, plain] if packed_first else [plain, PACKED]
    for path in paths:
        memory.import_paths([path])
    assert len(memory.episodes.find(EpisodeQuery())) == 1


def test_several_frames_and_a_packed_tape_are_read(memory: Memory, tmp_path: Path) -> None:
    half = len(PLAIN) // 2
    frames = zstandard.compress(PLAIN[:half]) + zstandard.compress(PLAIN[half:])
    (tmp_path / "frames.jsonl.zst").write_bytes(frames)
    tape = io.BytesIO()
    with tarfile.open(fileobj=tape, mode="w") as tar:
        entry = tarfile.TarInfo("rollout.jsonl")
        entry.size = len(PLAIN)
        tar.addfile(entry, io.BytesIO(PLAIN))
    (tmp_path / "tape.tar.zst").write_bytes(zstandard.compress(tape.getvalue()))
    for name, status in (("frames.jsonl.zst", FileStatus.ADDED), ("tape.tar.zst", "unchanged")):
        [report] = memory.import_paths([tmp_path / name]).files
        assert report.status == status


def test_a_cut_or_overgrown_one_fails_with_words(memory: Memory, tmp_path: Path) -> None:
    (tmp_path / "cut.jsonl.zst").write_bytes(PACKED.read_bytes()[:-40])
    (tmp_path / "bomb.jsonl.zst").write_bytes(zstandard.compress(bytes(400 << 20)))
    reports = memory.import_paths([tmp_path / "cut.jsonl.zst", tmp_path / "bomb.jsonl.zst"]).files
    assert all(report.status in (FileStatus.FAILED, FileStatus.ASIDE) for report in reports)
    assert all(report.reason for report in reports)
    assert len(memory.episodes.find(EpisodeQuery())) == 0


LINES = PLAIN.splitlines(keepends=True)
NOTES = (0x184D2A5F).to_bytes(4, "little") + (5).to_bytes(4, "little") + b"notes"
FRAMES = [zstandard.compress(line) for line in LINES]


@pytest.mark.parametrize(
    ("packed", "steps", "damaged"),
    [
        (NOTES + b"".join(FRAMES) + NOTES, 3, 0),
        (NOTES + b"".join(FRAMES) + NOTES[:-2], 3, 1),
        (b"".join(FRAMES) + bytes(512), 3, 1),
        (b"".join(FRAMES) + b"and other text", 3, 1),
        (b"".join(FRAMES[:5]) + FRAMES[5][:20], 2, 1),
        (gzip.compress(PLAIN)[:-3], 3, 1),
        (bz2.compress(PLAIN)[:-3], 3, 1),
    ],
    ids=("notes", "cut notes", "padded", "junk", "cut", "cut gz", "cut bz2"),
)
def test_what_stands_before_the_damage_is_read_and_the_rest_is_said(
    memory: Memory, tmp_path: Path, packed: bytes, steps: int, damaged: int
) -> None:
    (tmp_path / "rollout.jsonl.packed").write_bytes(packed)
    [report] = memory.import_paths([tmp_path / "rollout.jsonl.packed"]).files
    assert (report.status, report.steps_added) == (FileStatus.ADDED, steps)
    assert report.account is not None
    assert report.account.damaged == damaged
    assert all("Get a complete copy" in damage.reason for damage in report.account.places)


def test_the_whole_copy_goes_on_from_the_cut_one(memory: Memory, tmp_path: Path) -> None:
    for name, packed in (("cut.zst", FRAMES[:8]), ("whole.zst", FRAMES)):
        (tmp_path / name).write_bytes(b"".join(packed) + (name == "cut.zst") * b"junk")
        memory.import_paths([tmp_path / name])
    [episode] = memory.episodes.get(memory.episodes.find(EpisodeQuery()).window(0, 2))
    assert (episode.steps, b"".join(memory.originals.whole(episode.id))) == (3, PLAIN)


def test_packed_rollouts_are_discovered(tmp_path: Path) -> None:
    folder = tmp_path / ".codex" / "sessions" / "2026"
    folder.mkdir(parents=True)
    (folder / PACKED.name).write_bytes(PACKED.read_bytes())
    [location] = discover(tmp_path, {}, "linux")
    assert (location.agent, location.sessions, location.read) == ("Codex", 1, True)
