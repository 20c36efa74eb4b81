"""A search in words for a person."""

from __future__ import annotations

from hpm_engine.query import dates
from hpm_engine.query.describe import number
from hpm_engine.query.nodes import (
    EVERYTHING,
    And,
    Date,
    FieldIs,
    Lookup,
    LookupKind,
    Near,
    Node,
    Not,
    Or,
    Path,
    Range,
    Regex,
    State,
    Text,
    needs_text,
    on_steps,
)
from hpm_engine.values.episodes import Kept, Tier

_KEPT = {
    Kept.WHOLE: "all of its text is kept",
    Kept.COMPRESSED: "it is compressed, its whole text beside that",
    Kept.EVICTED: "only what compression kept is left of its text",
}
_TIERS = {
    Tier.EPISODIC: _KEPT[Kept.WHOLE],
    Tier.COMPRESSED: "it is compressed",
    Tier.CONSOLIDATED: "it is learned",
}


def explain(node: Node) -> str:
    """One sentence about the episodes that a search finds."""
    return "Every episode." if node == EVERYTHING else f"Episodes where {_clause(node)}."


def _clause(node: Node) -> str:
    match node:
        case And(items):
            texts = [item for item in items if on_steps(item)]
            rest = [_grouped(item) for item in items if not on_steps(item)]
            if len(texts) > 1 and needs_text(And(tuple(texts))):
                rest.insert(0, f"one step {' and '.join(map(_of_step, texts))}")
            else:
                rest[:0] = map(_grouped, texts)
            return ", and ".join(rest)
        case Or(items):
            return ", or ".join(map(_grouped, items))
        case Not(item) if on_steps(item):
            return f"no step {_of_step(item)}"
        case Not(item):
            return f"it is not so that {_grouped(item)}"
        case Text() | Path() | Regex():
            return f"a step {_of_step(node)}"
        case _:
            return _of_episode(node)


def _grouped(node: Node) -> str:
    text = _clause(node)
    return f"({text})" if isinstance(node, And | Or) else text


def _of_step(node: Node) -> str:
    match node:
        case Text(value, prefix):
            return f"holds “{value}”" + (" or what begins so" if prefix else "")
        case Path(value, prefix):
            return f"names the path “{value}{'…' if prefix else ''}” in a tool call"
        case Regex(pattern):
            return f"fits the expression {pattern}"
        case Not(item):
            return f"not {_of_step(item)}" if not isinstance(item, Not) else _of_step(item.item)
        case And(items):
            return f"({' and '.join(map(_of_step, items))})"
        case Or(items):
            return f"({' or '.join(map(_of_step, items))})"
    raise AssertionError(node)


def _of_episode(node: Node) -> str:
    match node:
        case FieldIs("tool", value, _):
            return f"the tool {value} was called"
        case FieldIs("tag", value, _):
            return f"a tag is {value}"
        case FieldIs("note", value, pattern):
            return f"a note {'has a part like' if pattern else 'holds'} “{value}”"
        case FieldIs("title", value, pattern):
            return f"the title {'has a part like' if pattern else 'holds'} “{value}”"
        case FieldIs("topic", value, pattern):
            how = "has a name like" if pattern else "is called"
            return f"a topic that was learned from it {how} “{value}”"
        case FieldIs("kept", value, _):
            return _KEPT[Kept(value)]
        case FieldIs("learned", value, _):
            return f"it is {'' if value == 'yes' else 'not '}learned"
        case FieldIs("tier", value, _):
            return _TIERS[Tier(value)]
        case FieldIs(field, value, pattern):
            return f"the {field} {'is like' if pattern else 'is'} “{value}”"
        case State("has", "note"):
            return "it has a note"
        case State(field, value):
            return f"it {field} {value}"
        case Date("after", moment):
            return f"it began {_when(moment, 'in the last', 'on or after')}"
        case Date(_, moment):
            return f"it began {_when(moment, 'more than', 'before')}"
        case Range():
            figure = {"cost": "cost", "id": "number"}.get(node.field, f"number of {node.field}")
            return f"its {figure} is {_bounds(node)}"
        case Near(text):
            return f"a step is near in meaning to “{text}”"
        case Lookup(LookupKind.BLAME, text):
            return f"a step changed the file “{text}”"
        case Lookup(LookupKind.FIX, text):
            return f"a step made the error “{text}” go away"
        case Lookup(_, text):
            return f"a call of “{text}” worked"
    raise AssertionError(node)


def _when(moment: str, age: str, day: str) -> str:
    if dates.is_age(moment):
        unit = {"h": "hours", "d": "days", "w": "weeks"}[moment[-1]]
        return f"{age} {moment[:-1]} {unit}" + (" ago" if age == "more than" else "")
    return f"{day} {dates.in_words(moment)}"


def _bounds(node: Range) -> str:
    if node.low is not None and node.low == node.high:
        return number(node.low)
    if node.low is not None and node.high is not None:
        return f"{number(node.low)} to {number(node.high)}"
    if node.low is not None:
        return f"{'more than' if node.low_open else 'at least'} {number(node.low)}"
    return f"{'less than' if node.high_open else 'at most'} {number(node.high or 0)}"
