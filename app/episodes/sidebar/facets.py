"""What the sidebar filters by: its sections, and how their values are called."""

from __future__ import annotations

from dataclasses import dataclass

from app.kit.glyphs import KEPT, LEARNED, OUTCOMES
from app.kit.plain_text import one_line
from hpm_engine import Chosen, FacetCounts, Kept, Outcome

_FACTS = {
    ("is", "pinned"): "⚑ Pinned",
    ("has", "note"): "✎ With notes",
    ("has", "error"): "✗ With errors",
    ("is", "subagent"): "Started by another",
    ("has", "subagents"): "Started others",
}
_SPANS = {
    "today": "Today",
    "yesterday": "Since yesterday",
    "7d": "Last 7 days",
    "30d": "Last 30 days",
}
_NAMELESS = {"project": "No project", "agent": "No agent", "model": "No model"}


@dataclass(frozen=True, slots=True)
class Option:
    """A value that the sidebar offers: what it is called, and how many episodes it would leave."""

    field: str
    value: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the sidebar: ``fields`` are the fields of its options."""

    name: str
    fields: tuple[str, ...]
    several: bool = True  # whether several values can be asked for, or some left out


SECTIONS = (
    Section("When", ("after",), several=False),
    Section("Projects", ("project",)),
    Section("Agents", ("agent",)),
    Section("Models", ("model",)),
    Section("Outcomes", ("outcome",)),
    Section("Tags", ("tag",)),
    Section("Marks", ("is", "has")),
    Section("Text kept", ("kept",)),
    Section("Learned", ("learned",)),
)


def options(section: Section, counts: FacetCounts, chosen: dict[str, Chosen]) -> list[Option]:
    """The options of a section, with those that are chosen though no episode has them."""
    return [option for field in section.fields for option in _of(field, counts, chosen)]


def _of(field: str, counts: FacetCounts, chosen: dict[str, Chosen]) -> list[Option]:
    counted = dict(counts.fields.get(field, ()))
    asked = chosen.get(field, Chosen())
    known = {value.casefold() for value in counted}
    for value in (*asked.included, *asked.excluded):
        if value.casefold() not in known:
            counted[value] = 0
    if field in ("is", "has"):
        counted = {value: counted.get(value, 0) for key, value in _FACTS if key == field}
    elif field == "after":
        counted = {value: counted.get(value, 0) for value in {**_SPANS, **counted}}
    return [Option(field, value, _name(field, value), count) for value, count in counted.items()]


def _name(field: str, value: str) -> str:
    match field:
        case "outcome" if value in OUTCOMES:
            return str(OUTCOMES[Outcome(value)])
        case "kept" if value in KEPT:
            return str(KEPT[Kept(value)])
        case "learned":
            return str(LEARNED[value == "yes"])
        case "is" | "has":
            return _FACTS.get((field, value), value)
        case "after":
            return _SPANS.get(value, f"Since {value}")
    return one_line(value) or _NAMELESS.get(field, "None")
