"""Parts of messages that lie side by side in one folder, each with the id of its message."""

from __future__ import annotations

import msgspec

from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.opencode.files import Files

_FOLDER = "part"


class _PartInfo(msgspec.Struct):
    """What a part belongs to."""

    message_id: object = msgspec.field(default=None, name="messageID")


_INFO = TypedDecoder(_PartInfo)


class LooseParts:
    """The files of parts that have no folder of their message."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._of: dict[str, list[str]] | None = None  # paths by message, once they are looked for

    def of(self, message: str, most: int) -> list[str]:
        """The paths of a message's parts, in their order; no file of more than ``most`` bytes."""
        if self._of is None:
            self._of = {}
            for path in (f"{_FOLDER}/{name}" for name in self._files.names(_FOLDER)):
                if owner := self._owner(path, most):
                    self._of.setdefault(owner, []).append(path)
        return self._of.get(message, [])

    def _owner(self, path: str, most: int) -> str:
        try:
            info = _INFO.decode(self._files.read(path, most) or b"null")
        except (msgspec.DecodeError, ValueError):
            return ""
        return info.message_id if info and isinstance(info.message_id, str) else ""
