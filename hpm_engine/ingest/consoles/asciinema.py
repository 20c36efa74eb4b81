"""asciinema recordings (versions 2 and 3) of an agent's console.

Reference: docs.asciinema.org/manual/asciicast. A terminal is not emulated: output that
moved the cursor over other lines is read in the order of printing.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence

import msgspec

from hpm_engine.errors import NothingToImport
from hpm_engine.ingest.json.text import ANYTHING
from hpm_engine.ingest.json.typed import BROKEN
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.sources.reader import FormatReader
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.text_lines import TextLine, text_lines
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.drafts import EpisodeDraft, StepDraft

RecordedEvent = tuple[float, str, str]  # seconds, kind, text

_EVENT: msgspec.json.Decoder[RecordedEvent] = msgspec.json.Decoder(RecordedEvent)
_WHOLE = re.compile(
    rb'\[[ \t]*+-?\d++(?:\.\d++)?(?:[eE][+-]?\d++)?[ \t]*+,[ \t]*+"[a-z]"[ \t]*+,'
    rb'[ \t]*+"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"[ \t]*+\]'
)
_LOOKED_AT = 20  # first lines
_KINDS = {
    "i": "what was typed",  # the screen shows it as well
    "m": "a marker",
    "r": "a change of the screen's size",
    "x": "the end of the recording",
}


class AsciinemaReader:
    """The sessions on a recorded console, read by the readers of consoles."""

    format = "asciinema"

    def __init__(self, consoles: Sequence[FormatReader]) -> None:
        self._consoles = consoles

    def recognises(self, source: SourceFile) -> bool:
        """Whether the first line is a recording's header, or events follow a damaged one."""
        keys = source.opening.keys
        if keys.get("version") in (2, 3) and ("width" in keys or "term" in keys):
            return True
        if b'"o"' not in source.head:
            return False
        return sum(_is_event(line) for line in source.first_lines[:_LOOKED_AT]) > 1

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
        account = source.account
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
                _add_screen(account, screen.account)
                return
        raise account.nothing(source.name, "a recording of a terminal without a known agent.")


def _add_screen(account: Account, screen: Account) -> None:
    """Add what was not read of the screen's lines; ``account`` counts the recording's lines."""
    for rule, count in screen.passed_over.items():
        account.passed_over[f"on the screen: {rule}"] += count
    for damage in screen.sums().places:
        location = f"{damage.place} of the screen"
        account.damage(location, 0, damage.size, damage.reason, mended=damage.mended)
    account.unknown.update(screen.unknown)


def _output(source: SourceFile) -> Iterator[str]:
    """The printed texts; the account counts each line. Damaged lines give their whole events."""
    account = source.account
    headed = False
    for line in text_lines(source):
        core = line.data.strip(b"\xef\xbb\xbf \t\r\n\0")
        if not core:
            continue
        if not headed and core.startswith(b"{"):
            headed = True
            if _is_json(core):
                continue
        if core.startswith(b"#"):
            account.pass_over("a comment", line.counts)
            continue
        try:
            events = [_EVENT.decode(core)]
        except (*BROKEN, RecursionError):
            events = _damaged(source, line, core)
        for _, kind, text in events:
            if kind == "o":
                yield text
            elif kind in _KINDS:
                account.pass_over(_KINDS[kind])
            else:
                account.miss_record("an event of a recording")


def _damaged(source: SourceFile, line: TextLine, core: bytes) -> list[RecordedEvent]:
    """The whole events in a damaged line; the account counts the rest."""
    account = source.account
    account.read -= line.counts
    ended = line.start + len(line.data) < source.size or bool(source.fault)
    whole, left, offset = [], b"", 0
    rest = core.replace(b"\0", b"")
    for match in _WHOLE.finditer(rest):
        if _is_event(match[0]):
            whole.append(_EVENT.decode(match[0]))
            left += rest[offset : match.start()]
            offset = match.end()
    account.read += len(whole)
    left = (left + rest[offset:]).strip(b" \t\r\n,")
    if not left:
        reason = "several records on a line" if len(whole) > 1 else "NUL bytes"
        account.damage(line.location, line.start, len(line.data), reason, mended=True)
    elif not ended and core.startswith(b"["):
        account.cut = True
    else:
        torn = left.startswith(b"[")
        reason = "a record that is cut or malformed" if torn else "text that is no record"
        account.damage(line.location, line.start, len(line.data), reason, mended=False)
    return whole


def _is_event(data: bytes) -> bool:
    try:
        return _EVENT.decode(data)[1] in ("o", *_KINDS)
    except (*BROKEN, RecursionError):
        return False


def _is_json(data: bytes) -> bool:
    try:
        ANYTHING.decode(data)
    except (*BROKEN, RecursionError):
        return False
    return True


def _unlocated(step: StepDraft) -> StepDraft:
    """The step without a location: the source does not have its text as the screen shows it."""
    return msgspec.structs.replace(step, raw_start=0, raw_size=0)
