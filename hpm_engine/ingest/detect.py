"""The format of a source, judged by its content and never by its name."""

from __future__ import annotations

import msgspec

from hpm_engine.errors import CannotImport
from hpm_engine.ingest.amp.reader import AmpReader
from hpm_engine.ingest.antigravity.reader import AntigravityReader
from hpm_engine.ingest.atif.reader import AtifReader
from hpm_engine.ingest.benchmarks.intercode import InterCodeReader
from hpm_engine.ingest.benchmarks.locomo import LoCoMoReader
from hpm_engine.ingest.benchmarks.reflexion import ReflexionReader
from hpm_engine.ingest.benchmarks.who_and_when import WhoAndWhenReader
from hpm_engine.ingest.chat.records import ChatRecordsReader
from hpm_engine.ingest.chat.tau_bench import TauBenchReader
from hpm_engine.ingest.claude_code.reader import ClaudeCodeReader
from hpm_engine.ingest.cline.cli import ClineCliReader
from hpm_engine.ingest.cline.reader import ClineReader
from hpm_engine.ingest.codex.reader import CodexReader
from hpm_engine.ingest.consoles.aider import AiderReader
from hpm_engine.ingest.consoles.asciinema import AsciinemaReader
from hpm_engine.ingest.consoles.claude_code_screen import ClaudeCodeScreenReader
from hpm_engine.ingest.consoles.gemini_cli_screen import GeminiCliScreenReader
from hpm_engine.ingest.consoles.mini_swe_agent_console import MiniSweAgentConsoleReader
from hpm_engine.ingest.continue_dev.reader import ContinueReader
from hpm_engine.ingest.copilot_cli.reader import CopilotCliReader
from hpm_engine.ingest.crush.reader import CrushReader
from hpm_engine.ingest.cursor.reader import CURSOR, CURSOR_TRANSCRIPTS
from hpm_engine.ingest.deepseek.reader import DeepSeekReader
from hpm_engine.ingest.droid.reader import DROID
from hpm_engine.ingest.gemini.checkpoint import GeminiCheckpointReader
from hpm_engine.ingest.gemini.reader import GeminiCliReader
from hpm_engine.ingest.goose.reader import GOOSE
from hpm_engine.ingest.gptme.reader import GptmeReader
from hpm_engine.ingest.grok.reader import GROK_BUILD
from hpm_engine.ingest.hermes.reader import HERMES
from hpm_engine.ingest.kimi.reader import KIMI_CLI, KIMI_CODE
from hpm_engine.ingest.kiro.reader import KIRO_CLI, KIRO_IDE
from hpm_engine.ingest.opencode.reader import OpenCodeReader
from hpm_engine.ingest.opencode.tables import FORMATS as OPENCODE
from hpm_engine.ingest.openhands.reader import OpenHandsReader
from hpm_engine.ingest.pi.openclaw_database import OpenClawRows
from hpm_engine.ingest.pi.reader import PiReader
from hpm_engine.ingest.pi.session import OPENCLAW
from hpm_engine.ingest.qwen_code.reader import QwenCodeReader
from hpm_engine.ingest.sources.reader import FormatReader
from hpm_engine.ingest.sources.renderings import ReaderOf
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.spans.langfuse import LangfuseReader
from hpm_engine.ingest.spans.langsmith import LangSmithReader
from hpm_engine.ingest.spans.nested_messages import NestedMessagesReader
from hpm_engine.ingest.spans.otel_events import OtelEventsReader
from hpm_engine.ingest.spans.otlp import OtlpReader
from hpm_engine.ingest.specstory.reader import SpecStoryReader
from hpm_engine.ingest.swe_agent.mini import MiniSweAgentReader
from hpm_engine.ingest.swe_agent.reader import SweAgentReader
from hpm_engine.ingest.unread.formats import reason, set_aside, unread
from hpm_engine.ingest.vibe.reader import VibeReader
from hpm_engine.ingest.vscode_chat.reader import VSCodeChatReader
from hpm_engine.ingest.warp.database import WarpRows
from hpm_engine.ingest.web_exports.chatgpt import ChatGptReader
from hpm_engine.ingest.web_exports.claude_ai import ClaudeAiReader
from hpm_engine.ingest.web_exports.gemini_apps import GeminiAppsReader
from hpm_engine.ingest.zed.database import ZedRows

CONSOLES: tuple[FormatReader, ...] = (
    MiniSweAgentConsoleReader(),
    AiderReader(),
    ClaudeCodeScreenReader(),
    GeminiCliScreenReader(),
)

# The first that recognises a source reads it.
_OWN: tuple[FormatReader, ...] = (
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
    CopilotCliReader(),
    VSCodeChatReader(),
    DeepSeekReader(),
    KIMI_CODE,
    KIMI_CLI,
    AntigravityReader(),
    QwenCodeReader(),
    *map(OpenCodeReader, OPENCODE),
    *map(CrushReader, ("crush", "opencode-go")),
    PiReader("omp"),
    ReaderOf(OPENCLAW, OpenClawRows(), PiReader(OPENCLAW)),
    PiReader("pi"),
    DROID,
    CURSOR,
    CURSOR_TRANSCRIPTS,
    GOOSE,
    HERMES,
    KIRO_CLI,
    KIRO_IDE,
    *map(ClineReader, ("cline", "roo-code", "kilo-legacy")),
    ClineCliReader(),
    AmpReader(),
    ContinueReader(),
    GptmeReader(),
    VibeReader(),
    SpecStoryReader(),
    ChatGptReader(),
    ClaudeAiReader(),
    GeminiAppsReader(),
    WarpRows(),
    ZedRows(),
    GROK_BUILD,
)
# These take whatever looks like a conversation. Files of agents that have no reader yet would be
# read by halves, so ``unread`` sorts them out first.
_ANY: tuple[FormatReader, ...] = (
    ChatRecordsReader(),
    NestedMessagesReader(),
    AsciinemaReader(CONSOLES),
    *CONSOLES,
)
READERS = (*_OWN, *_ANY)

_SMALLEST = 8  # bytes of a source; no format says anything in fewer


class NotATrace(msgspec.Struct, frozen=True):
    """A source that no reader reads, and the reason in words for a person."""

    reason: str


def detect(source: SourceFile) -> FormatReader | NotATrace:
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
