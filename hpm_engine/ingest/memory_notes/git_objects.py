"""Objects of a git repository, read from its files alone: no program is run, no hook, no network.

What is read is what an agent's memory has: loose objects and packs of version 2, with SHA-1 names.
Links out of the repository (alternates, worktrees) are not followed. Every object is held against
its name, and none may be larger than a limit.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Callable
from struct import unpack_from
from typing import NamedTuple

from hpm_engine.errors import HPMError

Read = Callable[[str], bytes | None]  # a path within .git to the bytes there, None for no file
_LARGEST = 4 * 1024 * 1024  # bytes of an object
_DEEPEST = 200  # deltas on top of each other; git makes 50
_BITS = 64  # of a length or an offset
_NAME = re.compile(rb"[0-9a-f]{40}")
_PACK = re.compile(r"pack-[0-9a-f]{40}\.idx")
_LISTED = re.compile(r"^P (pack-[0-9a-f]{40})\.pack$", re.MULTILINE)
_INDEX_HEAD = b"\xfftOc\0\0\0\2"
_FANOUT = 256 * 4  # bytes
_KINDS = {1: "commit", 2: "tree", 3: "blob", 4: "tag"}
_OFFSET_DELTA, _NAME_DELTA = 6, 7
LISTING = "objects/pack/"  # what ``Read`` is asked for the names in that folder, one a line


class DamagedHistory(HPMError):
    """A repository whose objects are absent, damaged, or of a form that is not read."""


class GitObject(NamedTuple):
    """An object: "commit", "tree", "blob" or "tag", and its bytes."""

    kind: str
    data: bytes


class GitObjects:
    """The objects of one repository, by name (40 hexadecimal digits). May raise ``DamagedHistory``.

    ``read`` gives the files of its ``.git`` folder.
    """

    def __init__(self, read: Read) -> None:
        self._read = read
        self._packs: list[_ObjectPack] | None = None

    def head(self) -> str:
        """The name of the commit that is checked out; "" where there is none yet."""
        text = self._read("HEAD") or b""
        for _ in range(5):
            target = text.strip()
            if not target.startswith(b"ref: "):
                break
            name = target[5:].decode("utf-8", "replace")
            if ".." in name or not name.startswith("refs/"):
                raise DamagedHistory("HEAD names no branch.")
            text = self._read(name) or self._packed(name)
        else:
            raise DamagedHistory("HEAD leads from branch to branch.")
        name = text.strip().decode("ascii", "replace")
        if name and not _NAME.fullmatch(name.encode()):
            raise DamagedHistory("HEAD names no commit by its SHA-1.")
        return name

    def get(self, name: str, kind: str) -> bytes:
        """The bytes of an object of a kind."""
        found = self._loose(name) or self._in_packs(name, 0)
        if found is None:
            raise DamagedHistory(f"object {name} is not there.")
        own = hashlib.sha1(
            f"{found.kind} {len(found.data)}\0".encode() + found.data, usedforsecurity=False
        )
        if own.hexdigest() != name or found.kind != kind:
            raise DamagedHistory(f"object {name} is damaged.")
        return found.data

    def _packed(self, ref: str) -> bytes:
        for line in (self._read("packed-refs") or b"").splitlines():
            name, _, path = line.partition(b" ")
            if path == ref.encode():
                return name
        return b""

    def _loose(self, name: str) -> GitObject | None:
        packed = self._read(f"objects/{name[:2]}/{name[2:]}")
        if packed is None:
            return None
        head, _, data = _inflated(packed, 0, _LARGEST + 64).partition(b"\0")
        kind, _, size = head.decode("ascii", "replace").partition(" ")
        if size != str(len(data)):
            raise DamagedHistory(f"object {name} is damaged.")
        return GitObject(kind, data)

    def _in_packs(self, name: str, depth: int) -> GitObject | None:
        if self._packs is None:
            self._packs = [_ObjectPack(self._read, pack) for pack in self._names()]
        for pack in self._packs:
            if (offset := pack.offset(bytes.fromhex(name))) is not None:
                return self._at(pack, offset, depth)
        return None

    def _names(self) -> list[str]:
        listing = (self._read(LISTING) or b"").decode("utf-8", "replace").split("\n")
        names = {name.removesuffix(".idx") for name in listing if _PACK.fullmatch(name)}
        told = (self._read("objects/info/packs") or b"").decode("utf-8", "replace")
        return sorted(names | set(_LISTED.findall(told)))

    def _at(self, pack: _ObjectPack, offset: int, depth: int) -> GitObject:
        """The object at an offset of a pack; of a delta, applied to what it goes by."""
        deltas: list[bytes] = []
        sizes = 0
        while True:
            sort, size, at = pack.header(offset)
            sizes += size
            if sizes > 4 * _LARGEST or size > _LARGEST or len(deltas) + depth > _DEEPEST:
                raise DamagedHistory("an object is too large, or a delta goes by too many others.")
            if sort == _OFFSET_DELTA:
                back, at = pack.distance(at)
                deltas.append(pack.inflated(at, size))
                if not 0 < back <= offset:
                    raise DamagedHistory("a delta goes by nothing.")
                offset -= back
            elif sort == _NAME_DELTA:
                name = pack.data[at : at + 20].hex()
                deltas.append(pack.inflated(at + 20, size))
                base = self._loose(name) or self._in_packs(name, depth + len(deltas))
                break
            else:
                base = GitObject(_KINDS.get(sort, ""), pack.inflated(at, size))
                break
        if base is None:
            raise DamagedHistory("a delta goes by an object that is not there.")
        data = base.data
        for delta in reversed(deltas):
            data = _applied(delta, data)
        return GitObject(base.kind, data)


class _ObjectPack:
    """A pack with its index, each read when it is first needed."""

    def __init__(self, read: Read, name: str) -> None:
        self._read, self._name = read, name
        self._index: bytes | None = None
        self._data: bytes | None = None

    @property
    def data(self) -> bytes:
        if self._data is None:
            self._data = self._read(f"objects/pack/{self._name}.pack") or b""
            if self._data[:4] != b"PACK":
                raise DamagedHistory(f"{self._name}.pack cannot be read, or is too large.")
        return self._data

    def offset(self, name: bytes) -> int | None:
        """Where in the pack an object begins; None where it is in another."""
        index = self._index
        if index is None:
            index = self._index = self._read(f"objects/pack/{self._name}.idx") or b""
            if not index.startswith(_INDEX_HEAD) or len(index) < 8 + _FANOUT:
                raise DamagedHistory(f"{self._name}.idx is no index of version 2.")
        counts = unpack_from(">256I", index, 8)
        total, names = counts[255], 8 + _FANOUT
        if len(index) < names + 28 * total:
            raise DamagedHistory(f"{self._name}.idx is cut.")
        low, high = (counts[name[0] - 1] if name[0] else 0), counts[name[0]]
        if high > total:
            raise DamagedHistory(f"{self._name}.idx is damaged.")
        while low < high:
            middle = (low + high) // 2
            other = index[names + 20 * middle : names + 20 * middle + 20]
            if other == name:
                offset: int = unpack_from(">I", index, names + 24 * total + 4 * middle)[0]
                return offset  # beyond 2 GB it means another table; such a pack is not read
            low, high = (middle + 1, high) if other < name else (low, middle)
        return None

    def header(self, offset: int) -> tuple[int, int, int]:
        """The sort and the size of what stands at an offset, and where its bytes begin."""
        byte = self._byte(offset)
        sort, size, shift = byte >> 4 & 7, byte & 15, 4
        while byte & 0x80:
            offset += 1
            byte = self._byte(offset)
            size |= (byte & 0x7F) << shift
            shift += 7
            if shift > _BITS:
                raise DamagedHistory(f"{self._name}.pack is damaged.")
        return sort, size, offset + 1

    def distance(self, at: int) -> tuple[int, int]:
        """How far back lies what a delta goes by, and where the delta's bytes begin."""
        byte = self._byte(at)
        back = byte & 0x7F
        while byte & 0x80:
            at += 1
            byte = self._byte(at)
            back = (back + 1 << 7) | (byte & 0x7F)
            if back >= 1 << _BITS:
                raise DamagedHistory(f"{self._name}.pack is damaged.")
        return back, at + 1

    def inflated(self, at: int, size: int) -> bytes:
        """Packed bytes of a known size."""
        data = _inflated(self.data, at, size)
        if len(data) != size:
            raise DamagedHistory(f"{self._name}.pack is damaged.")
        return data

    def _byte(self, offset: int) -> int:
        if offset >= len(self.data):
            raise DamagedHistory(f"{self._name}.pack is cut.")
        return self.data[offset]


def _inflated(data: bytes, at: int, most: int) -> bytes:
    """Packed bytes as they were; raises where they are more than ``most``."""
    unpacking = zlib.decompressobj()
    try:
        inflated = unpacking.decompress(memoryview(data)[at:], most + 1)
    except zlib.error as error:
        raise DamagedHistory(f"an object cannot be unpacked ({error}).") from error
    if len(inflated) > most:
        raise DamagedHistory("an object is larger than it says, or than 4 MiB.")
    return inflated


def _applied(delta: bytes, base: bytes) -> bytes:
    """What a delta makes of the bytes that it goes by."""
    try:
        before, at = _length(delta, 0)
        after, at = _length(delta, at)
        if before != len(base) or after > _LARGEST:
            raise DamagedHistory("a delta goes by other bytes, or makes too many.")
        pieces: list[bytes] = []
        made = 0
        while at < len(delta):
            code = delta[at]
            at += 1
            if code & 0x80:
                offset = size = 0
                for bit in range(7):
                    if code & (1 << bit):
                        value = delta[at]
                        at += 1
                        if bit < 4:
                            offset |= value << 8 * bit
                        else:
                            size |= value << 8 * (bit - 4)
                piece = base[offset : offset + (size or 0x10000)]
            else:
                piece = delta[at : at + code]
                at += code
            if not piece:
                raise DamagedHistory("a delta is damaged.")
            pieces.append(piece)
            made += len(piece)
            if made > after:
                break
    except IndexError as error:
        raise DamagedHistory("a delta is cut.") from error
    if made != after:
        raise DamagedHistory("a delta is damaged.")
    return b"".join(pieces)


def _length(delta: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = delta[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if not byte & 0x80:
            return value, at
        if shift > _BITS:
            raise DamagedHistory("a delta is damaged.")
