"""Which format a source is of, judged by its content and never by its name."""

from __future__ import annotations

import msgspec

from hpm_engine.errors import CannotImport
from hpm_engine.ingest.aider import AiderReader
from hpm_engine.ingest.asciinema import AsciinemaReader
from hpm_engine.ingest.atif import AtifReader
from hpm_engine.ingest.chat_records import ChatRecordsReader
from hpm_engine.ingest.claude_code import ClaudeCodeReader
from hpm_engine.ingest.claude_code_screen import ClaudeCodeScreenReader
from hpm_engine.ingest.codex import CodexReader
from hpm_engine.ingest.gemini_checkpoint import GeminiCheckpointReader
from hpm_engine.ingest.gemini_cli import GeminiCliReader
from hpm_engine.ingest.gemini_cli_screen import GeminiCliScreenReader
from hpm_engine.ingest.intercode import InterCodeReader
from hpm_engine.ingest.langfuse import LangfuseReader
from hpm_engine.ingest.langsmith import LangSmithReader
from hpm_engine.ingest.locomo import LoCoMoReader
from hpm_engine.ingest.mini_swe_agent import MiniSweAgentReader
from hpm_engine.ingest.mini_swe_agent_console import MiniSweAgentConsoleReader
from hpm_engine.ingest.nested_messages import NestedMessagesReader
from hpm_engine.ingest.openhands import OpenHandsReader
from hpm_engine.ingest.otel_events import OtelEventsReader
from hpm_engine.ingest.otlp import OtlpReader
from hpm_engine.ingest.reader import Reader
from hpm_engine.ingest.reflexion import ReflexionReader
from hpm_engine.ingest.source import SourceFile
from hpm_engine.ingest.swe_agent import SweAgentReader
from hpm_engine.ingest.tau_bench import TauBenchReader
from hpm_engine.ingest.unread_formats import reason, set_aside, unread
from hpm_engine.ingest.who_and_when import WhoAndWhenReader

CONSOLES: tuple[Reader, ...] = (
    MiniSweAgentConsoleReader(),
    AiderReader(),
    ClaudeCodeScreenReader(),
    GeminiCliScreenReader(),
)

# The first that recognises a source reads it.
_OWN: tuple[Reader, ...] = (
    GeminiCliReader(),
    ClaudeCodeReader(),
    CodexReader(),
    AtifReader(),
    MiniSweAgentReader(),
    SweAgentReader(),
    TauBenchReader(),
    OpenHandsReader(),
    GeminiCheckpointReader(),
    InterCodeReader(),
    WhoAndWhenReader(),
    ReflexionReader(),
    LoCoMoReader(),
    LangfuseReader(),
    OtlpReader(),
    LangSmithReader(),
    OtelEventsReader(),
)
# These take whatever looks like a conversation, so agents' files that are not read yet, and would
# be read by halves, are told from them first.
_ANY: tuple[Reader, ...] = (
    ChatRecordsReader(),
    NestedMessagesReader(),
    AsciinemaReader(CONSOLES),
    *CONSOLES,
)
READERS = (*_OWN, *_ANY)

_SMALLEST = 8  # bytes; no format says anything in less


class NotATrace(msgspec.Struct, frozen=True):
    """A source that no reader reads, and why, in words for a person."""

    reason: str


def detect(source: SourceFile) -> Reader | NotATrace:
    """The reader of a source's format, or why there is none."""
    try:
        if known := set_aside(source):
            return NotATrace(known)
        for reader in _OWN if source.size >= _SMALLEST else ():
            if reader.recognises(source):
                return reader
        if known := unread(source):
            return NotATrace(known)
        for reader in _ANY if source.size >= _SMALLEST else ():
            if reader.recognises(source):
                return reader
        return NotATrace(reason(source))
    except CannotImport as error:
        return NotATrace(str(error))
