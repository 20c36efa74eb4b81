"""The wordings of a memory that is a git repository, read without git."""

from __future__ import annotations

import hashlib
import shutil
import struct
import subprocess
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from hpm_engine import FileStatus, ImportReport, Memory, open_memory
from hpm_engine.ingest.memory_notes.git_history import history

_AT = 1_700_000_000  # seconds


class Repository:
    """A repository whose objects are written by hand: loose, or one pack of them all."""

    def __init__(self) -> None:
        self.objects: dict[str, tuple[str, bytes]] = {}
        self.head = ""

    def add(self, kind: str, data: bytes) -> str:
        name = hashlib.sha1(f"{kind} {len(data)}\0".encode() + data).hexdigest()
        self.objects[name] = (kind, data)
        return name

    def commit(self, text: bytes | None, number: int, *more: str) -> None:
        """One file, system/human.md; None for a commit in which it is not there."""
        entries = b""
        if text is not None:
            file = bytes.fromhex(self.add("blob", text))
            folder = self.add("tree", b"100644 human.md\0" + file)
            entries = b"40000 system\0" + bytes.fromhex(folder)
        tree = self.add("tree", entries)
        parents = [f"parent {name}" for name in (self.head, *more) if name]
        who = f"A <a@b> {_AT + number} +0200"
        lines = [f"tree {tree}", *parents, f"author {who}", f"committer {who}", "", "parent of it"]
        self.head = self.add("commit", "\n".join(lines).encode())

    def loose(self) -> dict[str, bytes]:
        files = {"HEAD": b"ref: refs/heads/main\n", "refs/heads/main": self.head.encode() + b"\n"}
        for name, (kind, data) in self.objects.items():
            content = f"{kind} {len(data)}\0".encode() + data
            files[f"objects/{name[:2]}/{name[2:]}"] = zlib.compress(content)
        return files

    def packed(self, delta_by: str = "") -> dict[str, bytes]:
        """All in a pack; with ``delta_by`` the blobs as deltas of the first, by offset or name."""
        pack, offsets = bytearray(b"PACK" + struct.pack(">II", 2, len(self.objects))), {}
        kinds = {"commit": 1, "tree": 2, "blob": 3}
        base = next(name for name, (kind, _) in self.objects.items() if kind == "blob")
        for name, (kind, data) in self.objects.items():
            offsets[name] = len(pack)
            if kind == "blob" and name != base and delta_by:
                delta = _delta(self.objects[base][1], data)
                if delta_by == "offset":
                    pack += _head(6, len(delta)) + _distance(offsets[name] - offsets[base])
                else:
                    pack += _head(7, len(delta)) + bytes.fromhex(base)
                pack += zlib.compress(delta)
            else:
                pack += _head(kinds[kind], len(data)) + zlib.compress(data)
        names = sorted(offsets)
        counts = [sum(int(name[:2], 16) <= first for name in names) for first in range(256)]
        index = b"\xfftOc" + struct.pack(">I256I", 2, *counts)
        index += b"".join(map(bytes.fromhex, names)) + bytes(4 * len(names))
        index += b"".join(struct.pack(">I", offsets[name]) for name in names)
        pack_name = f"objects/pack/pack-{'ab' * 20}"
        return {
            "HEAD": b"ref: refs/heads/main\n",
            "packed-refs": f"# pack-refs\n{self.head} refs/heads/main\n".encode(),
            f"{pack_name}.pack": bytes(pack),
            f"{pack_name}.idx": index,
            "objects/pack/": f"pack-{'ab' * 20}.idx\npack-{'ab' * 20}.pack".encode(),
        }


def _head(sort: int, size: int) -> bytes:
    byte, size = sort << 4 | size & 15, size >> 4
    head = bytearray()
    while size:
        head.append(byte | 0x80)
        byte, size = size & 0x7F, size >> 7
    return bytes(head) + bytes([byte])


def _distance(back: int) -> bytes:
    pieces = [back & 0x7F]
    while back := back >> 7:
        back -= 1
        pieces.append(0x80 | back & 0x7F)
    return bytes(reversed(pieces))


def _varint(value: int) -> bytes:
    pieces = bytearray()
    while value > 0x7F:
        pieces.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(pieces) + bytes([value])


def _delta(base: bytes, data: bytes) -> bytes:
    """A copy of what both begin with, then the rest as it is."""
    same = 0
    while same < min(len(base), len(data)) and base[same] == data[same]:
        same += 1
    delta = _varint(len(base)) + _varint(len(data))
    if same:
        delta += b"\xb0" + struct.pack("<H", same)  # 0x80 copy, size in two bytes, offset 0
    for start in range(same, len(data), 127):
        piece = data[start : start + 127]
        delta += bytes([len(piece)]) + piece
    return delta


TEXTS = (b"Ida likes tea.\n" * 30, b"Ida likes tea.\n" * 29 + b"And maps.\n", b"Nothing.\n")


@pytest.fixture
def repository() -> Repository:
    repository = Repository()
    for number, text in enumerate((TEXTS[0], TEXTS[1], TEXTS[1], None, TEXTS[0], TEXTS[2])):
        repository.commit(text, number, "f" * 40 if number == 4 else "")
    return repository


EXPECTED = [(TEXTS[0], 0), (TEXTS[1], 1), (TEXTS[0], 4), (TEXTS[2], 5)]


@pytest.mark.parametrize("form", ["loose", "", "offset", "name"])
def test_each_wording_is_read_with_when_it_came(repository: Repository, form: str) -> None:
    files = repository.loose() if form == "loose" else repository.packed(form)
    told = history(files.get, "system/human.md")
    assert told.why == ""
    times = [(_AT + number) * 1_000_000 for _, number in EXPECTED]
    assert [tuple(wording) for wording in told.wordings] == [
        (text, at) for (text, _), at in zip(EXPECTED, times, strict=True)
    ]
    assert history(files.get, "system/other.md").wordings == ()
    assert history(files.get, "human.md").wordings == ()


def test_a_repository_without_a_commit_has_no_history() -> None:
    assert history({"HEAD": b"ref: refs/heads/main\n"}.get, "a.md") == ((), "")


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        ({"HEAD": b"ref: refs/../../secret"}, "no branch"),
        ({"HEAD": b"ref: HEAD\n"}, "no branch"),
        ({"refs/heads/main": b"ref: refs/heads/main\n"}, "from branch to branch"),
        ({"refs/heads/main": b"a" * 64}, "SHA-1"),
        ({"refs/heads/main": b"a" * 40}, "is not there"),
    ],
)
def test_what_leads_nowhere_is_said(
    repository: Repository, damage: dict[str, bytes], why: str
) -> None:
    told = history((repository.loose() | damage).get, "system/human.md")
    assert told.wordings == ()
    assert why in told.why


def test_any_damaged_byte_of_a_pack_ends_the_history_and_is_said(repository: Repository) -> None:
    files = repository.packed("offset")
    [pack] = [name for name in files if name.endswith(".pack")]
    whole = [wording.data for wording in history(files.get, "system/human.md").wordings]
    ended = 0
    for at in range(12, len(files[pack])):
        damaged = bytearray(files[pack])
        damaged[at] ^= 0x55
        told = history((files | {pack: bytes(damaged)}).get, "system/human.md")
        kept = [wording.data for wording in told.wordings]
        assert kept == whole[len(whole) - len(kept) :]
        assert told.why or kept == whole
        ended += bool(told.why)
    assert ended > 100
    cut = history((files | {pack: files[pack][:200]}).get, "system/human.md")
    assert cut.why


def test_what_would_be_too_large_is_refused() -> None:
    repository = Repository()
    repository.commit(bytes(5 * 1024 * 1024), 0)
    for files in (repository.loose(), repository.packed()):
        assert "large" in history(files.get, "system/human.md").why


def test_deltas_that_go_by_each_other_end() -> None:
    repository = Repository()
    repository.commit(b"one\n" * 9, 0)
    repository.commit(b"one\n" * 9 + b"two\n", 1)
    files = repository.packed("name")
    [pack] = [name for name in files if name.endswith(".pack")]
    base, other = (name for name, (kind, _) in repository.objects.items() if kind == "blob")
    files[pack] = files[pack].replace(bytes.fromhex(base), bytes.fromhex(other))
    assert "too many" in history(files.get, "system/human.md").why


# -- imported ------------------------------------------------------------------------------------


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with open_memory(tmp_path / "a.hpm", create=True) as memory:
        yield memory


def write(repository: Repository, files: dict[str, bytes], folder: Path) -> Path:
    """The memory of an agent, with what is checked out and its ``.git``."""
    memory = folder / "agent-11111111-1111-4111-8111-111111111111" / "memory"
    for name, data in files.items():
        if not name.endswith("/"):
            file = memory / ".git" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
    (memory / "system").mkdir(parents=True, exist_ok=True)
    (memory / "system" / "human.md").write_bytes(TEXTS[2])
    return memory


def texts(memory: Memory) -> list[str]:
    (note,) = memory.memory_notes.find()
    assert note.store == "letta-memfs"
    return [version.text for version in memory.memory_notes.versions(note.id)]


def imported(memory: Memory, path: Path) -> ImportReport:
    report: ImportReport = memory.import_paths([path])
    assert not report.with_status(FileStatus.FAILED)
    return report


WORDINGS = [text.decode() for text, _ in EXPECTED]


@pytest.mark.parametrize("form", ["loose", "offset"])
@pytest.mark.parametrize("archive", [False, True])
def test_a_memory_is_imported_with_its_history_once(
    memory: Memory, repository: Repository, tmp_path: Path, form: str, archive: bool
) -> None:
    files = repository.loose() if form == "loose" else repository.packed(form)
    folder = write(repository, files, tmp_path / "home")
    hook = folder / ".git" / "hooks" / "post-checkout"
    hook.parent.mkdir()
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    hook.chmod(0o755)
    place = tmp_path / "home"
    if archive:
        place = tmp_path / "agent-11111111-1111-4111-8111-111111111111" / "m.tar.gz"
        place.parent.mkdir()
        with tarfile.open(place, "w:gz") as tar:
            tar.add(folder, "memory")
    assert imported(memory, place).notes_added == 1
    assert texts(memory) == WORDINGS
    (note,) = memory.memory_notes.find()
    assert note.changed_at == (_AT + 5) * 1_000_000
    again = imported(memory, place)
    assert (again.notes_added, again.notes_changed) == (0, 0)
    assert texts(memory) == WORDINGS
    assert not (tmp_path / "ran").exists()


def test_history_that_comes_later_stands_before_what_is_known(
    memory: Memory, repository: Repository, tmp_path: Path
) -> None:
    write(repository, {}, tmp_path / "home")
    imported(memory, tmp_path / "home")
    assert texts(memory) == WORDINGS[-1:]
    folder = write(repository, repository.loose(), tmp_path / "home")
    assert imported(memory, tmp_path / "home").notes_changed == 1
    assert texts(memory)[-1] == WORDINGS[-1]
    assert set(texts(memory)) == set(WORDINGS)
    assert memory.memory_notes.detail(1).text == WORDINGS[-1]
    (folder / "system" / "human.md").write_text("Not committed.\n")
    imported(memory, tmp_path / "home")
    assert texts(memory)[-2:] == [WORDINGS[-1], "Not committed.\n"]
    assert memory.audit.verify().broken_at is None


def test_a_damaged_history_leaves_the_note_and_is_said(
    memory: Memory, repository: Repository, tmp_path: Path
) -> None:
    files = repository.loose()
    folder = write(repository, files, tmp_path / "home")
    first = next(name for name, (kind, data) in repository.objects.items() if data == TEXTS[1])
    (folder / ".git" / "objects" / first[:2] / first[2:]).write_bytes(b"no zlib")
    [file] = [file for file in imported(memory, tmp_path / "home").files if file.notes_added]
    assert file.account is not None
    [(what, count)] = file.account.unknown
    assert what.startswith("earlier wordings in git: an object cannot be unpacked")
    assert count == 1
    assert texts(memory) == WORDINGS[2:]


def test_links_in_a_repository_are_not_followed(
    memory: Memory, repository: Repository, tmp_path: Path
) -> None:
    files = repository.loose()
    folder = write(repository, files, tmp_path / "home")
    head = folder / ".git" / "HEAD"
    head.rename(tmp_path / "HEAD")
    head.symlink_to(tmp_path / "HEAD")
    imported(memory, tmp_path / "home")
    assert texts(memory) == WORDINGS[-1:]


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_what_git_itself_wrote_and_packed_is_read(memory: Memory, tmp_path: Path) -> None:
    folder = tmp_path / "home" / "agent-11111111-1111-4111-8111-111111111111" / "memory"
    file = folder / "reference" / "tides" / "columns.md"
    file.parent.mkdir(parents=True)

    def git(*arguments: str) -> None:
        who = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)

    git("init", "-q", "-b", "main")
    same = "Columns:\n" + "- depth in metres\n" * 40
    wordings = [f"{same}- number {number}\n" for number in range(12)]
    for number, text in enumerate(wordings):
        file.write_text(text)
        git("add", "-A")
        git("commit", "-q", "-m", str(number))
        if number == 8:
            git("gc", "-q", "--aggressive")
    imported(memory, tmp_path / "home")
    assert texts(memory) == wordings
