"""A person's words in the messages that Cline and its descendants send, told from the wrappers.

The first words stand in ``<task>``, later ones in the results of the tools that ask or finish.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from hpm_engine.ingest.steps.wrappers import element, opening_tag

# Elements around a person's words, and around what the program adds.
_WORDS = frozenset(("task", "user_message", "feedback", "answer", "user_input"))
_ADDED = frozenset(
    (
        *("environment_details", "explicit_instructions", "file_content", "folder_content"),
        *("url_content", "workspace_diagnostics", "git_working_state", "custom_instructions"),
    )
)
# Beginnings of texts that the program writes under the person's name.
_PROGRAM = (
    *("[ERROR]", "[TASK RESUMPTION]", "[attempt_completion", "[ask_followup_question"),
    *("[plan_mode_respond", "# TASK RESUMPTION", "The user has provided feedback on the results"),
    *("The user denied this operation", "The user rejected", "Task was interrupted"),
    *("This task was interrupted", "If you have completed the user's task, use the "),
    *("(The user did not provide a new message", "# task_progress", "# TODO LIST"),
)
_RESULT = "] Result:"
_LONGEST_HEAD = 4000  # characters of the line above a result


class MessagePiece(NamedTuple):
    """A piece of a message: whose it is, and whether its wrapper says so."""

    text: str
    is_added: bool
    is_marked: bool = False


class WrittenResult(NamedTuple):
    """The result of a tool whose call was written in the prose."""

    tool: str
    text: str


def pieces(texts: Sequence[str], *, of_result: bool = False) -> Iterator[tuple[bool, str]]:
    """The pieces of a message in order: (whether the program added it, its text).

    ``of_result``: the texts are a tool's result, of which only marked words are a person's. So it
    is in a message that marks any words.
    """
    found = [piece for text in texts for piece in _pieces(text)]
    marked = of_result or any(piece.is_marked and not piece.is_added for piece in found)
    for piece in found:
        yield piece.is_added or (marked and not piece.is_marked), piece.text


def written_results(texts: Sequence[str]) -> tuple[list[WrittenResult], list[str]]:
    """The results that a message's texts are, each below a head, and the texts that are none."""
    results: list[WrittenResult] = []
    others: list[str] = []
    for text in texts:
        head = text.find(_RESULT, 0, _LONGEST_HEAD) if text.startswith("[") else -1
        if head > 0 and "\n" not in text[:head].split(" for ", 1)[0]:
            tool = text[1:head].split(" ", 1)[0]
            results.append(WrittenResult(tool, text[head + len(_RESULT) :].strip("\n")))
        elif results and not others and not text.lstrip().startswith("<environment_details>"):
            last = results.pop()
            results.append(WrittenResult(last.tool, f"{last.text}\n{text}".strip("\n")))
        else:
            others.append(text)
    return results, others


def _pieces(text: str) -> Iterator[MessagePiece]:
    position = 0
    for start, end, words in _elements(text):
        yield from _outside(text[position:start])
        if words is None:
            yield MessagePiece(text[start:end], is_added=True, is_marked=True)
        elif words.strip():
            yield MessagePiece(words.strip(), is_added=False, is_marked=True)
        position = end
    yield from _outside(text[position:])


def _outside(text: str) -> Iterator[MessagePiece]:
    if words := text.strip():
        yield MessagePiece(words, is_added=words.startswith(_PROGRAM))


def _elements(text: str) -> Iterator[tuple[int, int, str | None]]:
    """The known elements of a text: start, end, and a person's words (None: the program's)."""
    position = 0
    unended: set[str] = set()
    while (start := text.find("<", position)) >= 0:
        position = start + 1
        name = _name(text, start)
        if not name or name in unended:
            continue
        found = element(text, start)
        if found is None:
            unended.add(name)
            continue
        position = found.end
        yield start, found.end, found.inner if name in _WORDS else None


def _name(text: str, start: int) -> str:
    """The name of the known element that opens at ``start``; "" for none."""
    known = any(text.startswith(name, start + 1) for name in (*_WORDS, *_ADDED))
    name = opening_tag(text, start)[0] if known else ""
    return name if name in _WORDS or name in _ADDED else ""
