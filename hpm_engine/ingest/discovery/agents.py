"""The agents whose places are known: one entry an agent, in the order in which they are listed."""

from __future__ import annotations

from hpm_engine.ingest.discovery.editors import EDITORS
from hpm_engine.ingest.discovery.memories import MEMORIES
from hpm_engine.ingest.discovery.place import LINUX, MACOS, WINDOWS, AgentPlaces, Each, Place

_LINES = ("*.jsonl",)
_PACKED = ("*.jsonl", "*.jsonl.zst")
_UNIX = (LINUX, MACOS)
_RESULTS = (("*/*/tool-results/*", "*/*.jsonl"),)  # too large for the session's own file

_TERMINAL = (
    AgentPlaces(
        "Claude Code",
        (
            *(
                Place("claude-code", f"{home}/projects", _PACKED, beside=_RESULTS)
                for home in (
                    "${CLAUDE_CONFIG_DIR:-~/.claude}",
                    "${XDG_CONFIG_HOME:-~/.config}/claude",
                )
            ),
        ),
    ),
    AgentPlaces(
        "Codex",
        (
            Place("codex", "${CODEX_HOME:-~/.codex}/sessions", _PACKED),
            Place("codex", "${CODEX_HOME:-~/.codex}/archived_sessions", _PACKED),
        ),
    ),
    AgentPlaces(
        "Gemini CLI",
        (Place("gemini-cli", "~/.gemini/tmp", ("session-*.json", "session-*.jsonl")),),
    ),
    AgentPlaces(
        "OpenHands",
        (
            Place("openhands", "~/.openhands/conversations", ("events/*.json",), Each.FOLDER),
            Place("openhands", "~/.openhands/sessions", ("events/*.json",), Each.FOLDER),
            Place("openhands", "~/.openhands-state/sessions", ("events/*.json",), Each.FOLDER),
        ),
    ),
    AgentPlaces(
        "Aider",
        (
            Place(
                "aider",
                "${AIDER_CHAT_HISTORY_FILE:-<project>/.aider.chat.history.md}",
                each=Each.MANY,
            ),
        ),
    ),
    AgentPlaces("Amp", (Place("amp", "{xdg}/amp/threads", ("T-*.json",)),)),
    AgentPlaces(
        "Antigravity",
        (
            Place(
                "antigravity",
                "~/.gemini/antigravity*/brain",
                (
                    ".system_generated/logs/transcript_full.jsonl",
                    ".system_generated/logs/transcript.jsonl",
                ),
                Each.FOLDER,
            ),
        ),
    ),
    AgentPlaces(
        "Cline CLI",
        (
            Place(
                "cline-cli",
                "${CLINE_SESSION_DATA_DIR:-${CLINE_DATA_DIR:-${CLINE_DIR:-~/.cline}/data}/sessions}",
                ("*.messages.json",),
                beside=(("*.json", "*.messages.json"),),
            ),
        ),
    ),
    AgentPlaces(
        "Continue",
        (
            Place(
                "continue",
                "${CONTINUE_GLOBAL_DIR:-~/.continue}/sessions",
                ("*.json", "!sessions.json"),
            ),
        ),
    ),
    AgentPlaces(
        "Copilot CLI",
        (
            Place(
                "copilot-cli",
                "${COPILOT_HOME:-~/.copilot}/session-state",
                ("events.jsonl", "*.jsonl"),
                beside=(("workspace.yaml", "events.jsonl"),),
            ),
        ),
    ),
    AgentPlaces(
        "Crush",
        (
            Place("crush", "<project>/.crush", ("crush.db",), Each.MANY),
            Place("opencode-go", "<project>/.opencode", ("opencode.db",), Each.MANY),
        ),
    ),
    AgentPlaces(
        "Cursor CLI",
        (
            Place(
                "cursor-transcript",
                "~/.cursor/projects",
                ("agent-transcripts/*.jsonl", "agent-transcripts/*/*.jsonl", "subagents/*.jsonl"),
            ),
            Place("cursor", "~/.cursor/chats", ("store.db",), Each.MANY),
        ),
    ),
    AgentPlaces(
        "DeepSeek Harness",
        (
            Place(
                "deepseek-harness",
                "${DSH_HOME:-~/.dsh}/sessions",
                ("session.jsonl", "session.jsonl.zstd"),
            ),
        ),
    ),
    AgentPlaces(
        "Droid",
        (
            Place(
                "droid",
                "~/.factory/sessions",
                _LINES,
                beside=(("*.settings.json", "*.jsonl"),),
            ),
        ),
    ),
    AgentPlaces(
        "Goose",
        (
            Place(
                "goose",
                "${GOOSE_PATH_ROOT:-{xdg}/goose}/sessions",
                ("sessions.db",),
                Each.MANY,
                _UNIX,
            ),
            Place(
                "goose",
                "${GOOSE_PATH_ROOT:-{config}/Block/goose}/data/sessions",
                ("sessions.db",),
                Each.MANY,
                (WINDOWS,),
            ),
            Place("goose", "${GOOSE_PATH_ROOT:-{xdg}/goose}/sessions", _LINES, systems=_UNIX),
        ),
    ),
    AgentPlaces(
        "gptme",
        (
            Place(
                "gptme",
                "${GPTME_LOGS_HOME:-{xdg}/gptme/logs}",
                ("conversation.jsonl",),
            ),
        ),
    ),
    AgentPlaces(
        "Grok Build",
        (
            Place(
                "grok-build",
                "${GROK_HOME:-~/.grok}/sessions",
                ("summary.json", "chat_history.jsonl", "updates.jsonl"),
                Each.FOLDER,
            ),
        ),
    ),
    AgentPlaces(
        "Hermes",
        (
            Place("hermes", "${HERMES_HOME:-~/.hermes}", ("state.db",), Each.MANY, _UNIX),
            Place("hermes", "${HERMES_HOME:-{data}/hermes}", ("state.db",), Each.MANY, (WINDOWS,)),
            Place(
                "hermes",
                "${HERMES_HOME:-~/.hermes}/sessions",
                ("session_*.json",),
                systems=_UNIX,
            ),
        ),
    ),
    AgentPlaces("iFlow", (Place("claude-code", "~/.iflow/projects", _LINES),)),
    AgentPlaces(
        "Kimi",
        (
            Place(
                "kimi-code",
                "${KIMI_CODE_HOME:-~/.kimi-code}/sessions",
                ("state.json", "agents/*/wire.jsonl"),
                Each.FOLDER,
            ),
            Place("kimi-legacy", "~/.kimi/sessions", ("context.jsonl",), Each.FOLDER),
        ),
    ),
    AgentPlaces(
        "Kiro CLI",
        (
            Place("kiro-cli", "~/.kiro/sessions/cli", _LINES, beside=(("*.json", "*.jsonl"),)),
            Place("kiro-cli", "{data}/kiro-cli", ("data.sqlite3",), Each.MANY),
        ),
    ),
    AgentPlaces(
        "pi",
        (Place("pi", "${PI_CODING_AGENT_DIR:-~/.pi/agent}/sessions", _LINES),),
    ),
    AgentPlaces(
        "omp",
        (
            Place("omp", "~/.omp/agent/sessions", _LINES),
            Place("omp", "~/.omp/profiles/*/agent/sessions", _LINES),
            Place("omp", "{xdg}/omp/sessions", _LINES),
        ),
    ),
    AgentPlaces(
        "OpenClaw",
        (
            Place("openclaw", "~/.openclaw/agents/*/agent", ("openclaw-agent.sqlite",), Each.MANY),
            *(
                Place("openclaw", f"~/{home}/agents/*/sessions", ("*.jsonl", "!*.checkpoint.*"))
                for home in (".openclaw", ".clawdbot", ".moltbot")
            ),
        ),
    ),
    AgentPlaces(
        "opencode",
        (
            Place("opencode", "{xdg}/opencode", ("opencode.db", "opencode-*.db"), Each.MANY),
            Place("opencode", "{xdg}/opencode/storage", ("session/*/*.json",)),
            Place("opencode", "{xdg}/opencode/project/*/storage", ("session/info/*.json",)),
        ),
    ),
    AgentPlaces("Kilo CLI", (Place("kilo", "{xdg}/kilo", ("kilo.db",), Each.MANY),)),
    AgentPlaces(
        "MiMo Code",
        (
            Place("mimo-code", "{xdg}/mimocode", ("mimocode.db",), Each.MANY),
            Place("mimo-code", "{xdg}/mimicode", ("mimicode.db",), Each.MANY),
        ),
    ),
    AgentPlaces("ZCode", (Place("zcode", "~/.zcode/cli/db", ("db.sqlite",), Each.MANY),)),
    AgentPlaces("Qwen Code", (Place("qwen-code", "~/.qwen/projects", ("chats/*.jsonl",)),)),
    AgentPlaces("SpecStory", (Place("specstory", "<project>/.specstory/history", ("*.md",)),)),
    AgentPlaces(
        "Vibe",
        (
            Place(
                "vibe",
                "${VIBE_HOME:-~/.vibe}/logs/session",
                ("messages.jsonl", "meta.json"),
                Each.FOLDER,
            ),
            Place("vibe", "${VIBE_HOME:-~/.vibe}/logs/session", ("session_*.json",)),
        ),
    ),
    AgentPlaces(
        "Warp",
        (
            Place("warp", "{state}/warp-terminal", ("warp.sqlite",), Each.MANY, (LINUX,)),
            Place(
                "warp",
                "~/Library/Group Containers/2BBY89MBSN.dev.warp",
                ("warp.sqlite",),
                Each.MANY,
                (MACOS,),
            ),
            Place("warp", "{data}/warp/Warp/data", ("warp.sqlite",), Each.MANY, (WINDOWS,)),
        ),
    ),
)

AGENTS = (*_TERMINAL, *EDITORS, *MEMORIES)


def places_of(agent: str) -> tuple[Place, ...]:
    """The places of an agent; () for one that is not known.

    What it writes for itself into the folder of its sessions is among them.
    """
    places = [place for known in AGENTS if known.agent == agent for place in known.places]
    paths = {place.path for place in places}
    places += [
        place
        for known in AGENTS
        if known.notes and known.agent != agent
        for place in known.places
        if place.path in paths
    ]
    return tuple(places)
