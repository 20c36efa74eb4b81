"""Calls in the prose of gptme: code blocks that a tool takes, lines like ``@shell(id): {…}``."""

from __future__ import annotations

import re

from hpm_engine.values.episodes import Part, PartKind

_FENCE = "```"
# Languages of blocks that are run; others only show code.
_TOOLS = frozenset(
    (
        *("shell", "save", "append", "patch", "ipython", "tmux", "browser", "read", "gh", "morph"),
        *("rag", "subagent", "todo", "todowrite", "todoread", "computer", "vision", "screenshot"),
        *("youtube", "chats", "complete", "choice", "form", "lessons", "mcp"),
    )
)
_NAMED = re.compile(r"@([A-Za-z_]{1,40})\(([\w-]{1,80})\): ?(\{.*)")


def calls_in_prose(text: str) -> list[Part]:
    """The calls in a message, in order; of a file's block the text begins with the file's name."""
    calls: list[Part] = []
    lines = text.split("\n")
    index = 0
    while index < len(lines):
        line = lines[index]
        if named := _NAMED.fullmatch(line):
            end = index + 1
            while end < len(lines) and not lines[end].startswith("@"):
                end += 1
            arguments = "\n".join((named[3], *lines[index + 1 : end])).strip()
            calls.append(Part(PartKind.CALL, arguments, named[1], named[2]))
            index = end
            continue
        if line.startswith(_FENCE) and line.strip("` "):
            end = _closing(lines, index)
            tool, _, argument = line.strip("`").strip().partition(" ")
            if tool in _TOOLS:
                body = "\n".join(lines[index + 1 : end])
                whole = f"{argument.strip()}\n{body}" if argument.strip() else body
                calls.append(Part(PartKind.CALL, whole, tool))
            index = end
        index += 1
    return calls


def _closing(lines: list[str], opening: int) -> int:
    """The line that closes a block; the end of the text where none does. Blocks may nest."""
    depth = 1
    for index in range(opening + 1, len(lines)):
        line = lines[index].rstrip()
        if line == _FENCE:
            depth -= 1
            if not depth:
                return index
        elif line.startswith(_FENCE) and line.strip("` "):
            depth += 1
    return len(lines)
