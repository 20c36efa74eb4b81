"""OpenCode's folders before its database: a session's small files as one source, in lines.

``storage/session/PROJECT/ID.json`` names the session; its messages are in ``message/ID/``, their
parts in ``part/MESSAGE/``. In 2025 each project had such a folder of its own, with
``session/info/ID.json``, ``session/message/ID/`` and ``session/part/ID/MESSAGE/``, the last only
since messages no longer hold their parts. A session is told by its own file, whichever of the
others a person named, in the lines that its rows would make in the database.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

import msgspec

from hpm_engine.errors import CannotImport
from hpm_engine.ingest.databases.row_lines import first_line
from hpm_engine.ingest.databases.session_lines import Loss, gather
from hpm_engine.ingest.json.plain_values import mapping
from hpm_engine.ingest.json.text import ANYTHING, mark_as_blanks
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.opencode.files import ArchiveFiles, DiskFiles, Files
from hpm_engine.ingest.opencode.loose_parts import LooseParts
from hpm_engine.ingest.opencode.tables import agent_of
from hpm_engine.ingest.sources.pieces import PieceStream
from hpm_engine.ingest.sources.source import SourceFile, Sources, Unreadable
from hpm_engine.ingest.steps.times import micros
from hpm_engine.words.plurals import counted

_BLANKS = bytes.maketrans(b"\r\n", b"  ")
_ENCODER = msgspec.json.Encoder()
_STORAGE = "storage"
_KINDS = frozenset(("session", "message", "part", "project"))
_MARKS = frozenset(("projectID", "directory", "time", "title", "version"))  # of a session

_FIRST = ("session", "info")  # where the first versions keep sessions
_FIRST_PIECES = frozenset((("session", "message"), ("session", "part")))
_ENOUGH = 2  # of these, or of them and an id


class _Info(msgspec.Struct):
    """What names a file, and what it belongs to."""

    id: object = None
    project_id: object = msgspec.field(default=None, name="projectID")
    time: object = None
    metadata: object = None  # of the first messages, among it their time


_INFO = TypedDecoder(_Info)


class _Place(NamedTuple):
    """A file's place in a storage folder."""

    root: str  # the storage folder
    path: tuple[str, ...]  # in it: ("message", "ses_1", "msg_1.json")


def sessions_joined(sources: Sources) -> Sources:
    """The sources, with the files of each session of such a folder joined into one."""
    storage: _Storage | None = None
    for source in sources:
        name = source.name.replace("\\", "/")
        if storage is not None and not name.startswith(f"{storage.root}/"):
            yield from storage.rest()
            storage = None
        place = _place(name) if isinstance(source, SourceFile) else None
        if place is None or not isinstance(source, SourceFile):
            yield source
            continue
        if storage is None:
            storage = _Storage(place.root)
        yield from storage.add(place.path, source)
    if storage is not None:
        yield from storage.rest()


def _place(name: str) -> _Place | None:
    parts = name.split("/")
    for index in range(len(parts) - 3, -1, -1):
        if parts[index] == _STORAGE and parts[index + 1] in _KINDS and name.endswith(".json"):
            return _Place("/".join(parts[: index + 1]), tuple(parts[index + 1 :]))
    return None


class _Storage:
    """One storage folder, on disk or in an archive."""

    def __init__(self, root: str) -> None:
        self.root = root
        self._files: Files = DiskFiles(Path(root)) if Path(root).is_dir() else ArchiveFiles()
        self._loose = LooseParts(self._files)
        self._waiting: list[tuple[tuple[str, ...], SourceFile]] = []
        self._seen: set[tuple[str, str]] = set()
        self._told: set[tuple[str, str]] = set()

    def add(self, path: tuple[str, ...], source: SourceFile) -> Sources:
        """Take one of its files; those of an archive wait until all are known."""
        if isinstance(self._files, ArchiveFiles):
            self._files.add("/".join(path), source)
        if path[:2] in _FIRST_PIECES:
            if len(path) > 3:  # the last folder is that of the session, or of the message
                self._seen.add((path[1], path[-2]))
        elif path[0] == "session":
            if not isinstance(self._files, ArchiveFiles):
                yield self._session(path, source)
            else:
                self._waiting.append((path, source))
        elif path[0] != "project" and len(path) > 2:
            self._seen.add((path[0], path[1]))

    def rest(self) -> Sources:
        """What waited for the last file, and a word on what belongs to no session."""
        for path, source in self._waiting:
            yield self._session(path, source)
        if orphans := len(self._seen - self._told):
            reason = (
                "Messages or parts of OpenCode without their session's file: "
                f"{counted(orphans, 'folder')}. "
                "Import the folder storage as a whole, if they have one."
            )
            yield Unreadable(self.root, reason, aside=True)

    def _session(self, path: tuple[str, ...], source: SourceFile) -> SourceFile:
        try:
            known = source.opening.keys
        except CannotImport:
            return source
        if len((_MARKS | {"id"}) & known.keys()) < _ENOUGH:
            return source
        files, most = self._files, source.limits.line_size
        losses: list[Loss] = []
        loose = self._loose
        told = gather(_lines(self.root, files, loose, path, most, losses, self._told), losses)

        def open_() -> BinaryIO:
            if told.data is not None:
                return io.BytesIO(told.data)
            lines = _lines(self.root, files, loose, path, most, [], set())
            return cast("BinaryIO", PieceStream(lines))

        return SourceFile(
            source.name,
            told.size,
            open_,
            modified_at=source.modified_at,
            limits=source.limits,
            losses=told.losses,
        )


def _lines(
    root: str,
    files: Files,
    loose: LooseParts,
    path: tuple[str, ...],
    most: int,
    losses: list[Loss],
    told: set[tuple[str, str]],
) -> Iterator[bytes]:
    """The lines of a session; ``told`` gets the folders that were read for it."""
    data = files.read("/".join(path), most) or b""
    info = _info(data)
    session = _plain(info.id) or path[-1].removesuffix(".json")
    yield first_line(agent_of(root), session)
    yield _row("session", "/".join(path), data, id=session)
    if project := _plain(info.project_id):
        file = f"project/{project}.json"
        if (data_of_project := files.read(file, most)) is not None:
            yield _row("project", file, data_of_project, id=project)
    told.add(("message", session))
    first = path[:2] == _FIRST
    folder = f"session/message/{session}" if first else f"message/{session}"
    for message, file, data in _messages(files, folder, most, losses):
        yield _row("message", file, data, id=message, session_id=session)
        told.add(("part", message))
        within = f"session/part/{session}/{message}" if first else f"part/{message}"
        for file in (
            *(f"{within}/{name}" for name in files.names(within)),
            *loose.of(message, most),
        ):
            if (part := files.read(file, most)) is None:
                losses.append(Loss(file, f"it cannot be read, or has more than {most:,} bytes"))
            else:
                yield _row("part", file, part, message_id=message)


def _messages(
    files: Files, folder: str, most: int, losses: list[Loss]
) -> list[tuple[str, str, bytes]]:
    """The messages in a session's folder in their order: id, file and bytes."""
    messages = []
    for name in files.names(folder):
        file = f"{folder}/{name}"
        if (data := files.read(file, most)) is None:
            losses.append(Loss(file, f"it cannot be read, or has more than {most:,} bytes"))
            continue
        info = _info(data)
        time = info.time or mapping(info.metadata).get("time")
        created = mapping(time).get("created")
        key = _plain(info.id) or name.removesuffix(".json")
        messages.append((micros(created) or 0, name, (key, file, data)))
    return [message for _, _, message in sorted(messages, key=lambda one: one[:2])]


def _row(table: str, file: str, data: bytes, **columns: str) -> bytes:
    """The line of a file: its JSON as it stands, line ends and a byte order mark as blanks.

    What is no JSON is told as a text.
    """
    row: dict[str, object] = {"file": file, **columns, **_told(data)}
    return _ENCODER.encode({"table": table, "row": row}) + b"\n"


def _told(data: bytes) -> dict[str, object]:
    document = mark_as_blanks(data)
    try:
        if isinstance(ANYTHING.decode(document), dict):
            return {"json": msgspec.Raw(document.translate(_BLANKS))}
    except (ValueError, RecursionError):
        pass
    try:
        return {"data": data.decode()}
    except UnicodeDecodeError:
        return {"data": {"text": base64.b64encode(data).decode()}}


def _info(data: bytes) -> _Info:
    try:
        return _INFO.decode(data) or _Info()
    except (msgspec.DecodeError, ValueError):
        return _Info()


def _plain(value: object) -> str:
    """An id that names a file of its own folder; "" for anything else."""
    if not isinstance(value, str) or value in ("", ".", "..") or len(value) > 200:
        return ""
    return "" if any(sign in value for sign in "/\\\0:") else value
