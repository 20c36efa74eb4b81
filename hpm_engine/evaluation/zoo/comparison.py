"""What was expected of sessions beside what a store tells of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from hpm_engine.evaluation.zoo.telling import COUNTS, Telling
from hpm_engine.evaluation.zoo.units import Facts
from hpm_engine.values.episodes import Episode

_SECOND = 1_000_000  # microseconds


class Difference(msgspec.Struct, frozen=True):
    """One thing that is not as it should be."""

    what: str
    expected: str
    got: str


def differences(facts: Facts, told: Sequence[Telling]) -> Iterator[Difference]:
    """What sessions differ in from what is known of them together, and of each."""
    sessions = [telling for telling in told if not telling.is_branch]
    expected = 0 if facts.get("must_be_skipped") else facts.get("sessions", 1)
    if expected != len(sessions):
        yield Difference("sessions", str(expected), str(len(sessions)))
    if not sessions or not expected:
        return
    yield from _compared("", facts, told)
    for each in facts.get("per_session", ()):
        own = [telling for telling in told if _is(telling.episode, each["id"])]
        if own:
            yield from _compared(f"{each['id']} ", each, own)
        else:
            yield Difference("session", each["id"], ", ".join(t.episode.key for t in sessions))


def _is(episode: Episode, key: str) -> bool:
    """Whether it is the session of this id, or another branch of it."""
    return episode.key.split("#")[0] == key


def _compared(name: str, facts: Facts, told: Sequence[Telling]) -> Iterator[Difference]:
    """The differences of some sessions, whose branches count all or not at all."""
    live = [telling for telling in told if not telling.is_branch] or list(told)
    for count in (count for count in COUNTS if count in facts):
        choices = {sum(t.own[count] for t in told), sum(t.whole[count] for t in live)}
        if facts[count] not in choices:
            got = " or ".join(map(str, sorted(choices)))
            yield Difference(name + count, str(facts[count]), got)
        last = facts.get(f"{count}_on_last_branch")
        if last is not None and last != (got_last := sum(t.whole[count] for t in live)):
            yield Difference(f"{name}{count}_on_last_branch", str(last), str(got_last))
    episodes = [telling.episode for telling in told]
    yield from _times(name, facts, episodes)
    yield from _tokens(name, facts, told, live)
    yield from _names(name, facts, [telling.episode for telling in live])


def _times(name: str, facts: Facts, episodes: list[Episode]) -> Iterator[Difference]:
    starts = [e.started_at for e in episodes if e.started_at is not None]
    ends = [e.ended_at for e in episodes if e.ended_at is not None] or starts
    for what, got in (("first", min(starts, default=None)), ("last", max(ends, default=None))):
        if (expected := facts.get(what)) is None:
            continue
        if got is None or abs(_microseconds(expected) - got) >= _SECOND:
            yield Difference(name + what, expected, "none" if got is None else _written(got))


def _microseconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp()) * _SECOND


def _written(at: int) -> str:
    return datetime.fromtimestamp(at / _SECOND, UTC).isoformat(timespec="milliseconds")


def _tokens(
    name: str, facts: Facts, told: Sequence[Telling], live: Sequence[Telling]
) -> Iterator[Difference]:
    """Differences of sums; whether cached and reasoning ones are in them differs by format."""
    tokens: dict[str, int] | None = facts.get("tokens")
    if tokens is None:
        return
    cached = [tokens.get("cache_read", 0), tokens.get("cache_write", 0)]
    into, out = tokens.get("input", 0), tokens.get("output", 0)
    choices = {
        "input": {into, into + cached[0], into + sum(cached)},
        "output": {out, out + tokens.get("reasoning", 0)},
    }
    for what, wanted in choices.items():
        got = {
            sum(getattr(t.episode, f"tokens_{what[:-3]}") for t in group) for group in (told, live)
        }
        if not got & wanted:
            yield Difference(f"{name}{what} tokens", _listed(wanted), _listed(got))


def _names(name: str, facts: Facts, episodes: list[Episode]) -> Iterator[Difference]:
    """Differences of texts that one session at least has; and of what is a child of what."""
    for what, attributes in (
        ("title", ("title", "agent_title", "name")),
        ("cwd", ("cwd",)),
        ("model", ("model",)),
    ):
        got = {getattr(episode, attribute) for episode in episodes for attribute in attributes}
        if (expected := facts.get(what)) and expected not in got:
            yield Difference(name + what, expected, _listed(got - {""}))
    parents = [episode.parent for episode in episodes if episode.parent]
    if (expected := facts.get("children")) is not None and expected != len(parents):
        yield Difference(name + "children", str(expected), str(len(parents)))
    # An agent inside a session names its parent by the agent's name: the session is meant.
    parent = facts.get("parent")
    if parent and not {parent, facts.get("id")} & set(parents):
        yield Difference(name + "parent", parent, _listed(set(parents)))


def _listed(values: set[Any]) -> str:
    return " or ".join(sorted(map(str, values))) or "none"
