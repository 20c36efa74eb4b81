"""Messages from the process that tunes to the one that asked: lines of JSON."""

from __future__ import annotations

import msgspec

from hpm_engine import errors
from hpm_engine.adaptation.tuned import Tuned
from hpm_engine.job import Progress


class UnderWay(msgspec.Struct, frozen=True, tag="under way"):
    """How far it is."""

    progress: Progress


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """An expected failure, by the name of its error."""

    error: str
    text: str

    def raised(self) -> errors.HPMError:
        """The error, to raise it here."""
        kind = getattr(errors, self.error, errors.HPMError)
        plain = isinstance(kind, type) and issubclass(kind, errors.HPMError)
        if not plain or kind is errors.BadQuery:  # which needs a position that nobody typed
            return errors.HPMError(self.text)
        error: errors.HPMError = kind(self.text)
        return error


Message = UnderWay | Failed | Tuned
_decoder = msgspec.json.Decoder(Message)


def line_of(message: Message) -> bytes:
    """A message as one line."""
    return msgspec.json.encode(message) + b"\n"


def message_of(line: bytes) -> Message:
    """The message of a line; raises ``msgspec.MsgspecError`` for anything else."""
    message: Message = _decoder.decode(line)
    return message
