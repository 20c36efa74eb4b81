"""A search of notes made into SQL."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import structs

from hpm_engine.query.nodes import And, Date, FieldIs, Node, Not, Or, Text, has_words
from hpm_engine.store.file.database import Database
from hpm_engine.store.memory_notes.note_projects import PROJECTS, NoteProjects, as_rows
from hpm_engine.store.search.conditions import (
    Condition,
    equals,
    holding,
    joined,
    negation,
    of_project,
)
from hpm_engine.words.scripts import begins, sought

AGENT = "replace(lower(n.agent), ' ', '-')"  # notes call "Claude Code" what sessions do not
_NO_NOTE = Condition("0")


class NoteConditions:
    """Makes searches into conditions on the note ``n``.

    ``moments`` says in Unix microseconds what each date of the search means. What a note's date is:
    when it was written last, as its file or its memory says.
    """

    def __init__(self, database: Database, moments: Mapping[str, int]) -> None:
        self._projects = NoteProjects(database)
        self._moments = moments

    def of(self, node: Node) -> Condition:
        """The condition that a note meets ``node``, which ``parse_of_notes`` gave."""
        match node:
            case And(items):
                return joined([self.of(item) for item in items], " AND ")
            case Or(items):
                return joined([self.of(item) for item in items], " OR ")
            case Not(item):
                return negation(self.of(item))
            case Text():
                return _holding_words(node)
            case Date(field, text):
                operator = ">=" if field == "after" else "<"
                at = "coalesce(n.changed_at, n.created_at)"
                sql = f"({at} IS NOT NULL AND {at} {operator} ?)"
                return Condition(sql, (self._moments[text],))
            case FieldIs("title", _, _):
                return holding(("n.title", "n.name"), node)
            case FieldIs("agent", _, _):
                return equals(AGENT, structs.replace(node, value=agent_key(node.value)))
            case FieldIs("project", _, _):
                return self._of_project(node)
        raise AssertionError(node)

    def _of_project(self, node: FieldIs) -> Condition:
        condition = of_project(node)
        sql = f"n.scope IN (SELECT e.scope FROM {PROJECTS} WHERE NOT e.above AND {condition.sql})"
        return Condition(sql, (as_rows(self._projects.all()), *condition.values))


def agent_key(name: str) -> str:
    """An agent's name so that those of notes and of sessions are equal."""
    return name.lower().replace(" ", "-")


def _holding_words(node: Text) -> Condition:
    if not has_words(node.value):
        return _NO_NOTE
    phrase = sought(node.value).replace('"', '""').replace("\0", " ")
    goes_on = node.prefix or begins(node.value)
    return Condition(
        "n.id IN (SELECT rowid FROM memory_note_words WHERE memory_note_words MATCH ?)",
        (f'"{phrase}"' + "*" * goes_on,),
    )
