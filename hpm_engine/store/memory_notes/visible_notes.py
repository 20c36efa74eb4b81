"""Which notes a reader may see, by the store's rules; and those within the scope of a recall."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs

from hpm_engine.query.nodes import And, Date, FieldIs, Node
from hpm_engine.store.file.database import Database
from hpm_engine.store.memory_notes.note_conditions import AGENT, NoteConditions, agent_key
from hpm_engine.store.memory_notes.note_projects import PROJECTS, NoteProjects, as_rows
from hpm_engine.store.proposals.rows import ACCEPTED
from hpm_engine.store.search.conditions import Condition, joined
from hpm_engine.store.visible import VisibleRows, allowed, any_of, hidden
from hpm_engine.values.recall import RecallScope
from hpm_engine.values.visibility import Field, Named, Reader, Rule, Visibility

# What a person accepted is given by itself: see ``AcceptedNotes``.
_THERE = Condition(
    f"(n.gone_at IS NULL AND n.store <> '{ACCEPTED}'"
    " AND EXISTS (SELECT 1 FROM memory_note_versions v WHERE v.note_id = n.id))"
)
_NOT_APART = Condition("n.id NOT IN (SELECT number FROM quarantine WHERE kind = 'note')")
# Each project of each scope, with every agent that has notes for it.
_NOTED = (
    f"(SELECT e.*, p.agent FROM {PROJECTS} JOIN"
    f" (SELECT DISTINCT n.scope AS scope, {AGENT} AS agent FROM memory_notes n) p"
    " ON p.scope = e.scope) e"
)
# The sessions that notes name; the formats are listed since the indexes begin with them.
_NAMED = (
    "SELECT l.note_id, x.agent, x.project, x.project_path FROM memory_note_links l"
    " CROSS JOIN (SELECT DISTINCT format FROM episodes) f CROSS JOIN episodes x"
    " ON x.format = f.format AND {} WHERE l.kind = 'session'"
)
_BRANCH = "x.session_key = l.target AND x.session_key <> ''"
_SESSIONS = f"({_NAMED.format('x.key = l.target')} UNION ALL {_NAMED.format(_BRANCH)}) e"


class VisibleNotes:
    """The rules of a store, applied to its notes. Reads inside the caller's transaction.

    The agent and the project of a note are held against the rules as those of an episode are.
    Besides, a reader is given notes of its own project and those for everywhere alone, unless a
    rule says that it sees others; and none that says it comes from a session that it may not see.
    """

    def __init__(self, database: Database) -> None:
        self._db = database
        self._rules = VisibleRows(database)

    def condition(self, reader: Reader | None) -> Condition:
        """What must hold of a note that is still there for ``reader`` to see it.

        A person, who is None, sees every note. Raises ``BadQuery`` where the rules say none.
        """
        if reader is None:
            return _THERE
        rules = self._rules.rules()
        spoken = Visibility(tuple(map(_as_noted, rules.rules)))
        asking = structs.replace(reader, agent=agent_key(reader.agent))
        private = _all(hidden(spoken, asking))
        limits = _all(allowed(spoken, asking))
        own = _own(spoken, asking)
        fits = f"({private.sql}) AND (e.above OR (({limits.sql}) AND ({own.sql})))"
        projects = Condition(
            f"(n.scope, {AGENT}) NOT IN (SELECT e.scope, e.agent FROM {_NOTED} WHERE NOT ({fits}))",
            (as_rows(NoteProjects(self._db).all()), *private.values, *limits.values, *own.values),
        )
        seen = _all(self._rules.conditions(reader))
        sessions = Condition(
            f"n.id NOT IN (SELECT e.note_id FROM {_SESSIONS} WHERE NOT ({seen.sql}))", seen.values
        )
        return joined([_THERE, _NOT_APART, projects, *([sessions] if seen.values else [])], " AND ")

    def within(self, scope: RecallScope) -> Condition | None:
        """What must hold of a note for a recall within ``scope`` to give it.

        Notes for everywhere are within every project. None where the scope asks what no note has:
        then no note is given.
        """
        if scope.outcome or scope.tag or scope.without_tag or scope.among is not None:
            return None
        asked: list[Node] = [FieldIs("agent", scope.agent)] if scope.agent else []
        moments: dict[str, int] = {}
        for field, moment in (("after", scope.since), ("before", scope.until)):
            if moment is not None:
                asked.append(Date(field, field))
                moments[field] = moment
        conditions = NoteConditions(self._db, moments)
        parts = [_NOT_APART, self.condition(scope.reader), conditions.of(And(tuple(asked)))]
        if scope.project:
            project = conditions.of(FieldIs("project", scope.project))
            parts.append(joined([Condition("n.scope = ''"), project], " OR "))
        return joined(parts, " AND ")

    def count(self, reader: Reader | None) -> int:
        """How many notes that are still there a reader sees."""
        where = self.condition(reader)
        sql = f"SELECT count(*) FROM memory_notes n WHERE {where.sql}"
        number: int = self._db.value(sql, where.values)
        return number

    def matches(self, name: Named) -> bool:
        """Whether a rule's name is that of the agent or the project of any note."""
        sql, values = any_of((_named_as_noted(name),))
        rows = as_rows(NoteProjects(self._db).all())
        found = f"SELECT EXISTS (SELECT 1 FROM {_NOTED} WHERE {sql})"
        return bool(self._db.value(found, (rows, *values)))


def _own(rules: Visibility, reader: Reader) -> Condition:
    """A note for everywhere, of the reader's project, or of what a rule says that it sees."""
    parts = [Condition("e.scope = ''")]
    if reader.project:
        sql, values = any_of((Named(Field.PROJECT, reader.project),))
        parts.append(Condition(sql, tuple(values)))
        # Some memories know a project by a name alone, some readers theirs by its path.
        last = reader.project.replace("\\", "/").rstrip("/").rpartition("/")[2]
        parts.append(Condition("(e.project = e.project_path AND e.project = ?)", (last,)))
    named = [name for names in rules.allowed_to(reader) for name in names[1:]]
    if named:
        sql, values = any_of(tuple(named))
        parts.append(Condition(sql, tuple(values)))
    return joined(parts, " OR ")


def _all(conditions: Sequence[tuple[str, list[str]]]) -> Condition:
    return joined([Condition(sql, tuple(values)) for sql, values in conditions], " AND ")


def _as_noted(rule: Rule) -> Rule:
    sees = None if rule.sees is None else tuple(map(_named_as_noted, rule.sees))
    return Rule(_named_as_noted(rule.who), sees)


def _named_as_noted(name: Named) -> Named:
    return name if name.field is Field.PROJECT else Named(name.field, agent_key(name.name))
