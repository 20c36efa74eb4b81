"""Codex's servers: tables of TOML, appended and removed as text."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence

from hpm_engine.connecting.entries import SERVER, is_ours

_SERVERS = "mcp_servers"
_TABLE = f"[{_SERVERS}.{SERVER}]"


class OthersTable(ValueError):
    """A table of our name stands there in another form than ours, or the text is no TOML."""


def table(command: Sequence[str]) -> str:
    """The table of a server; JSON's strings are TOML's too."""
    program, *arguments = command
    words = ", ".join(_string(word) for word in arguments)
    return f"{_TABLE}\ncommand = {_string(program)}\nargs = [{words}]\n"


def with_table(text: str, command: Sequence[str]) -> str:
    """The text with our table at its end, once. Raises ``OthersTable``."""
    before = without_table(text)
    own = table(command).replace("\n", "\r\n" if "\r\n" in text else "\n")
    newline = "\r\n" if "\r\n" in text else "\n"
    gap = "" if not before else newline if before.endswith("\n") else newline * 2
    if text == before + gap + own:
        return text
    result = before + gap + own
    values, wanted = _values(result), _values(before)
    servers = values.get(_SERVERS)
    if not isinstance(servers, dict) or servers.pop(SERVER, None) is None:
        raise AssertionError("the table is not where it should be")
    if not servers and _SERVERS not in wanted:
        del values[_SERVERS]
    if values != wanted:
        raise AssertionError("the settings would not be what they were, with ours added")
    return result


def without_table(text: str) -> str:
    """The text without our table and the blank line before it. Raises ``OthersTable``."""
    servers = _values(text).get(_SERVERS)
    if not isinstance(servers, dict) or SERVER not in servers:
        return text
    if not is_ours(servers[SERVER]):
        raise OthersTable(f"{_SERVERS}.{SERVER} is somebody else's")
    lines = text.splitlines(keepends=True)
    starts = [number for number, line in enumerate(lines) if line.strip() == _TABLE]
    if len(starts) != 1:
        raise OthersTable(f"{_SERVERS}.{SERVER} is written in another form than ours")
    start = end = starts[0]
    end += 1
    while end < len(lines) and lines[end].strip() and not lines[end].lstrip().startswith("["):
        end += 1
    if start and not lines[start - 1].strip():
        start -= 1
    rest = "".join(lines[:start] + lines[end:])
    left = _values(rest).get(_SERVERS)
    if isinstance(left, dict) and SERVER in left:
        raise OthersTable(f"{_SERVERS}.{SERVER} has tables of its own")
    return rest


def _values(text: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise OthersTable(f"it is no TOML: {error}") from error


def _string(word: str) -> str:
    return json.dumps(word, ensure_ascii=False)
