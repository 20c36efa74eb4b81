"""Which steps of an episode are shown, and how: whole, as what they say, as a line, or not."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from enum import IntEnum

import msgspec

from app.episodes.conversation.step_groups import StepGroup
from app.episodes.conversation.timeline_outline import TimelineOutline


class Showing(IntEnum):
    """How a step is shown."""

    HIDDEN = 0  # a folded group stands for it
    LINE = 1  # the line of a folded group, which begins here
    SPEECH = 2  # what it says, and the line of the group that its calls begin
    WHOLE = 3


class ReadingOptions(msgspec.Struct, frozen=True):
    """What a person chose for all episodes: remembered from one start to the next."""

    folded: bool = True  # tool calls and thinking
    markdown: bool = True
    errors_only: bool = False


class Arrangement:
    """The steps that are shown; groups are folded by the options, or as somebody chose."""

    def __init__(self, outline: TimelineOutline, options: ReadingOptions) -> None:
        self.outline = outline
        self._options = options
        self._firsts = array("q", (group.first for group in outline.groups))
        self._choices: dict[int, bool] = {}  # whether a group is folded, by its first step
        self._with_hits = {
            group.first for hit in outline.hits if (group := self.group_at(hit)) is not None
        }
        self._arrange()

    def continue_from(self, other: Arrangement) -> None:
        """Fold and open what was folded and opened in another arrangement of the same steps."""
        self._choices = dict(other._choices)
        self._arrange()

    def _arrange(self) -> None:
        count = len(self.outline.steps)
        if self._options.errors_only:
            shows = bytearray(count)
            for seq in self._errors():
                shows[seq] = Showing.WHOLE
        else:
            shows = bytearray(bytes([Showing.WHOLE])) * count
            for group in self.outline.groups:
                if self.is_folded(group):
                    shows[group.first : group.stop] = bytes(group.stop - group.first)
                    shows[group.first] = Showing.SPEECH if group.speaks else Showing.LINE
        self.shows = bytes(shows)
        self.shown = array("q", (seq for seq, how in enumerate(shows) if how))

    def _errors(self) -> set[int]:
        """The steps with errors, and what a person had asked before each."""
        outline = self.outline
        asked = [n for n, source in enumerate(outline.sources) if source == 0 and outline.says[n]]
        wanted: set[int] = set()
        seq = outline.troubles.find(1)
        while seq >= 0:
            wanted.add(seq)
            if before := bisect_left(asked, seq):
                wanted.add(asked[before - 1])
            seq = outline.troubles.find(1, seq + 1)
        return wanted

    # -- groups ----------------------------------------------------------------------------

    def group_at(self, seq: int) -> StepGroup | None:
        """The group that a step belongs to, if any."""
        index = bisect_right(self._firsts, seq) - 1
        if index < 0:
            return None
        group = self.outline.groups[index]
        return group if seq < group.stop else None

    def group_of_line(self, seq: int) -> StepGroup | None:
        """The group whose line is on the card of a step."""
        if self._options.errors_only:
            return None
        group = self.group_at(seq)
        return group if group is not None and group.first == seq else None

    def is_folded(self, group: StepGroup) -> bool:
        """Whether one line stands for a group: not for what was searched for, unless chosen."""
        standard = self._options.folded or group.only_added
        return self._choices.get(group.first, standard and group.first not in self._with_hits)

    def fold(self, group: StepGroup, folded: bool) -> None:
        """Fold a group, or open it."""
        self._choices[group.first] = folded
        self._arrange()

    def reveal(self, seq: int) -> bool:
        """Open the group that hides a step; says whether there was one to open."""
        group = self.group_at(seq)
        if group is None or self._options.errors_only or not self.is_folded(group):
            return False
        if seq == group.first and group.speaks:
            return False
        self.fold(group, False)
        return True

    # -- moving ----------------------------------------------------------------------------

    def nearest(self, seq: int) -> int:
        """The shown step at a step or before it; else the first."""
        index = bisect_right(self.shown, seq) - 1
        return self.shown[max(0, index)] if self.shown else 0

    def moved(self, seq: int, by: int) -> int:
        """The shown step that is so many further than another."""
        if not self.shown:
            return seq
        here = bisect_left(self.shown, seq)
        if by > 0 and (here >= len(self.shown) or self.shown[here] != seq):
            here -= 1
        return self.shown[max(0, min(len(self.shown) - 1, here + by))]

    def from_step(self, seq: int) -> int:
        """The index, among the shown steps, of the first at a step or behind it."""
        return bisect_left(self.shown, seq)
