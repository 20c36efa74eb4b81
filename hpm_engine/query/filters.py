"""A query with its filters as one text, which can be kept and typed again."""

from __future__ import annotations

from hpm_engine.query.describe import describe
from hpm_engine.query.grammar import both, parse
from hpm_engine.query.nodes import FieldIs, Node, Not, Range, State
from hpm_engine.values.episodes import EpisodeQuery


def as_text(query: EpisodeQuery) -> str:
    """The text of a search with the same result as ``query``; raises ``BadQuery``.

    The text of a query without filters stays as typed.
    """
    filters = conditions(query)
    if not filters:
        return query.text.strip()
    text = [parse(query.text)] if query.text.strip() else []
    return describe(both([*text, *filters]))


def conditions(query: EpisodeQuery) -> list[Node]:
    """The query's filters as conditions."""
    named = {
        "project": query.project,
        "agent": query.agent,
        "outcome": query.outcome.value if query.outcome else "",
        "tag": query.tag,
        "kept": query.kept.value if query.kept else "",
        "learned": "" if query.learned is None else ("yes" if query.learned else "no"),
    }
    nodes: list[Node] = [FieldIs(field, value) for field, value in named.items() if value]
    if query.pinned is not None:
        nodes.append(_flag(State("is", "pinned"), query.pinned))
    if query.has_error is not None:
        failed = Range("errors", low=0, low_open=True)
        nodes.append(failed if query.has_error else Range("errors", high=0))
    if query.top_level:
        nodes.append(Not(State("is", "subagent")))
    return nodes


def _flag(state: State, wanted: bool) -> Node:
    return state if wanted else Not(state)
