"""Which steps of an episode read a file first, write it first and write it last."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

import msgspec

from hpm_engine.compressor.evidence.commands import Does, does, is_source
from hpm_engine.encoder.step_text import without_json
from hpm_engine.values.episodes import PartKind, Step

_CODE = (
    "py|pyi|pyx|js|jsx|ts|tsx|rs|go|java|kt|c|cc|cpp|h|hpp|cs|rb|php|swift|scala|sh|sql|html|css"
    "|md|rst|txt|toml|cfg|ini|yaml|yml|json|xml|lock"
)
_PATH = rf"(?:[\w.@+-]*/)*[\w.@+-]+\.(?:{_CODE})\b"
_ANY = re.compile(rf"(?<![\w/.@+-])/?{_PATH}(?!\()")
_QUOTED = re.compile(rf"""["'](/?{_PATH})["']""")
# Looking back behind a word, not before it, lets a search skip to its first letter. Options and
# quoted scripts have bounds: a call made of beginnings without ends must not be read for each.
_REDIRECTED = re.compile(rf"""(?:>\s*|tee(?<!\wtee)\s+(?:-a\s+)?)["']?(/?{_PATH})""")
_IN_PLACE = re.compile(
    r"""(?:sed(?<!\wsed)|perl(?<!\wperl))\s+(?:-\w+\s+){0,20}-\w*i\b"""
    r"""((?:'[^']*'|"[^"\\]*(?:\\.[^"\\]*){0,99}"|[^'"\n])*)""",
    re.S,
)
_MOVED = re.compile(
    rf"(?:mv(?<!\wmv)|cp(?<!\wcp))\s+\S+\s+(/?{_PATH})"
    rf"|patch(?<!\wpatch)\s+(?:-\S+\s+){{0,20}}(/?{_PATH})"
)
_APPLIED = re.compile(
    rf"\*\*\* (?:Update|Add) File: (/?{_PATH})|\+\+\+(?<![^\n]\+\+\+) (?:b/)?(/?{_PATH})"
)
_NAMING = ((("mv", "cp", "patch"), _MOVED), (("*** ", "+++ "), _APPLIED))
_WRITES = re.compile(r"""\.write\(|write_text\(|writelines\(|,\s*["'][wa]\+?["']\s*[,)]""")
_EDITOR = re.compile(r'"(?:new_str|new_string|file_text|new_source|edits|content)"\s*:')
_TARGET = re.compile(rf'"(?:path|file_path|notebook_path|filename)"\s*:\s*"(/?{_PATH})"')
_EDITED = re.compile(
    rf"^(?:str_replace_editor\s+(?:create|str_replace|insert)|create|edit)\s+(/?{_PATH})"
)
_VIEWED = re.compile(
    r"str_replace_editor(?<![^\n]str_replace_editor)\s+view\b|open(?<![^\n]open)\b"
    r'|"command"\s*:\s*"view"'
)
_BODY = re.compile(r"<<-?\s*['\"]?(\w+)['\"]?")
_GONE = re.compile(r"(?:git(?<!\wgit)\s+(?:checkout|restore|stash)|rm(?<!\wrm))\b([^\n]*)")


class Roles(msgspec.Struct, frozen=True):
    """One file and the positions of the steps that read it, wrote it and took it back."""

    path: str
    reads: tuple[int, ...]
    writes: tuple[int, ...]
    taken_back: tuple[int, ...]  # removed, or set back to what stood before

    @property
    def source(self) -> bool:
        """Neither a test nor an attempt that is thrown away."""
        return is_source(self.path)

    @property
    def stands(self) -> bool:
        """Whether something was written that was not taken back."""
        return bool(self.writes) and max(self.writes) > max(self.taken_back, default=-1)


def file_roles(steps: Sequence[Step], kinds: Sequence[Does] | None = None) -> tuple[Roles, ...]:
    """Every file that the steps' calls read, wrote or took back, in the order of first sight.

    Written is what a shell redirects into, ``sed -i`` or ``patch`` names, an editor's call targets,
    or a script names that writes files; read is what a reading command names and does not write.
    ``kinds`` are what the steps do, where that is known already.
    """
    kinds = tuple(map(does, steps)) if kinds is None else kinds
    seen: dict[str, tuple[list[int], list[int], list[int]]] = {}
    names: dict[str, list[str]] = {}
    for seq, (step, kind) in enumerate(zip(steps, kinds, strict=True)):
        calls = [part.text for part in step.parts if part.kind is PartKind.CALL]
        wrote = {path for call in calls for path in written(call)}
        text = "\n".join(map(without_json, calls))
        bare = _without_bodies(text)
        gone = {path for rest in _GONE.findall(bare) for path in _ANY.findall(rest)} - wrote
        looked = kind is Does.READ or any(map(_VIEWED.search, calls))
        read = set(_ANY.findall(bare)) - wrote - gone if looked else set()
        for column, paths in enumerate((read, wrote, gone)):
            for path in sorted(paths):
                seen.setdefault(_short(path, names), ([], [], []))[column].append(seq)
    return tuple(Roles(path, *map(tuple, of)) for path, of in seen.items())


def written(call: str) -> set[str]:
    """The files that a call writes; ``call`` as it was made, in JSON or not."""
    if _EDITOR.search(call):
        return set(_TARGET.findall(call))
    if edited := set(_EDITED.findall(call)):
        return edited
    call = without_json(call)
    paths = set(_REDIRECTED.findall(call))
    for command in _IN_PLACE.findall(call):
        paths.update(_ANY.findall(command))
    for signs, pattern in _NAMING:
        # Looking for a few letters first takes a hundredth of the time.
        if any(sign in call for sign in signs):
            paths.update(path for pair in pattern.findall(call) for path in pair if path)
    if _WRITES.search(call):
        paths.update(_QUOTED.findall(call))
    return paths


def _without_bodies(text: str) -> str:
    """A command without what it hands to a program in lines of its own, up to the word it names."""
    if "<<" not in text:
        return text
    lines = text.split("\n")
    line_indexes: dict[str, list[int]] = {}
    for index, line in enumerate(lines):
        line_indexes.setdefault(line.rstrip(), []).append(index)
    kept, position = [], 0
    while position < len(lines):
        begin = _BODY.search(lines[position])
        ends = line_indexes.get(begin[1], []) if begin else []
        if begin and (after := bisect_right(ends, position)) < len(ends):
            kept.append(lines[position][: begin.start()])
            position = ends[after]
        else:
            kept.append(lines[position])
        position += 1
    return "\n".join(kept)


def same_file(path: str, other: str) -> bool:
    """Whether two paths can be of one file: the longer ends in the shorter."""
    return path == other or path.endswith(f"/{other}") or other.endswith(f"/{path}")


def _short(path: str, names: dict[str, list[str]]) -> str:
    """The path by which a file was met first; ``names`` holds those met, by their last part.

    One that names no folder can be of any file of that name: it stays for itself.
    """
    path = path.removeprefix("./")
    known = names.setdefault(path.rpartition("/")[2], [])
    for known_path in known:
        if known_path == path or (
            "/" in known_path.strip("/") and "/" in path and same_file(known_path, path)
        ):
            return known_path
    known.append(path)
    return path
