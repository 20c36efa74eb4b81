"""Planted lines of notes with what sessions did about each, and the verdict that follows."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import NamedTuple

from hpm_engine.evaluation.notes.wordings import Wording
from hpm_engine.values.note_evidence import NoteVerdict

TRUE, OUTDATED = NoteVerdict.TRUE, NoteVerdict.OUTDATED
CONTRADICTED, NEVER = NoteVerdict.CONTRADICTED, NoteVerdict.NEVER
_BROKEN = (
    "{command}: command not found",
    "error: unknown command",
    "make: *** No rule to make target. Stop.",
    "Error: Missing script",
)
_RED = ("2 failed, 14 passed in 3.1s", "FAILED: exit status 1", "error: 3 checks did not pass")


class Deed(NamedTuple):
    """What happens in a session: a command, an edit, a read, or a person's words.

    ``when`` orders deeds: 0 to 9, the note is written after 5.
    """

    when: int
    kind: str  # "run", "edit", "read", "ask"
    text: str
    output: str = "ok"
    worked: bool = True
    body: str = ""


class PlantedLine(NamedTuple):
    """A line of a note, its verdict, and the deeds behind it."""

    text: str
    verdict: NoteVerdict
    what: str
    deeds: tuple[Deed, ...]


class Pools(NamedTuple):
    """The words of a seed, chosen so that no line's programs are another line's."""

    wording: Wording
    pairs: list[tuple[str, str]]
    ways: list[tuple[str, str]]
    commands: list[str]


Maker = Callable[[random.Random, Pools], Iterator[PlantedLine]]


def planted_lines(seed: str, wording: Wording) -> list[PlantedLine]:
    """All lines of one seed: each kind in each of its verdicts, in an order of chance."""
    chooser = random.Random(f"{seed}:{wording.name}")
    pools = _pools(chooser, wording)
    lines = [line for maker in MAKERS for line in maker(chooser, pools)]
    chooser.shuffle(lines)
    return lines


def _pools(chooser: random.Random, wording: Wording) -> Pools:
    used: set[str] = set()

    def apart(pairs: tuple[tuple[str, str], ...], count: int) -> list[tuple[str, str]]:
        chosen: list[tuple[str, str]] = []
        for pair in chooser.sample(pairs, len(pairs)):
            if len(chosen) < count and not used & set(pair):
                chosen.append(pair)
                used.update(pair)
        return chosen

    pairs, ways = apart(wording.pairs, 2), apart(wording.ways, 3)
    commands = [
        each
        for each in wording.commands
        if each.split()[0] not in used and not set(each.split()) & set(wording.verbs)
    ]
    return Pools(wording, pairs, ways, chooser.sample(commands, 4))


def _commands(chooser: random.Random, pools: Pools) -> Iterator[PlantedLine]:
    commands, rules = pools.commands, chooser.sample(pools.wording.command_lines, 4)
    lines = [rule.format(command=command) for rule, command in zip(rules, commands, strict=True)]
    red = chooser.choice(_RED)
    good = [
        [Deed(when, "run", command) for when in sorted(chooser.sample(range(5), 3))]
        for command in commands
    ]
    yield PlantedLine(
        lines[0],
        TRUE,
        "command that works",
        (*good[0], Deed(6, "run", commands[0], red, False), Deed(7, "run", commands[0])),
    )
    broken = chooser.choice(_BROKEN).format(command=commands[1].split()[0])
    later = [Deed(when, "run", commands[1], broken, False) for when in (7, 8)]
    yield PlantedLine(lines[1], CONTRADICTED, "command that fails now", (*good[1], *later))
    failing = [Deed(when, "run", commands[2], red, False) for when in (6, 7, 9)]
    yield PlantedLine(lines[2], CONTRADICTED, "command that fails for long", (*good[2], *failing))
    yield PlantedLine(lines[3], NEVER, "command that nobody ran", ())


def _taken_over(chooser: random.Random, pools: Pools) -> Iterator[PlantedLine]:
    (old, new), (kept, other) = pools.pairs
    wording = pools.wording
    verbs = chooser.sample(wording.verbs, 2)
    rules = chooser.sample(wording.command_lines, 2)
    first = f"{old} {verbs[0]}"
    deeds = [Deed(when, "run", first) for when in (1, 3)]
    deeds += [Deed(when, "run", f"{new} {verbs[0]}") for when in (6, 8, 9)]
    yield PlantedLine(
        rules[0].format(command=first), CONTRADICTED, "command taken over", tuple(deeds)
    )
    second = f"{kept} {verbs[1]}"
    deeds = [Deed(when, "run", f"{other} {verbs[1]}") for when in (0, 2)]
    deeds += [Deed(when, "run", second) for when in (4, 7, 8)]
    yield PlantedLine(rules[1].format(command=second), TRUE, "command that took over", tuple(deeds))


def _scripts(chooser: random.Random, pools: Pools) -> Iterator[PlantedLine]:
    wording = pools.wording
    changed, same = chooser.sample(wording.scripts, 2)
    rules = chooser.sample(wording.command_lines, 2)
    runs = [Deed(when, "run", changed) for when in (1, 4)]
    edit = Deed(8, "edit", changed.split()[0].removeprefix("./"), body="set -e\nexit 0\n")
    text = rules[0].format(command=changed)
    yield PlantedLine(text, OUTDATED, "script changed since", (*runs, edit))
    early = Deed(0, "edit", same.split()[0].removeprefix("./"), body="set -e\n")
    runs = [Deed(when, "run", same) for when in (2, 7)]
    text = rules[1].format(command=same)
    yield PlantedLine(text, TRUE, "script that works", (early, *runs))


def _ways(chooser: random.Random, pools: Pools) -> Iterator[PlantedLine]:
    wording, pairs = pools.wording, pools.ways
    rules = chooser.sample(wording.way_lines, 3)
    for (good, bad), rule, verdict in zip(pairs, rules, (TRUE, CONTRADICTED, NEVER), strict=True):
        first, last = (bad, good) if verdict is TRUE else (good, bad)
        deeds = (
            ()
            if verdict is NEVER
            else (
                Deed(1, "run", f"{first} {chooser.choice(wording.way_uses)}"),
                Deed(7, "run", f"{last} {chooser.choice(wording.way_uses)}"),
                Deed(8, "run", f"{last} {chooser.choice(wording.way_uses)}"),
            )
        )
        yield PlantedLine(rule.format(good=good, bad=bad), verdict, "way", deeds)


def _values(chooser: random.Random, pools: Pools) -> Iterator[PlantedLine]:
    wording = pools.wording
    things = chooser.sample(wording.things, 5)
    numbers = chooser.sample(range(1100, 9900), 8)
    rules = chooser.sample(wording.value_lines, 5)
    texts = [
        rule.format(thing=thing.name, key=thing.key, value=value)
        for rule, thing, value in zip(rules, things, numbers, strict=False)
    ]

    def said(when: int, number: int, value: int) -> Deed:
        thing, words = things[number], chooser.choice(wording.value_asks)
        return Deed(when, "ask", words.format(thing=thing.name, key=thing.key, value=value))

    def run(when: int, number: int, value: int) -> Deed:
        return Deed(when, "run", f"{things[number].program} --{things[number].flag} {value}")

    def edit(when: int, number: int, value: int) -> Deed:
        thing = things[number]
        return Deed(when, "edit", thing.file, body=f"# {thing.name}\n{thing.key} = {value}\n")

    yield PlantedLine(texts[0], TRUE, "value", (said(1, 0, numbers[0]), run(7, 0, numbers[0])))
    yield PlantedLine(
        texts[1], CONTRADICTED, "value by command", (run(2, 1, numbers[1]), run(7, 1, numbers[5]))
    )
    yield PlantedLine(
        texts[2],
        CONTRADICTED,
        "value by words",
        (said(1, 2, numbers[2]), said(8, 2, numbers[6])),
    )
    yield PlantedLine(
        texts[3],
        CONTRADICTED,
        "value by file",
        (edit(2, 3, numbers[3]), edit(8, 3, numbers[7])),
    )
    yield PlantedLine(texts[4], NEVER, "value that nobody gave", ())


def _files(chooser: random.Random, pools: Pools) -> Iterator[PlantedLine]:
    wording = pools.wording
    paths = chooser.sample(wording.paths, 5)
    rules = chooser.sample(wording.path_lines, 5)
    texts = [rule.format(path=path) for rule, path in zip(rules, paths, strict=True)]
    reads = [Deed(chooser.randrange(5), "read", path, "lines of it") for path in paths]
    yield PlantedLine(texts[0], TRUE, "file", (reads[0], Deed(8, "read", paths[0], "lines of it")))
    edit = Deed(8, "edit", paths[1], body="changed = True\n")
    yield PlantedLine(texts[1], OUTDATED, "file changed since", (reads[1], edit))
    folder = paths[2].rpartition("/")[0]
    moved = Deed(7, "run", f"git mv {paths[2]} {folder}/renamed_{chooser.randrange(90)}.txt")
    yield PlantedLine(texts[2], OUTDATED, "file moved", (reads[2], moved))
    gone = Deed(6, "run", f"git rm {paths[3]}")
    yield PlantedLine(texts[3], OUTDATED, "file deleted", (reads[3], gone))
    yield PlantedLine(texts[4], NEVER, "file that nobody met", ())


def _statements(chooser: random.Random, pools: Pools) -> Iterator[PlantedLine]:
    wording = pools.wording
    chosen = chooser.sample(wording.statements, 3)
    said, back, never = chosen
    yield PlantedLine(said.line, TRUE, "word of a person", (Deed(2, "ask", said.ask),))
    deeds = (Deed(1, "ask", back.ask), Deed(8, "ask", back.back))
    yield PlantedLine(back.line, CONTRADICTED, "word taken back", deeds)
    yield PlantedLine(never.line, NEVER, "word that nobody said", ())


MAKERS: tuple[Maker, ...] = (
    _commands,
    _taken_over,
    _scripts,
    _ways,
    _values,
    _files,
    _statements,
)
