"""A search made into SQL: conditions on episodes, with the steps that they ask for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from hpm_engine.query.nodes import (
    And,
    Date,
    FieldIs,
    Lookup,
    Near,
    Node,
    Not,
    Or,
    Path,
    Range,
    Regex,
    State,
    Text,
    on_steps,
)
from hpm_engine.store.learned.settled import KEPT, LEARNED
from hpm_engine.store.learned.topic_names import OF_TOPICS, TOPIC
from hpm_engine.store.names import NAME
from hpm_engine.store.search import step_sets
from hpm_engine.store.search.conditions import (
    Condition,
    both,
    equals,
    holding,
    joined,
    negation,
    of_project,
)
from hpm_engine.store.search.step_sets import StepSet
from hpm_engine.values.episodes import Tier


class Asked(NamedTuple):
    """A condition on one step: ``steps`` meet it, or do not where ``met`` is false."""

    steps: StepSet
    met: bool = True


# The ids of the steps that fit, among those in a set (None: all) and in episodes that meet
# a condition.
Scan = Callable[[Regex, Condition, StepSet | None], Sequence[int]]
# The ids of the steps nearest in meaning to a text, in episodes that meet a condition.
NearScan = Callable[[str, Condition], Sequence[int]]
# The ids of the steps that answer a lookup, in episodes that meet a condition.
LookupScan = Callable[[Lookup, Condition], Sequence[int]]

_COLUMNS = {
    "id": "e.id",
    "steps": "e.steps",
    "errors": "e.errors",
    "tokens": "(e.tokens_in + e.tokens_out)",
    "cost": "e.cost_usd",
    "hour": "CAST(strftime('%H', e.started_at / 1000000, 'unixepoch', 'localtime') AS INTEGER)",
}
_WEEKDAY = "strftime('%w', e.started_at / 1000000, 'unixepoch', 'localtime')"
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")  # as SQLite counts them
_TIERS = {
    Tier.EPISODIC: "e.kept_share IS NULL",
    Tier.COMPRESSED: "e.kept_share IS NOT NULL",
    Tier.CONSOLIDATED: LEARNED,
}
_STATES = {
    "is:pinned": "e.pinned <> 0",
    "is:subagent": "e.parent_key <> ''",
    "has:error": "e.errors > 0",
    "has:note": "e.id IN (SELECT n.episode_id FROM notes n)",
    "has:subagents": (
        "EXISTS (SELECT 1 FROM episodes c WHERE c.format = e.format AND c.parent_key = e.key"
        " AND c.parent_key <> '')"
    ),
}


class QuerySql:
    """Makes one search into SQL. ``found`` collects the sets of steps that it asks for.

    ``moments`` says in Unix microseconds what each date of the search means.
    """

    def __init__(
        self, moments: Mapping[str, int], scan: Scan, near: NearScan, lookup: LookupScan
    ) -> None:
        self._moments, self._scan, self._near, self._lookup = moments, scan, near, lookup
        self.found: list[StepSet] = []

    def needed(self, node: Node, within: Condition) -> tuple[StepSet | None, Condition]:
        """The set of which an episode must have a step, if there is one, and the other conditions.

        ``within`` is what is known to hold of every episode in question besides.
        """
        items = node.items if isinstance(node, And) else (node,)
        rest = [item for item in items if not on_steps(item)]
        condition = self.condition(And(tuple(rest)), within)
        texts = tuple(item for item in items if on_steps(item))
        asked = self._asked(And(texts), both(within, condition), None) if texts else None
        if asked is not None and asked.met:
            self.found.append(asked.steps)
            return asked.steps, condition
        others = self.condition(And(texts), both(within, condition))
        return None, both(condition, others)

    def condition(self, node: Node, within: Condition, *, positive: bool = True) -> Condition:
        """The condition that an episode meets ``node``."""
        if isinstance(node, Not):
            return negation(self.condition(node.item, within, positive=not positive))
        if on_steps(node):
            asked = self._asked(node, within, None)
            if asked.met:
                return self._with_step(asked.steps, positive)
        match node:
            case And(items):
                return self._all(items, within, positive)
            case Or(items):
                parts = [self.condition(item, within, positive=positive) for item in items]
                return joined(parts, " OR ")
            case Near(text):
                return self._with_step(step_sets.listed(self._near(text, within)), positive)
            case Lookup():
                return self._with_step(step_sets.listed(self._lookup(node, within)), positive)
        return self._of_episode(node)

    def _with_step(self, steps: StepSet, positive: bool) -> Condition:
        if positive:
            self.found.append(steps)
        return with_step(steps)

    def _all(self, items: Sequence[Node], within: Condition, positive: bool) -> Condition:
        """All of ``items``; the costly last, so that they search only what the rest leaves."""
        texts = tuple(item for item in items if on_steps(item))
        if len(texts) > 1 and len(texts) < len(items):
            items = [item for item in items if not on_steps(item)] + [And(texts)]
        parts: list[Condition] = []
        for item in sorted(items, key=is_costly):
            parts.append(self.condition(item, within, positive=positive))
            within = both(within, parts[-1])
        return joined(parts, " AND ")

    # -- one step ------------------------------------------------------------------------------

    def _asked(self, node: Node, episodes: Condition, among: StepSet | None) -> Asked:
        """The steps that meet a condition on texts, or those that do not, if these are the set."""
        match node:
            case Text() | Path():
                return Asked(step_sets.matching(node))
            case Regex():
                return Asked(step_sets.listed(self._scan(node, episodes, among)))
            case Not(item):
                asked = self._asked(item, episodes, among)
                return Asked(asked.steps, not asked.met)
            case And(items):
                return self._every(items, episodes, among)
            case Or(items):
                return _some([self._asked(item, episodes, among) for item in items])
        raise AssertionError(node)

    def _every(self, items: Sequence[Node], episodes: Condition, among: StepSet | None) -> Asked:
        plain = [self._asked(item, episodes, among) for item in items if not is_costly(item)]
        if (first := _each(plain)) is not None and first.met:
            among = first.steps
        scanned = [self._asked(item, episodes, among) for item in items if is_costly(item)]
        asked = _each(plain + scanned)
        assert asked is not None
        return asked

    # -- the episode ---------------------------------------------------------------------------

    def _of_episode(self, node: Node) -> Condition:
        match node:
            case State(field, value):
                return Condition(_STATES[f"{field}:{value}"])
            case Range():
                return _in_range(node)
            case Date(field, text):
                operator = ">=" if field == "after" else "<"
                sql = f"(e.started_at IS NOT NULL AND e.started_at {operator} ?)"
                return Condition(sql, (self._moments[text],))
            case FieldIs("tool", _, _):
                sql, values = equals("t.tool", node)
                source = "SELECT t.episode_id FROM episode_tools t"
                return Condition(f"e.id IN ({source} WHERE {sql})", values)
            case FieldIs("tag", _, _):
                sql, values = equals("t.name", node)
                return Condition(f"e.id IN (SELECT t.episode_id FROM tags t WHERE {sql})", values)
            case FieldIs("session", _, _):
                return joined([equals("e.key", node), equals("e.session_key", node)], " OR ")
            case FieldIs("title", _, _):
                return holding((NAME, "e.agent_title"), node)
            case FieldIs("note", _, _):
                held, values = holding(("n.text",), node)
                return Condition(f"e.id IN (SELECT n.episode_id FROM notes n WHERE {held})", values)
            case FieldIs("topic", _, _):
                held, values = holding((TOPIC,), node)
                return Condition(f"e.id IN ({OF_TOPICS} WHERE {held})", values)
            case FieldIs("kept", value, _):
                return Condition(f"{KEPT} = ?", (value,))
            case FieldIs("learned", value, _):
                return Condition(LEARNED if value == "yes" else f"NOT {LEARNED}")
            case FieldIs("weekday", value, _):
                day = str(_WEEKDAYS.index(value))
                return Condition(f"(coalesce({_WEEKDAY}, '') = ?)", (day,))
            case FieldIs("tier", value, _):
                return Condition(_TIERS[Tier(value)])
            case FieldIs("project", _, _):
                return of_project(node)
            case FieldIs(field, _, _):
                return equals(f"e.{field}", node)
        raise AssertionError(node)


def is_costly(node: Node) -> bool:
    """Whether an expression, a nearness or a lookup is anywhere in ``node``."""
    match node:
        case And(items) | Or(items):
            return any(map(is_costly, items))
        case Not(item):
            return is_costly(item)
    return isinstance(node, Regex | Near | Lookup)


def with_step(steps: StepSet) -> Condition:
    """The episode has a step of a set."""
    ids = step_sets.select(steps)
    return Condition(f"e.id IN (SELECT id >> 24 FROM ({ids.sql}))", ids.values)


def _each(parts: Sequence[Asked]) -> Asked | None:
    """All of ``parts`` in one step. Without a set that is met, the complement is a union."""
    met = [part.steps for part in parts if part.met]
    unmet = [part.steps for part in parts if not part.met]
    if not met:
        return Asked(step_sets.any_of(unmet), met=False) if unmet else None
    steps = step_sets.all_of(met)
    return Asked(step_sets.without(steps, step_sets.any_of(unmet)) if unmet else steps)


def _some(parts: Sequence[Asked]) -> Asked:
    """One of ``parts`` in a step: not (all of their opposites)."""
    opposite = _each([Asked(part.steps, not part.met) for part in parts])
    assert opposite is not None
    return Asked(opposite.steps, not opposite.met)


def _in_range(node: Range) -> Condition:
    column = _COLUMNS[node.field]
    sql, values = [f"{column} IS NOT NULL"], []
    for bound, operator, is_open in (
        (node.low, ">", node.low_open),
        (node.high, "<", node.high_open),
    ):
        if bound is not None:
            sql.append(f"{column} {operator}{'' if is_open else '='} ?")
            values.append(bound)
    return Condition(f"({' AND '.join(sql)})", tuple(values))
