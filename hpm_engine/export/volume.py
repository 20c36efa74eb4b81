"""One file for several episodes: an archive with a file for each, or one document with all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO, Protocol, cast
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from hpm_engine.export.document import line
from hpm_engine.export.html_document import page_end, page_start, stub
from hpm_engine.export.markdown_document import escaped
from hpm_engine.values.episodes import Episode
from hpm_engine.values.exports import ExportFormat

_BETWEEN = "\n---\n\n"


class Volume(Protocol):
    """Takes episodes one after the other."""

    alone: bool  # whether each episode is a file of its own

    def add(self, name: str, data: bytes) -> None:
        """Write an episode; ``name`` is its file's."""

    def leave_out(self, episode: Episode, reason: str) -> None:
        """Say in the file, if it is one for all, that an episode is not in it."""


class _ZipVolume:
    alone = True

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive

    def add(self, name: str, data: bytes) -> None:
        entry = ZipInfo(name)  # without the time: the same episodes give the same bytes
        entry.external_attr = 0o600 << 16
        entry.compress_type = ZIP_DEFLATED
        self._archive.writestr(entry, data)

    def leave_out(self, episode: Episode, reason: str) -> None:
        pass


class _PageVolume:
    alone = False

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def add(self, name: str, data: bytes) -> None:
        self._stream.write(data)

    def leave_out(self, episode: Episode, reason: str) -> None:
        self._stream.write(stub(episode, reason).encode())


class _TextVolume:
    alone = False

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._any = False

    def add(self, name: str, data: bytes) -> None:
        self._stream.write(_BETWEEN.encode() * self._any + data)
        self._any = True

    def leave_out(self, episode: Episode, reason: str) -> None:
        text = f"# {escaped(line(episode.name))}\n\nLeft out: {escaped(line(reason))}\n"
        self.add("", text.encode())


@contextmanager
def volume(
    stream: object, episodes: Sequence[Episode], format_: ExportFormat, *, archive: bool
) -> Iterator[Volume]:
    """The volume that is written to a stream; it is whole when the block has ended."""
    binary = cast("BinaryIO", stream)
    if archive or not format_.readable:
        with ZipFile(binary, "w", ZIP_DEFLATED) as zip_file:
            yield _ZipVolume(zip_file)
    elif format_ is ExportFormat.HTML:
        binary.write(page_start(episodes).encode())
        yield _PageVolume(binary)
        binary.write(page_end().encode())
    else:
        yield _TextVolume(binary)
