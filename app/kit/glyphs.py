"""How states are told: a shape, a word and a colour for each, the same everywhere."""

from __future__ import annotations

from typing import NamedTuple

from app.kit.formatting import share
from app.kit.theme.colour import Colour
from hpm_engine import KEPT_WORDS, Episode, Kept, Outcome, StepFlag, StepSource, Use


class Mark(NamedTuple):
    """A state by its shape, its word and its colour: never by colour alone."""

    shape: str
    word: str
    colour: Colour

    def __str__(self) -> str:
        return f"{self.shape} {self.word}"


OUTCOMES = {
    Outcome.SUCCESS: Mark("✓", "success", Colour.GOOD),
    Outcome.PARTIAL: Mark("◐", "partial", Colour.WARN),
    Outcome.FAILURE: Mark("✗", "failure", Colour.BAD),
    Outcome.UNKNOWN: Mark("·", "unlabelled", Colour.MUTED),
}
KEPT = {
    Kept.WHOLE: Mark("■", KEPT_WORDS[Kept.WHOLE], Colour.FULL),
    Kept.COMPRESSED: Mark("▤", KEPT_WORDS[Kept.COMPRESSED], Colour.COMPRESSED),
    Kept.EVICTED: Mark("⋯", KEPT_WORDS[Kept.EVICTED], Colour.EVICTED),
}
LEARNED = {
    True: Mark("◆", "learned", Colour.LEARNED),
    False: Mark("◇", "not learned", Colour.MUTED),
}
# What became of a memory that a session was given.
USES = {
    Use.UNKNOWN: Mark("·", "not known yet", Colour.MUTED),
    Use.USED: Mark("✓", "used", Colour.GOOD),
    Use.LOOKED_AT: Mark("◐", "looked at", Colour.WARN),
    Use.IGNORED: Mark("○", "ignored", Colour.MUTED),
    Use.UNCLEAR: Mark("?", "too little to tell", Colour.MUTED),
}
SOURCES = {
    StepSource.USER: Mark("●", "User", Colour.PERSON),
    StepSource.AGENT: Mark("■", "Agent", Colour.AGENT),
    StepSource.SYSTEM: Mark("◇", "System", Colour.SYSTEM),
}
FLAGS = (
    (StepFlag.ERROR, Mark("✗", "error", Colour.BAD)),
    (StepFlag.MISTAKE, Mark("⚑", "the run went wrong here, by a label", Colour.BAD)),
    (StepFlag.NOT_EXECUTED, Mark("⊘", "not executed", Colour.BAD)),
    (StepFlag.UNANSWERED, Mark("?", "unanswered call", Colour.WARN)),
    (StepFlag.INTERRUPTED, Mark("‖", "interrupted", Colour.WARN)),
    (StepFlag.TAKEN_BACK, Mark("↶", "taken back by a person", Colour.WARN)),
    (StepFlag.INJECTED, Mark("↳", "added automatically", Colour.MUTED)),
    (StepFlag.COMPACTION, Mark("≡", "compaction summary", Colour.WARN)),
    (StepFlag.COPIED, Mark("=", "copied from another session", Colour.MUTED)),
    (StepFlag.DEMONSTRATION, Mark("»", "demonstration", Colour.MUTED)),
    (StepFlag.SUBMISSION, Mark("★", "submission", Colour.GOOD)),
    (StepFlag.ABRIDGED, Mark("⋯", "abridged: the original was deleted", Colour.WARN)),
)


def held_marks(episode: Episode) -> tuple[Mark, Mark]:
    """How an episode's text is kept, and whether it is learned: two facts, two marks."""
    return KEPT[episode.kept], LEARNED[episode.learned]


def kept_text(episode: Episode) -> str:
    """How an episode's text is kept, and of which share of its steps some is, where not of all."""
    mark = str(KEPT[episode.kept])
    return mark if episode.kept_share is None else f"{mark} {share(episode.kept_share)}"


def learned_text(episode: Episode) -> str:
    """Whether an episode is learned, where a title above asks."""
    return f"{LEARNED[episode.learned].shape} {'yes' if episode.learned else 'no'}"


def flag_marks(flags: StepFlag) -> list[Mark]:
    """What is peculiar about a step, gravest first."""
    return [mark for flag, mark in FLAGS if flags & flag]
