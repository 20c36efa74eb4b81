"""What the lines of a note claim: commands, one thing in place of another, values, files, names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from hpm_engine.evidence.programs import ALSO_WORDS, HOMONYMS, PROGRAMS
from hpm_engine.ingest.memory_notes.front_matter import read_markdown
from hpm_engine.words.path_names import paths_with_ending

_MARKER = re.compile(r"\s{0,12}(?:[-*+]|\d{1,3}[.)])\s+(?:\[[ xX]\]\s+)?")
_NOTE_LINK = re.compile(r"\[([^\[\]\n]{1,300})\]\([^()\n]{1,1000}\)")
# What Codex writes at the head of what it remembers of a session; no claim.
_HEAD_FIELD = re.compile(r"(?:thread_id|updated_at|rollout_path|cwd|git_branch|session_id): ")
_FENCE = re.compile(r"\s{0,6}(?:```|~~~)")
_SPAN = re.compile(r"`([^`\n]{1,300})`")
_FOLDER = re.compile(r"(?<![\w/.~-])((?:[\w.-]{1,60}/){1,8})(?![\w/])")
_WORD = r"`[^`\n]{1,80}`|[\w@./-]{2,60}"
_INSTEAD = re.compile(
    rf"(?P<good>{_WORD})(?: for [\w-]{{1,20}})?,? (?:and )?"
    rf"(?:not|never|instead of|rather than|in place of|over|replaces|replaced)"
    rf" (?:with |by |the |use |using |run )?(?P<bad>{_WORD})",
    re.IGNORECASE,
)
_NOT_BUT = re.compile(
    rf"\b(?:not|never|don['\u2019]t|do not|no longer|stop using|avoid)"
    rf" (?:use |using |run |running |call |calling |with |the )?(?P<bad>{_WORD})[^.\n]{{0,40}}?"
    rf"[,;:.\u2014\u2013-]{{1,2}} ?(?:but |please |always |we |so )?"
    rf"(?:use|prefer|run|call|take) (?:the )?(?P<good>{_WORD})",
    re.IGNORECASE,
)
_VALUE = re.compile(
    r"(?P<key>[A-Za-z_][\w-]{1,40})`?(?P<between>(?:[ ]?[=:][ ]?|[ ](?:is|are|of|at|to|was|stays|"
    r"on|must be|set to|defaults to|about|exactly|now)){0,3}[ ]?)`?"
    r"(?P<value>\d{1,12}(?:[.,]\d{1,9}){0,3})(?![\w/]|\.\d)(?P<unit>[ ]?(?:%|[A-Za-z]{1,20}))?"
)
_VALUE_OF = re.compile(
    r"(?P<key>[A-Za-z_][\w-]{1,40})`? (?:of|for) (?:the |an? )?`?[\w'-]{1,30}`?"
    r"(?: [\w'-]{1,30}){0,2}"
    r" ?(?:is|are|=|:|at|stays at|must be|is set to|to be)[ ]?`?(?P<value>\d{1,12}(?:\.\d{1,9})?)"
    r"(?![\w/]|\.\d)"
)
_HOST = re.compile(r"(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\]):(\d{2,5})\b")
_COUNT = re.compile(r"(?<![\w.:=/-])(\d{1,9}(?:\.\d{1,6})?)[ ]?(%|[A-Za-z_]{2,24})")
_NAME = re.compile(
    r"(?<![\w/.-])([a-z]\w{0,40}_\w{1,60}|[a-z]{1,30}[A-Z]\w{1,60}|[A-Z][a-z]\w{0,40}[A-Z]\w{0,60}"
    r"|[A-Z][A-Z0-9]{0,30}_[A-Z0-9_]{1,60})(?![\w/])"
)
_FORBIDS = re.compile(
    r"\b(?:never|don['\u2019]t|do not|must not|mustn['\u2019]t|avoid|no longer|shall not|cannot)\b",
    re.IGNORECASE,
)
_CODE_NAME = re.compile(r"[A-Za-z_][\w.:-]{2,80}(?:\(\))?")
_ENDS = frozenset(
    (
        *("and", "or", "to", "for", "in", "on", "with", "is", "are", "was", "before"),
        *("after", "from", "instead", "not", "at", "first", "when", "then", "must", "never"),
        *("always", "only", "by", "as", "if", "so", "until", "while", "once", "has", "have"),
        *("had", "does", "do", "goes", "go", "runs", "run", "fails", "works", "passes"),
        *("which", "that", "the", "a", "an", "it", "since", "because", "where", "each"),
        *("every", "again", "now"),
    )
)
_NO_KEY = frozenset(
    (
        *("the", "a", "an", "and", "or", "is", "are", "in", "on", "of", "to", "for", "at"),
        *("by", "with", "from", "than", "about", "under", "over", "least", "most", "within"),
        *("every", "each", "only", "exactly", "until", "since", "version", "step", "line"),
        *("lines", "page", "since", "up"),
    )
)
_ALONE = frozenset(("pytest", "tox", "nox", "vitest", "jest", "tsc", "mypy"))
_NO_WAYS = frozenset(("use", "used", "run", "we", "it", "do", "but"))
_BELOW = "./..."  # Go's name for all packages
_CALLS = frozenset(("run", "runs", "execute", "call", "with", "via", "using", "by", "started"))
_ENGLISH = frozenset(("sure", "it", "them", "a", "an", "the", "this", "that", "us", "you", "up"))
_WORDS = 5  # of a command that nothing marks


class Quantity(NamedTuple):
    """A value with the word that names it: ("port", "8080")."""

    key: str
    value: str


class Claim(NamedTuple):
    """A line of a note and what in it sessions could show."""

    line: int  # from 1
    text: str
    commands: tuple[str, ...] = ()
    instead: tuple[tuple[str, str], ...] = ()  # what to use, what not
    quantities: tuple[Quantity, ...] = ()
    paths: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    forbids: bool = False

    @property
    def said(self) -> str:
        """What it says: of links their words alone."""
        return _NOTE_LINK.sub(r"\1", self.text)


def claims(text: str) -> Iterator[Claim]:
    """The lines of a note that say something, without front matter, headings and rules."""
    markdown = read_markdown(text)
    first = text.count("\n") - markdown.body.count("\n")
    fenced = False
    for number, line in enumerate(markdown.body.split("\n"), first + 1):
        if _FENCE.match(line):
            fenced = not fenced
            continue
        stripped = line.strip()
        if not any(letter.isalnum() for letter in stripped):
            continue
        if not fenced and (stripped.startswith(("#", "<!--")) or _HEAD_FIELD.match(stripped)):
            continue
        yield _fenced(number, stripped) if fenced else claim_of(number, stripped)


def claim_of(number: int, line: str) -> Claim:
    """What one line claims."""
    marker = _MARKER.match(line)
    text = line[marker.end() :] if marker else line
    plain = _NOTE_LINK.sub(r"\1", text[:4_000]).replace("**", "")[:2_000]
    spans = [span.strip() for span in _SPAN.findall(plain)]
    instead = tuple(dict.fromkeys(_instead(plain)))
    commands = [span for span in spans if is_command(span)]
    commands += [each for each in _bare(_SPAN.sub(" . ", plain)) if each not in commands]
    bad = {bad for _, bad in instead}
    commands = [each for each in commands if each not in bad]
    rest = plain
    for command in commands:
        rest = rest.replace(command, " ")
    paths = [path for path in paths_with_ending(rest) if "." in path or "/" in path]
    paths += [each for each in _FOLDER.findall(rest) if each.rstrip("/") not in ("and", "or")]
    own = [
        span.removesuffix("()")
        for span in spans
        if span not in commands and _CODE_NAME.fullmatch(span)
    ]
    names = own + list(_NAME.findall(_without(rest, paths)))
    used = {part for pair in instead for part in pair}
    return Claim(
        number,
        text,
        tuple(dict.fromkeys(commands)),
        instead,
        tuple(dict.fromkeys(quantities(rest))),
        tuple(dict.fromkeys(paths)),
        tuple(dict.fromkeys(n for n in names if n not in paths and n not in used)),
        not instead and _FORBIDS.search(plain) is not None,
    )


def _fenced(number: int, line: str) -> Claim:
    """A line of a block of code: a command, if it begins with a program."""
    command = line.removeprefix("$ ").split(" #", 1)[0].strip()
    if is_command(command):
        return Claim(number, line, commands=(command,))
    return Claim(number, line)


def is_command(span: str) -> bool:
    """Whether a code span is a command line: it begins with a program or a script."""
    words = span.split()
    if not words or words[0][:1] in "-(<[{":
        return False
    program = words[0].rpartition("/")[2]
    if program in PROGRAMS:
        return len(words) > 1 or program in (
            "pytest",
            "tox",
            "nox",
            "vitest",
            "jest",
            "tsc",
            "mypy",
        )
    if program in ALSO_WORDS or words[0].startswith("./"):
        return len(words) > 1 or words[0].startswith("./")
    return words[0].endswith((".sh", ".bash")) or (len(words) > 1 and program.endswith(".py"))


def _bare(text: str) -> Iterator[str]:
    """Commands that nothing marks as such: a program and the words behind it."""
    words = text.split()
    for index, raw in enumerate(words[:-1]):
        word = raw.lstrip("(\"'“")
        following = words[index + 1].rstrip(".,;:!?)\"'”")
        before = words[index - 1].lower() if index else ""
        called = (before in _CALLS or before.endswith(":")) and following not in _ENGLISH
        known = word in PROGRAMS - HOMONYMS or following in ALSO_WORDS.get(word, ())
        known = known or (called and (word in ALSO_WORDS or word in HOMONYMS))
        if not known or following in _ENDS or not following:
            continue
        taken = [word]
        for each in words[index + 1 : index + _WORDS]:
            end = each[: len(_BELOW)] if each.startswith(_BELOW) else each.rstrip(".,;:!?)\"'”")
            if end.lower() in _ENDS or not end:
                break
            taken.append(end)
            if end != each or end[:1].isupper():
                break
        if len(taken) > 1:
            yield " ".join(taken)


def _instead(text: str) -> Iterator[tuple[str, str]]:
    for pattern in (_INSTEAD, _NOT_BUT):
        for match in pattern.finditer(text):
            good, bad = (match[side].strip("`.,;: ") for side in ("good", "bad"))
            plain = {good.lower(), bad.lower()}
            if len(plain) > 1 and not plain & _ENDS and good.lower() not in _NO_WAYS:
                yield good, bad


def quantities(text: str) -> Iterator[Quantity]:
    """The values of a text, each with the word that names it."""
    named = {match.start("value"): match["key"].lower() for match in _VALUE_OF.finditer(text)}
    for match in _VALUE.finditer(text):
        if match.start("value") in named:
            continue
        key = match["key"].lower()
        if key not in _NO_KEY:
            yield Quantity(key, match["value"])
    for start, key in named.items():
        value = re.compile(r"[\d.]+").match(text, start)
        if value is not None and key not in _NO_KEY:
            yield Quantity(key, value[0].rstrip("."))
    for match in _HOST.finditer(text):
        yield Quantity("port", match[1])
    for match in _COUNT.finditer(text):
        unit = match[2].lower()
        if unit not in _NO_KEY and unit not in _ENDS:
            yield Quantity(unit, match[1])


def _without(text: str, paths: list[str]) -> str:
    for path in paths:
        text = text.replace(path, " ")
    return text
