from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import random
import tarfile
import zipfile
from pathlib import Path

import msgspec
import pytest

from hpm_engine.ingest.sources import archives
from hpm_engine.ingest.sources.limits import DEFAULT_LIMITS, Limits
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.unpacking import UnpackingBudget
from hpm_engine.ingest.sources.walk import Unreadable, walk
from tests.support.files.trace_sources import tar_of, zip_of


def met(path: Path, limits: Limits = DEFAULT_LIMITS) -> tuple[dict[str, bytes], dict[str, str]]:
    """What a walk reads and what it refuses, by the names below ``path``."""
    read, refused = {}, {}
    for source in walk([path], limits):
        name = source.name.removeprefix(str(path)).lstrip("/!").replace(os.sep, "/")
        if isinstance(source, Unreadable):
            refused[name] = source.reason
        else:
            read[name] = source.read()
    return read, refused


def write(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_a_folder_is_walked_in_order_without_version_control(tmp_path: Path) -> None:
    for name in ("b.json", "a/z.json", "a/.git/HEAD", ".hidden.json", "a/.DS_Store"):
        write(tmp_path, name, name.encode())
    read, refused = met(tmp_path)
    assert list(read) == [".hidden.json", "a/z.json", "b.json"]
    assert not refused


def test_a_missing_path_is_said_and_does_not_stop_the_rest(tmp_path: Path) -> None:
    here = write(tmp_path, "here.json", b"{}")
    gone, existing = walk([tmp_path / "gone", here])
    assert isinstance(gone, Unreadable)
    assert gone.reason == "There is no such file or folder."
    assert isinstance(existing, SourceFile)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_a_forbidden_file_is_said(tmp_path: Path) -> None:
    write(tmp_path, "secret.json", b"{}").chmod(0)
    assert "may not read" in met(tmp_path)[1]["secret.json"]


def test_links_out_of_the_folder_are_refused_and_loops_end(tmp_path: Path) -> None:
    outside = write(tmp_path, "outside.json", b"{}")
    folder = write(tmp_path, "given/real.json", b"[]").parent
    (folder / "out.json").symlink_to(outside)
    (folder / "again").symlink_to(folder)
    (folder / "twin.json").symlink_to(folder / "real.json")
    read, refused = met(folder)
    assert set(read) == {"real.json", "twin.json"}
    assert "link out of its folder" in refused["out.json"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_refused_without_being_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    assert "not a file" in met(tmp_path)[1]["pipe.json"]


@pytest.mark.parametrize("packing", ["", "gz", "xz", "bz2"])
def test_tar_members_are_read_in_place_whatever_the_name_says(tmp_path: Path, packing: str) -> None:
    path = write(tmp_path, "wrong.txt", tar_of({"x/a.json": b"1", "b.json": b"2"}, packing))
    assert met(path) == ({"x/a.json": b"1", "b.json": b"2"}, {})
    assert next(source.name for source in walk([path])) == f"{path}!/x/a.json"


def test_zip_members_are_read_and_folders_passed_over(tmp_path: Path) -> None:
    path = write(tmp_path, "t.jsonl", zip_of({"d/": b"", "d/a.json": b"1", "b.json": b"2"}))
    assert met(path) == ({"d/a.json": b"1", "b.json": b"2"}, {})


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, bz2.compress])
def test_one_packed_file_is_one_source(tmp_path: Path, pack: object) -> None:
    path = write(tmp_path, "log.jsonl.xz", pack(b"line\n"))  # type: ignore[operator]
    assert met(path) == ({"log.jsonl": b"line\n"}, {})


def test_large_members_can_be_opened_again_and_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "IN_MEMORY", 10)
    members = {"small": b"1", "large": b"x" * 50, "last": b"y" * 20}
    for name, packed in (("t.tar.xz", tar_of(members, "xz")), ("t.zip", zip_of(members))):
        sources = list(walk([write(tmp_path, name, packed)]))
        for source in reversed(sources):
            assert isinstance(source, SourceFile)
            data = members[source.name.rpartition("!/")[2]]
            assert source.size == len(data)
            assert source.read() == source.read() == data


def test_nested_archives_are_read_as_deep_as_the_limit(tmp_path: Path) -> None:
    inner = zip_of({"a.json": b"1"})
    for _ in range(2):
        inner = tar_of({"in.tar": inner}, "gz")
    assert met(write(tmp_path, "t", inner), msgspec.structs.replace(DEFAULT_LIMITS))[1]
    nested = tar_of({"in.zip": zip_of({"a.json": b"1"})}, "xz")
    assert met(write(tmp_path, "u", nested))[0] == {"in.zip!/a.json": b"1"}


@pytest.mark.parametrize(
    "name", ["../up.json", "/etc/x.json", "C:/x.json", "a\\b.json", "a/../../b.json"]
)
def test_names_that_leave_the_archive_are_refused(tmp_path: Path, name: str) -> None:
    for packed in (tar_of({name: b"1", "ok.json": b"2"}), zip_of({name: b"1", "ok.json": b"2"})):
        read, refused = met(write(tmp_path, "t", packed))
        assert list(read.values()) == [b"2"]
        assert len(refused) == 1
        assert "its name" in next(iter(refused.values()))


def test_links_and_devices_in_archives_are_refused(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, kind in (("link", tarfile.SYMTYPE), ("pipe", tarfile.FIFOTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            tar.addfile(info)
    read, refused = met(write(tmp_path, "t.tar", packed.getvalue()))
    assert not read
    assert set(refused) == {"link", "pipe"}
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert "link" in met(write(tmp_path, "t.zip", zipped.getvalue()))[1]["link"]


def test_a_bomb_is_stopped_by_what_it_unpacks_not_by_its_headers(tmp_path: Path) -> None:
    bomb = write(tmp_path, "bomb.xz", lzma.compress(b"\0" * 300_000_000, preset=0))
    limits = msgspec.structs.replace(DEFAULT_LIMITS, archive_ratio=500)
    read, refused = met(bomb, limits)
    assert not read
    assert "times its size" in next(iter(refused.values()))


@pytest.mark.parametrize("kind", ["gz", "bz2", "xz", "zip", "tar.gz"])
def test_the_limits_of_the_program_stop_a_bomb_of_any_packing_early(
    tmp_path: Path, kind: str
) -> None:
    plain = b"[" + b" " * 300_000_000
    packed = {
        "gz": lambda: gzip.compress(plain, 9),
        "bz2": lambda: bz2.compress(plain),
        "xz": lambda: lzma.compress(plain, preset=0),
        "zip": lambda: zip_of({"a.json": plain}),
        "tar.gz": lambda: gzip.compress(tar_of({"a.json": plain}), 9),
    }[kind]()
    taken = 0
    compare = UnpackingBudget.compare

    def counted(budget: UnpackingBudget, unpacked: int, packed: int) -> None:
        nonlocal taken
        taken = max(taken, unpacked)
        compare(budget, unpacked, packed)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(UnpackingBudget, "compare", counted)
        read, refused = met(write(tmp_path, f"bomb.{kind}", packed))
    assert not read
    assert any("times its size" in reason for reason in refused.values())
    assert taken < 70_000_000, "what was read before it was refused"
    if kind.endswith("gz"):  # the others pack so small that their size refuses them sooner
        assert taken > 0


def test_a_bomb_among_much_else_in_a_zip_is_refused_alone(tmp_path: Path) -> None:
    path = tmp_path / "mixed.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("noise.bin", random.Random(5).randbytes(4_000_000))
        archive.writestr("bomb.json", b"[" + b" " * 200_000_000, zipfile.ZIP_DEFLATED)
        archive.writestr("good.jsonl", b'{"a": 1}\n')
    read, refused = met(path)
    assert [name for name in refused if "times its size" in refused[name]] == [
        name for name in refused if name.endswith("bomb.json")
    ]
    assert any("bomb.json" in name for name in refused)
    assert any(name.endswith("good.jsonl") for name in read)


def test_what_repeats_as_much_as_traces_do_is_no_bomb(tmp_path: Path) -> None:
    noise = random.Random(3)
    plain = b"".join(noise.randbytes(60).hex().encode() + b" " * 30_000 for _ in range(3000))
    packed = gzip.compress(plain, 9)
    assert len(plain) > 80_000_000 and 100 < len(plain) / len(packed) < 450
    read, refused = met(write(tmp_path, "log.jsonl.gz", packed))
    assert not refused
    assert [len(data) for data in read.values()] == [len(plain)]


def test_too_many_members_and_too_many_bytes_are_said_once(tmp_path: Path) -> None:
    members = {f"{number}.json": b"12345" for number in range(20)}
    for packed in (tar_of(members, "gz"), zip_of(members)):
        path = write(tmp_path, "t", packed)
        few = msgspec.structs.replace(DEFAULT_LIMITS, archive_members=5)
        read, refused = met(path, few)
        assert len(read) == 5
        assert ["5 members" in reason for reason in refused.values()] == [True]
        small = msgspec.structs.replace(DEFAULT_LIMITS, archive_total=12)
        assert "12 bytes" in next(
            iter(met(write(tmp_path, "z", zip_of(members)), small)[1].values())
        )


def test_a_file_above_the_limit_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "big.json", b"12345678")
    limits = msgspec.structs.replace(DEFAULT_LIMITS, file_size=5)
    assert "8 bytes" in met(tmp_path, limits)[1]["big.json"]


@pytest.mark.parametrize("packing", ["", "gz", "xz", "bz2"])
def test_a_cut_archive_yields_what_is_there_and_one_reason(tmp_path: Path, packing: str) -> None:
    members = {f"{number}.json": os.urandom(300_000) for number in range(9)}
    whole = tar_of(members, packing)
    read, refused = met(write(tmp_path, "cut", whole[: len(whole) * 3 // 5]))
    assert 0 < len(read) < 9
    assert all(members[name] == data for name, data in read.items())
    assert [("damaged or cut" in reason) for reason in refused.values()] == [True]


def test_a_damaged_zip_member_does_not_stop_the_others(tmp_path: Path) -> None:
    data = os.urandom(500)
    whole = bytearray(zip_of({"a": data, "b": b"fine"}))
    whole[100:120] = bytes(20)
    read, refused = met(write(tmp_path, "t.zip", bytes(whole)))
    assert sorted(read) == ["a", "b"] and read["b"] == b"fine"
    assert len(read["a"]) == 500 and read["a"] != data  # its import says that it is damaged
    assert refused == {}


def test_the_long_archives_walk_at_unpacking_speed(data: Path) -> None:
    sources = list(walk([data / "mini-swe-agent-gemini3pro" / "trajs.tar.xz"]))
    assert len(sources) == 372
    assert sum(source.size for source in sources if isinstance(source, SourceFile)) == 74_257_352
