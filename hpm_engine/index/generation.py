"""One generation of an index on disk: a folder of files that a manifest holds together.

The files are a cache. None is read that the manifest does not name by its SHA-256, and no
manifest that the store does not: reading an index is native code that trusts its input.
"""

from __future__ import annotations

import os
import re
import shutil
import time
import uuid
from hashlib import file_digest, sha256
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from hpm_engine.index.cache import open_plain
from hpm_engine.index.ivf_pq import IvfPq
from hpm_engine.index.library import load_faiss
from hpm_engine.index.listing import Listing
from hpm_engine.system.private_files import private_folder

_ROWS = "rows.i64"
_POSITIONS = "positions.u32"
_DATA = "vectors.f16"
_INDEX = "vectors.faiss"
_MANIFEST = "manifest.json"
_UNFINISHED = ".partial"
_ABANDONED = 24 * 3600  # seconds
_NAME = re.compile(r"[0-9a-f]{32}")


class Manifest(msgspec.Struct, frozen=True):
    """What a generation is: its encoder, its files' SHA-256, and how it was trained.

    ``residual`` is the mean squared distance between vectors and codes when it was trained,
    ``trained_on`` how many vectors there were then.
    """

    encoder_sha256: str
    dimension: int
    files: dict[str, str]
    trained_on: int
    residual: float


class Generation:
    """A generation that was read and found to be what the store says."""

    def __init__(
        self, name: str, manifest: Manifest, listing: Listing, data: NDArray[np.float16], ivf: IvfPq
    ) -> None:
        self.name = name
        self.manifest = manifest
        self.listing = listing
        self.data = data  # (n, d), mapped from the file
        self.ivf = ivf


def new_folder(cache: Path) -> Path:
    """An empty folder for a generation that is being made."""
    folder = cache / f"{uuid.uuid4().hex}.partial"
    private_folder(folder)
    return folder


def data_file(folder: Path) -> Path:
    """Where a generation's vectors lie: 16-bit floats, one vector after the other."""
    return folder / _DATA


def finish(
    folder: Path, encoder_sha256: str, listing: Listing, ivf: IvfPq, trained: tuple[int, float]
) -> tuple[str, str]:
    """Write the rest of a generation and give it its name: that and its manifest's SHA-256.

    Everything is on disk before the name is.
    """
    (folder / _ROWS).write_bytes(listing.rows.astype("<i8").tobytes())
    (folder / _POSITIONS).write_bytes(listing.positions.astype("<u4").tobytes())
    load_faiss().write_index(ivf.index, str(folder / _INDEX))
    files = {name: _sha256(folder / name) for name in (_ROWS, _POSITIONS, _DATA, _INDEX)}
    manifest = Manifest(encoder_sha256, ivf.index.d, files, *trained)
    text = msgspec.json.encode(manifest)
    (folder / _MANIFEST).write_bytes(text)
    for name in (*files, _MANIFEST):
        _sync(folder / name)
    _sync(folder)
    final = folder.with_suffix("")
    folder.rename(final)
    _sync(final.parent)
    return final.name, sha256(text).hexdigest()


def read(cache: Path, name: str, digest: str) -> Generation | None:
    """The generation of that name; ``None`` where any of its bytes is not what it was."""
    if not _NAME.fullmatch(name):
        return None
    folder = cache / name
    try:
        text = _content(folder / _MANIFEST)
        if sha256(text).hexdigest() != digest:
            return None
        manifest = msgspec.json.decode(text, type=Manifest)
        content = {file: _content(folder / file) for file in (_ROWS, _POSITIONS, _INDEX)}
        digests = {file: sha256(data).hexdigest() for file, data in content.items()}
        if digests | {_DATA: _sha256(folder / _DATA)} != manifest.files:
            return None
        listing = Listing(
            np.frombuffer(content[_ROWS], "<i8").reshape(-1, 3),
            np.frombuffer(content[_POSITIONS], "<u4"),
        )
        shape = len(listing), manifest.dimension
        data = np.memmap(folder / _DATA, np.dtype("<f2"), "r", shape=shape)
    except OSError:
        return None
    index = load_faiss().deserialize_index(np.frombuffer(content[_INDEX], np.uint8))
    return Generation(name, manifest, listing, data, IvfPq(index))


def remove_others(cache: Path, keep: set[str]) -> None:
    """Remove the generations but those to keep, and what a killed program left unfinished."""
    for folder in cache.iterdir():
        unfinished = folder.suffix == _UNFINISHED
        if unfinished and time.time() - folder.stat().st_mtime < _ABANDONED:
            continue
        if folder.name not in keep:
            # One that another program has open stays where its system says so.
            shutil.rmtree(folder, ignore_errors=True)


def _content(path: Path) -> bytes:
    with open_plain(path) as stream:
        return stream.read()


def _sha256(path: Path) -> str:
    with open_plain(path) as stream:
        return file_digest(stream, "sha256").hexdigest()


def _sync(path: Path) -> None:
    if path.is_dir() and os.name == "nt":
        return  # Windows has no handle for a folder
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
