"""asciinema recordings (versions 2 and 3) of an agent's console.

Reference: docs.asciinema.org/manual/asciicast. A terminal is not emulated: what moved the cursor
over other lines is read as it was printed.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

import msgspec

from hpm_engine.errors import CannotImport, NothingToImport
from hpm_engine.ingest.json.text import decode
from hpm_engine.ingest.sources.reader import Reader
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.drafts import EpisodeDraft, StepDraft

_EVENT: msgspec.json.Decoder[tuple[float, str, str]] = msgspec.json.Decoder(tuple[float, str, str])


class AsciinemaReader:
    """The sessions that the recorded console shows, read by the readers of consoles."""

    format = "asciinema"

    def __init__(self, consoles: Sequence[Reader]) -> None:
        self._consoles = consoles

    def recognises(self, source: SourceFile) -> bool:
        """Whether the first line is a recording's header."""
        keys = source.opening.keys
        return keys.get("version") in (2, 3) and ("width" in keys or "term" in keys)

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The sessions, timed by the recording's start.

        Raises ``NothingToImport`` where no agent is on the screen, and where the console's own
        log stands beside the recording: that log is read.
        """
        if source.beside("agent.log") is not None:
            raise NothingToImport(
                f"{source.name}: a recording of the console whose log, agent.log, stands beside "
                "it. The log is read."
            )
        source.must_fit()
        data = "".join(_output(source)).encode("utf-8", "replace")
        screen = SourceFile(
            source.name,
            len(data),
            lambda: io.BytesIO(data),
            modified_at=source.modified_at,
            limits=source.limits,
            beside=source.beside,
        )
        started = micros(source.opening.keys.get("timestamp"))
        for reader in self._consoles:
            if reader.recognises(screen):
                for draft in reader.read(screen):
                    draft.steps = [_unlocated(step) for step in draft.steps]
                    draft.started_at = draft.started_at or started
                    draft.raw_start = draft.raw_size = 0
                    yield draft
                return
        raise NothingToImport(f"{source.name}: a recording of a terminal without a known agent.")


def _output(source: SourceFile) -> Iterator[str]:
    """What was printed. A line that is cut or damaged is left out."""
    for number, (_, line) in enumerate(source.lines()):
        if not number or not line.startswith(b"["):
            continue
        try:
            _, kind, text = decode(line, _EVENT, source.name, f"line {number + 1}")
        except CannotImport:
            continue
        if kind == "o":
            yield text


def _unlocated(step: StepDraft) -> StepDraft:
    """The step without a place: its text was not in the source as it is on the screen."""
    return msgspec.structs.replace(step, raw_start=0, raw_size=0)
