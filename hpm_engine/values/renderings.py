"""Formats that render sessions of other formats, under the same ids: a copy beside the original."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

SPECSTORY = "specstory"
CURSOR = "cursor"
CURSOR_TRANSCRIPT = "cursor-transcript"

# By the format of a rendering: the formats of the sessions that it renders.
RENDERINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        CURSOR_TRANSCRIPT: (CURSOR,),
        SPECSTORY: (
            *("claude-code", "codex", "gemini-cli", CURSOR, CURSOR_TRANSCRIPT, "droid"),
            *("copilot-cli", "vscode-copilot-chat", "pi", "antigravity", "qwen-code", "opencode"),
        ),
    }
)
