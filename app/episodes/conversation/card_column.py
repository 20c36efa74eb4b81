"""The column of an episode's step cards: only those in sight are laid out."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from app.episodes.conversation.arrangement import Arrangement, Showing
from app.episodes.conversation.card_header import HeaderFacts
from app.episodes.conversation.card_style import CardStyle
from app.episodes.conversation.heights import Heights
from app.episodes.conversation.step_card import BOTTOM, SPACE, CardContent, GroupLine, StepCard
from app.episodes.conversation.step_texts import StepTexts
from app.episodes.conversation.subagent_rows import SubagentLine, nested_width
from app.episodes.text.part_text import FOLDED, OPEN, StepText, Unfolding
from hpm_engine import PartKind

if TYPE_CHECKING:
    from app.episodes.conversation.nested_steps import NestedSteps

KEPT_CARDS = 150  # cards that stay laid out
_AHEAD = 12  # shown steps whose text is read before they are in sight
_BEHIND = 4  # the same, for who scrolls up
_MODEL_STEPS = 60  # steps before, among which the last model is looked for


class CardColumn:
    """The cards of an episode and their positions; heights of cards never seen are guesses."""

    def __init__(
        self,
        arrangement: Arrangement,
        texts: StepTexts,
        style: CardStyle,
        width: int,
        nested: Mapping[int, NestedSteps] | None = None,
    ) -> None:
        self.arrangement = arrangement
        self.outline = arrangement.outline
        self._texts = texts
        self._nested = nested if nested is not None else {}
        self._cards: OrderedDict[int, StepCard] = OrderedDict()
        self._shows = b""
        self.heights = Heights()
        self.restyle(style, width)

    def restyle(self, style: CardStyle, width: int) -> None:
        """Set another style or width: every height is a guess again."""
        self._style, self._width = style, width
        self._cards.clear()
        line = style.mono_metrics.height()
        frame = style.header_height + BOTTOM + SPACE
        self._guesses = [frame + line * lines for lines in range(256)]
        self._line_height = style.body_metrics.height() + 8 + SPACE
        self._shows = self.arrangement.shows
        self.heights = Heights(map(self._guess, self._shows, self.outline.lines))

    def _guess(self, showing: int, lines: int) -> int:
        if showing == Showing.WHOLE:
            return self._guesses[lines]
        if showing == Showing.SPEECH:
            return self._guesses[min(lines, 3)] + self._line_height
        return self._line_height if showing == Showing.LINE else 0

    def rearrange(self) -> None:
        """Follow groups that were folded or opened; heights of the other steps stay."""
        before, now = self._shows, self.arrangement.shows
        known, lines = self.heights.first(len(before)), self.outline.lines
        self._shows = now
        self.heights = Heights(
            known[seq] if seq < len(before) and before[seq] == how else self._guess(how, lines[seq])
            for seq, how in enumerate(now)
        )

    def continue_from(self, other: CardColumn) -> None:
        """Keep the heights of the same steps in another column."""
        self._shows, self.heights = other._shows, other.heights
        self.rearrange()

    def __len__(self) -> int:
        return len(self.outline.steps)

    # -- cards -----------------------------------------------------------------------------

    def card(self, seq: int) -> StepCard:
        """The card of a step, laid out with its text if that is here."""
        card, content = self._cards.get(seq), self._content(seq)
        if card is None or not _same(card.content, content):
            card = StepCard(content, self._style, self._width, self.heights[seq])
        self._cards[seq] = card
        self._cards.move_to_end(seq)
        if len(self._cards) > KEPT_CARDS:
            self._cards.popitem(last=False)
        return card

    def _content(self, seq: int) -> CardContent:
        text, group = self._texts.step(seq), self.arrangement.group_of_line(seq)
        line = None if group is None else GroupLine(group, self.arrangement.is_folded(group))
        facts = self._facts(seq, text)
        return CardContent(self.outline.steps[seq], text, facts, line, self._subagents(seq, line))

    def _subagents(self, seq: int, line: GroupLine | None) -> tuple[SubagentLine, ...]:
        """The lines of subagents on a card: those of a whole group where that is folded."""
        if not self.outline.subagents:
            return ()
        stop = line.group.stop if line is not None and line.folded else seq + 1
        lines = []
        for subagent in self.outline.subagents_in(seq, stop):
            nested = self._nested.get(subagent.episode_id)
            height = nested.fit(self._style, nested_width(self._width)) if nested else 0
            lines.append(SubagentLine(subagent, nested, height))
        return tuple(lines)

    def _facts(self, seq: int, text: StepText | None) -> HeaderFacts:
        outline = self.outline
        model = outline.steps[seq].model
        if model:
            before = range(seq - 1, max(-1, seq - _MODEL_STEPS), -1)
            last = next((m for n in before if (m := outline.steps[n].model)), "")
            model = "" if last == model else model
        tokens = (text.step.tokens_in or 0) + (text.step.tokens_out or 0) if text else 0
        took = outline.took(seq) if outline.is_slow(seq) else None
        return HeaderFacts(outline.waited(seq), took, model, tokens)

    # -- positions -------------------------------------------------------------------------

    def covering(self, y: int) -> int:
        """The shown step that covers ``y``; the first or last one beyond the ends."""
        return self.arrangement.nearest(self.heights.covering(y))

    def settle(self, top: int, height: int) -> int:
        """Lay out what is in sight from ``top``; returns ``top`` moved so that nothing jumps.

        A card that begins above the view keeps its lower edge in place, others their upper edge.
        """
        shown = self.arrangement.shown
        if not shown:
            return 0
        seq = self.covering(top)
        begins = self.heights.top(seq)
        change = self._measure(seq)
        if begins < top:
            top += change
        self._settle_nested(seq, top, height)
        y = begins + self.heights[seq]
        index = self.arrangement.from_step(seq) + 1
        while y < top + height and index < len(shown):
            self._measure(shown[index])
            self._settle_nested(shown[index], top, height)
            y += self.heights[shown[index]]
            index += 1
        return max(0, min(top, self.heights.total - height))

    def _settle_nested(self, seq: int, top: int, height: int) -> None:
        begins = self.heights.top(seq) if self._nested else 0
        if self._nested and self.card(seq).settle_nested(top - begins, height):
            self._measure(seq)

    def _measure(self, seq: int) -> int:
        return self.heights.change(seq, self.card(seq).height)

    def in_sight(self, top: int, height: int) -> Iterator[tuple[int, int]]:
        """The steps in sight, each with its y."""
        shown = self.arrangement.shown
        if not shown:
            return
        seq = self.covering(top)
        y = self.heights.top(seq)
        index = self.arrangement.from_step(seq)
        while y < top + height and index < len(shown):
            seq = shown[index]
            yield seq, y
            y += self.heights[seq]
            index += 1

    def to_read(self, first: int, last: int) -> list[int]:
        """The steps whose text is needed when those from ``first`` to ``last`` are in sight."""
        shown, shows = self.arrangement.shown, self.arrangement.shows
        start, stop = self.arrangement.from_step(first), self.arrangement.from_step(last) + 1
        wanted = [*shown[start:stop], *shown[stop : stop + _AHEAD]]
        wanted += shown[max(0, start - _BEHIND) : start]
        return [seq for seq in wanted if shows[seq] != Showing.LINE]

    def top_to_show(self, seq: int, top: int, height: int) -> int:
        """The scroll value that brings a step in sight, whole if it fits."""
        self._measure(seq)
        begins, tall = self.heights.top(seq), self.heights[seq]
        if begins < top or tall > height - SPACE:
            return begins - SPACE
        return max(top, begins + tall - height)

    # -- folding ---------------------------------------------------------------------------

    def unfold_part(self, seq: int, position: int, action: str) -> None:
        """Do what a link of a card says: fold or open a reasoning, or show more text."""
        if (text := self._texts.step(seq)) is None:
            return
        part = text.texts[position]
        opened = self._texts.opened(seq)
        if action == "fold":
            opened[position] = OPEN if part.folded else FOLDED
        else:
            opened[position] = part.unfolding.further(part.size, part.shown)
        self._texts.unfold(seq, opened)

    def toggle(self, seq: int) -> None:
        """Open a step further: its group, then all its parts; then fold all of it again."""
        group, text = self.arrangement.group_of_line(seq), self._texts.step(seq)
        if group is not None and self.arrangement.is_folded(group):
            self.fold(seq, False)
            return
        opened = self._texts.opened(seq)
        closed = text is not None and not all(part.whole for part in text.texts)
        if closed and not opened and text is not None:
            parts = enumerate(zip(text.step.parts, text.texts, strict=True))
            wanted = {
                position: Unfolding(1, True)
                for position, (part, shown) in parts
                if not shown.whole or part.kind is PartKind.REASONING
            }
            self._texts.unfold(seq, wanted)
            return
        if opened:
            self._texts.unfold(seq, {})
        if group is not None:
            self.fold(seq, True)

    def fold(self, seq: int, folded: bool) -> int:
        """Fold the group of a step, or open it; returns the step that has its line."""
        group = self.arrangement.group_at(seq)
        if group is None or self.arrangement.group_of_line(group.first) is None:
            return seq
        self.arrangement.fold(group, folded)
        self.rearrange()
        return group.first if folded else seq


def _same(content: CardContent, other: CardContent) -> bool:
    """Whether two contents look the same; texts are the same object or new ones."""
    return (
        content.text is other.text
        and content.line == other.line
        and content.outline is other.outline
        and content.facts == other.facts
        and content.subagents == other.subagents
    )
