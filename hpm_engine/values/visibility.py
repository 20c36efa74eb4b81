"""Which agents and projects see which episodes, where several agents feed one store."""

from __future__ import annotations

import re
from enum import StrEnum

import msgspec

from hpm_engine.errors import BadQuery

VISIBILITY = "visibility"  # the setting of a store
_NAMED = re.compile(r'(agent|project):("(?:[^"\\]|\\.)*"|[^\s"]+)')
_ESCAPE = re.compile(r"\\(.)")
_HOW = (
    "Write project:NAME private, agent:NAME private, or agent:NAME sees project:NAME and more; "
    "names with spaces in quotes, one rule to a line."
)
_WHO = "Write agent:NAME, project:NAME or both; names with spaces in quotes."


class Field(StrEnum):
    """What of an episode a rule goes by."""

    AGENT = "agent"
    PROJECT = "project"


class Reader(msgspec.Struct, frozen=True):
    """Who asks: an agent at work on a project; "" where that is not known."""

    agent: str = ""
    project: str = ""

    @classmethod
    def parse(cls, text: str) -> Reader:
        """Who "agent:NAME project:NAME" says, or either alone. Raises ``BadQuery`` otherwise."""
        matches = list(_NAMED.finditer(text))
        names = {Field(match[1]): _named(match).name for match in matches}
        if not matches or len(names) < len(matches) or _NAMED.sub("", text).strip():
            raise BadQuery(f"{text!r} does not say who asks. {_WHO}", 0, len(text))
        return cls(names.get(Field.AGENT, ""), names.get(Field.PROJECT, ""))

    def value(self, field: Field) -> str:
        """What it is by a field."""
        return self.agent if field is Field.AGENT else self.project


class Named(msgspec.Struct, frozen=True):
    """An agent or a project by its name."""

    field: Field
    name: str

    def text(self) -> str:
        """As a rule writes it."""
        plain = re.fullmatch(r'[^\s"]+', self.name)
        quoted = self.name.replace("\\", "\\\\").replace('"', '\\"')
        return f"{self.field.value}:{self.name}" if plain else f'{self.field.value}:"{quoted}"'


class Rule(msgspec.Struct, frozen=True):
    """``sees`` is what ``who`` may see beside its own; ``None``: ``who`` is private."""

    who: Named
    sees: tuple[Named, ...] | None


class Visibility(msgspec.Struct, frozen=True):
    """The rules of a store; without any, everybody sees everything.

    What is private is seen by its own agent, or from its own project, alone, and does not settle
    into prototypes, which are shared. An agent or project that ``sees`` some sees nothing else but
    its own. Several rules that concern a reader all hold. A person sees everything.
    """

    rules: tuple[Rule, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Visibility:
        """The rules that a text says. Raises ``BadQuery`` with the place of what is none."""
        rules, at = [], 0
        for line in text.split("\n"):
            if line.strip():
                rules.append(_rule(line, at))
            at += len(line) + 1
        return cls(tuple(dict.fromkeys(rules)))

    def text(self) -> str:
        """What ``parse`` reads as these rules."""
        lines = []
        for rule in self.rules:
            sees = "private" if rule.sees is None else "sees " + _listed(rule.sees)
            lines.append(f"{rule.who.text()} {sees}")
        return "\n".join(lines)

    @property
    def private(self) -> tuple[Named, ...]:
        """What is private."""
        return tuple(rule.who for rule in self.rules if rule.sees is None)

    def hidden_from(self, reader: Reader) -> tuple[tuple[Named, Named | None], ...]:
        """The private agents and projects that a reader is none of.

        A rule may name several projects at once ("api"); of those a reader sees its own.
        """
        hidden: list[tuple[Named, Named | None]] = []
        for project in self.private:
            own = reader.value(project.field)
            if not _is_or_ends(project.field, own, project.name):
                hidden.append((project, None))
            elif own != project.name:
                hidden.append((project, Named(project.field, own)))
        return tuple(hidden)

    def allowed_to(self, reader: Reader) -> tuple[tuple[Named, ...], ...]:
        """For each rule that limits a reader, what it may see: an episode must be in each."""
        return tuple(
            (Named(rule.who.field, reader.value(rule.who.field)), *rule.sees)
            for rule in self.rules
            if rule.sees is not None
            and _concerns(rule.who.field, reader.value(rule.who.field), rule.who.name)
        )


def _is_or_ends(field: Field, value: str, name: str) -> bool:
    """Whether ``value`` is what a rule names; "client-a/api" is an "api"."""
    return value == name or (field is Field.PROJECT and value.endswith(f"/{name}"))


def _concerns(field: Field, value: str, name: str) -> bool:
    """Whether a rule limits a reader; one who says less than the rule may be whom it means.

    Of Windows' folders capitals make no difference.
    """
    if field is Field.PROJECT:
        value, name = value.casefold(), name.casefold()
    return bool(value) and (_is_or_ends(field, value, name) or _is_or_ends(field, name, value))


def _rule(line: str, at: int) -> Rule:
    begins = at + len(line) - len(line.lstrip())
    who = _NAMED.match(line, begins - at)
    if who is None:
        raise BadQuery(f"{line.strip()!r} is no rule. {_HOW}", begins, len(line.strip()))
    rest = line[who.end() :].strip()
    if rest == "private":
        return Rule(_named(who), None)
    verb, _, names = rest.partition(" ")
    matches = list(_NAMED.finditer(names))
    if verb != "sees" or not matches or _NAMED.sub("", names).strip(" ,"):
        raise BadQuery(f"{rest!r} says nothing that a rule can. {_HOW}", at + who.end(), len(rest))
    return Rule(_named(who), tuple(dict.fromkeys(map(_named, matches))))


def _named(match: re.Match[str]) -> Named:
    name = match[2]
    if name.startswith('"'):
        name = _ESCAPE.sub(r"\1", name[1:-1])
    return Named(Field(match[1]), name)


def _listed(names: tuple[Named, ...]) -> str:
    return " ".join(name.text() for name in names)
