"""Stores of notes that agents write for themselves: memories, not sessions."""

from __future__ import annotations

from hpm_engine.ingest.discovery.place import LINUX, MACOS, WINDOWS, AgentPlaces, Each, Place

MEMORIES = (
    AgentPlaces(
        "Claude Code memory",
        (
            Place(
                "claude-code-memory",
                "${CLAUDE_CONFIG_DIR:-~/.claude}/projects",
                ("memory/*.md",),
                Each.MANY,
            ),
            Place("claude-code-memory", "<project>/.claude/agent-memory", ("*.md",), Each.MANY),
        ),
        notes=True,
    ),
    AgentPlaces(
        "Codex memories",
        (
            Place("codex-memories", "${CODEX_HOME:-~/.codex}/memories", ("*.md",), Each.MANY),
            Place("codex-memories", "${CODEX_HOME:-~/.codex}/memories_1.sqlite", each=Each.MANY),
        ),
        notes=True,
    ),
    AgentPlaces(
        "claude-mem",
        (
            Place(
                "claude-mem", "${CLAUDE_MEM_DATA_DIR:-~/.claude-mem}/claude-mem.db", each=Each.MANY
            ),
        ),
        notes=True,
    ),
    AgentPlaces(
        "engram",
        (
            Place("engram", "${ENGRAM_DATA_DIR:-~/.engram}/engram.db", each=Each.MANY),
            Place("engram", "<project>/.engram/chunks", ("*.jsonl.gz",), Each.MANY),
        ),
        notes=True,
    ),
    AgentPlaces(
        "mem0",
        (Place("mem0", "${MEM0_DIR:-~/.mem0}/history.db", each=Each.MANY),),
        notes=True,
    ),
    AgentPlaces(
        "mcp-memory-service",
        (
            Place("mcp-memory-service", "{xdg}/mcp-memory/sqlite_vec.db", (), Each.MANY, (LINUX,)),
            Place(
                "mcp-memory-service",
                "{data}/mcp-memory/sqlite_vec.db",
                each=Each.MANY,
                systems=(MACOS, WINDOWS),
            ),
        ),
        notes=True,
    ),
    AgentPlaces(
        "MCP memory",
        (Place("mcp-memory-jsonl", "${MEMORY_FILE_PATH:-}", each=Each.MANY),),
        notes=True,
    ),
    AgentPlaces(
        "basic-memory",
        (Place("basic-memory", "${BASIC_MEMORY_HOME:-~/basic-memory}", ("*.md",), Each.MANY),),
        notes=True,
    ),
    AgentPlaces(
        "Letta",
        (Place("letta-memfs", "~/.letta/agents/*/memory", ("*.md",), Each.MANY),),
        notes=True,
    ),
    AgentPlaces(
        "Hermes memory",
        (Place("hermes-memory", "${HERMES_HOME:-~/.hermes}/memories", ("*.md",), Each.MANY),),
        notes=True,
    ),
    AgentPlaces(
        "Qoder memories",
        (Place("qoder-memories", "~/.qoder/memories", ("*.md",), Each.MANY),),
        notes=True,
    ),
)
