"""A person's words to Pi and OpenClaw, told from what the gateway puts around them."""

from __future__ import annotations

from collections.abc import Iterator

_SYSTEM = "System:"  # a line of an event, before the words
_UNTRUSTED = "(untrusted"  # in the heading of a fenced block about the sender
_SUBAGENT = "[Subagent Context]"
_TASK = "[Subagent Task]"
_HARNESS = "Pre-compaction memory flush."


def pieces(words: str) -> Iterator[tuple[bool, str]]:
    """The pieces of a message in order: (whether the gateway added it, its text)."""
    if words.lstrip().startswith(_HARNESS):
        yield True, words
        return
    start = words.lstrip()
    if start.startswith(_SUBAGENT) and (end := start.find(_TASK)) > 0:
        yield True, start[:end].strip()
        yield False, start[end:]
        return
    end = _gateway_end(words)
    if not words[end:].strip():  # events alone wake the agent, as a person's words do
        end = 0
    if context := words[:end].strip():
        yield True, context
    if rest := words[end:].strip() if end else words:
        yield False, rest


def _gateway_end(words: str) -> int:
    """The end of the lines before a person's own: events, and fenced data of the sender."""
    end = 0
    while end < len(words):
        stop = words.find("\n", end)
        stop = len(words) if stop < 0 else stop + 1
        line = words[end:stop].strip()
        if not line:
            if end == 0 or not words[stop:].lstrip().startswith(_SYSTEM):
                after = _fence_end(words, stop)
                if after is None:
                    break
                end = after
            else:
                end = stop
        elif line.startswith(_SYSTEM):
            end = stop
        elif (after := _fence_end(words, end)) is not None:
            end = after
        else:
            break
    return end


def _fence_end(words: str, start: int) -> int | None:
    """The end of a heading with a fenced block of untrusted data; None where none begins."""
    stop = words.find("\n", start)
    if stop < 0 or _UNTRUSTED not in words[start:stop]:
        return None
    if not words.startswith("```", stop + 1):
        return None
    close = words.find("\n```", stop + 4)
    if close < 0:
        return None
    line_end = words.find("\n", close + 1)
    return len(words) if line_end < 0 else line_end + 1
