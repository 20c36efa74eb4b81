"""The fields of the query language, in one table for grammar, completion and manual."""

from __future__ import annotations

from enum import Enum, auto

import msgspec

from hpm_engine.values.episodes import Kept, Outcome, Tier


class Kind(Enum):
    """The kind of value after a field's colon."""

    NAME = auto()  # a value of the episode, with * as wildcard
    WORDS = auto()  # a part of a value of the episode, with * as wildcard
    CHOICE = auto()  # one of a few values of the episode
    STATE = auto()  # one of a few things that an episode is or has
    NUMBER = auto()
    DATE = auto()
    PATH = auto()
    REGEX = auto()
    NEAR = auto()
    LOOKUP = auto()


class FieldInfo(msgspec.Struct, frozen=True):
    """A field: its meaning, an example, and its values if they are few."""

    name: str
    kind: Kind
    meaning: str
    example: str
    values: tuple[tuple[str, str], ...] = ()  # each with its meaning

    @property
    def names(self) -> tuple[str, ...]:
        """The values of a field with few of them."""
        return tuple(name for name, _ in self.values)


_OUTCOMES = {
    Outcome.SUCCESS: "the task succeeded",
    Outcome.PARTIAL: "the task succeeded in part",
    Outcome.FAILURE: "the task failed",
    Outcome.UNKNOWN: "no label says",
}
_KEPT = {
    Kept.WHOLE: "all of its text",
    Kept.COMPRESSED: "a compressed memory, and the whole text beside it",
    Kept.EVICTED: "only what compression kept; the rest is deleted",
}
_LEARNED = {
    "yes": "every memory of it is part of a topic",
    "no": "they do not, or not yet",
}
# The older field had one word for two facts: ``consolidated`` did not tell how an episode is kept.
_TIERS = {
    Tier.EPISODIC: "kept:whole",
    Tier.COMPRESSED: "kept:compressed or kept:evicted",
    Tier.CONSOLIDATED: "learned:yes",
}

_WEEKDAYS = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}

_ALL = (
    FieldInfo("title", Kind.WORDS, "a part of what the session is called", "title:lighthouse"),
    FieldInfo(
        "project",
        Kind.NAME,
        "the folder or data set worked in, or the end of its path",
        "project:tidewater",
    ),
    FieldInfo("agent", Kind.NAME, "the program that ran the session", "agent:claude-code"),
    FieldInfo("model", Kind.NAME, "the language model", "model:claude-*"),
    FieldInfo("tool", Kind.NAME, "a tool that the agent called", "tool:bash"),
    FieldInfo("tag", Kind.NAME, "a tag that you gave", "tag:flaky"),
    FieldInfo("note", Kind.WORDS, "a part of a note that you wrote", 'note:"ask Ines"'),
    FieldInfo(
        "outcome",
        Kind.CHOICE,
        "whether the task succeeded, as a label said",
        "outcome:failure",
        tuple((outcome.value, meaning) for outcome, meaning in _OUTCOMES.items()),
    ),
    FieldInfo(
        "kept",
        Kind.CHOICE,
        "how much of its text is kept",
        "kept:compressed",
        tuple((kept.value, meaning) for kept, meaning in _KEPT.items()),
    ),
    FieldInfo(
        "learned",
        Kind.CHOICE,
        "whether consolidation has learned it",
        "learned:yes",
        tuple(_LEARNED.items()),
    ),
    FieldInfo(
        "topic",
        Kind.WORDS,
        "a part of the name of a topic that was learned from it",
        'topic:"tide tables"',
    ),
    FieldInfo("path", Kind.PATH, "a path that a tool call names", "path:src/store.py"),
    FieldInfo(
        "is",
        Kind.STATE,
        "what an episode is",
        "is:pinned",
        (("pinned", "pinned by you"), ("subagent", "started by another episode")),
    ),
    FieldInfo(
        "has",
        Kind.STATE,
        "what an episode has",
        "has:error",
        (
            ("error", "a tool call failed"),
            ("subagents", "it started other episodes"),
            ("note", "you wrote a note on it, or on a step of it"),
        ),
    ),
    FieldInfo("after", Kind.DATE, "began at this moment or later", "after:2026-01-01"),
    FieldInfo("before", Kind.DATE, "began before this moment", "before:7d"),
    FieldInfo(
        "weekday",
        Kind.CHOICE,
        "began on this day of the week, local time",
        "weekday:mon",
        tuple(_WEEKDAYS.items()),
    ),
    FieldInfo("hour", Kind.NUMBER, "began in this hour of the day, local time", "hour:9..17"),
    FieldInfo("steps", Kind.NUMBER, "how many steps", "steps:>200"),
    FieldInfo("errors", Kind.NUMBER, "how many steps failed", "errors:1..5"),
    FieldInfo("tokens", Kind.NUMBER, "tokens read and written, together", "tokens:>=100k"),
    FieldInfo("cost", Kind.NUMBER, "cost in US dollars, where known", "cost:<0.50"),
    FieldInfo("id", Kind.NUMBER, "the episode's number, as lists show it", "id:12"),
    FieldInfo("session", Kind.NAME, "the session's id, all its branches", "session:0198f3a2*"),
    FieldInfo("key", Kind.NAME, "the id of this episode alone", "key:0198f3a2*"),
    FieldInfo("re", Kind.REGEX, "a regular expression over the text of a step", r're:"\bE\d{3}\b"'),
    FieldInfo(
        "blame", Kind.LOOKUP, "a step that changed this file, by its end", "blame:src/store.py"
    ),
    FieldInfo("fix", Kind.LOOKUP, "a step that made this error go away", 'fix:"no such table"'),
    FieldInfo("how", Kind.LOOKUP, "a call of this tool or command that worked", "how:pytest"),
    FieldInfo("near", Kind.NEAR, "near in meaning to a text", 'near:"login breaks"'),
    FieldInfo(
        "tier",
        Kind.CHOICE,
        "an older field: kept and learned in one",
        "tier:compressed",
        tuple((tier.value, meaning) for tier, meaning in _TIERS.items()),
    ),
)
FIELDS = {info.name: info for info in _ALL}
