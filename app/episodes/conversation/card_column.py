"""The column of an episode's step cards: only those in sight are laid out."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator

from app.episodes.conversation.card_style import CardStyle
from app.episodes.conversation.heights import Heights
from app.episodes.conversation.hit_pattern import hit_pattern
from app.episodes.conversation.part_block import Unfolding
from app.episodes.conversation.step_card import BOTTOM, FOLDED, OPEN, SPACE, StepCard
from app.episodes.conversation.timeline_outline import TimelineOutline
from hpm_engine import PartKind, Step

KEPT_CARDS = 150  # cards that stay laid out


class CardColumn:
    """The cards of an episode and their positions; heights of cards never seen are guesses."""

    def __init__(
        self,
        outline: TimelineOutline,
        find_step: Callable[[int], Step | None],
        style: CardStyle,
        width: int,
    ) -> None:
        self.outline = outline
        self._find_step = find_step
        self._wanted = hit_pattern(outline.hit_text)
        self._unfoldings: dict[int, dict[int, Unfolding]] = {}
        self._cards: OrderedDict[int, StepCard] = OrderedDict()
        self.restyle(style, width)

    def restyle(self, style: CardStyle, width: int) -> None:
        """Set another style or width: every height is a guess again."""
        self._style, self._width = style, width
        self._cards.clear()
        line = style.mono_metrics.height()
        frame = style.header_height + BOTTOM + SPACE
        guesses = [frame + line * lines for lines in range(256)]
        self.heights = Heights(map(guesses.__getitem__, self.outline.lines))

    def continue_from(self, other: CardColumn) -> None:
        """Keep the heights and what was unfolded of the same steps in another column."""
        self._unfoldings = other._unfoldings
        grown = range(len(other), len(self))
        self.heights = Heights(
            [*other.heights.first(len(self)), *(self.heights[seq] for seq in grown)]
        )

    def __len__(self) -> int:
        return len(self.outline.steps)

    def card(self, seq: int) -> StepCard:
        """The card of a step, laid out with its text if that is here."""
        card = self._cards.get(seq)
        step = self._find_step(seq)
        if card is None or (card.step is None and step is not None):
            card = self._lay_out(seq, step)
        self._cards[seq] = card
        self._cards.move_to_end(seq)
        if len(self._cards) > KEPT_CARDS:
            self._cards.popitem(last=False)
        return card

    def _lay_out(self, seq: int, step: Step | None) -> StepCard:
        unfoldings = self._unfoldings.get(seq, {})
        height = self.heights[seq]
        outline = self.outline.steps[seq]
        return StepCard(outline, step, unfoldings, self._style, self._width, self._wanted, height)

    def settle(self, top: int, height: int) -> int:
        """Lay out what is in sight from ``top``; returns ``top`` moved so that nothing jumps.

        A card that begins above the view keeps its lower edge in place, others their upper edge.
        """
        if not len(self):
            return 0
        seq = self.heights.covering(top)
        begins = self.heights.top(seq)
        change = self._measure(seq)
        if begins < top:
            top += change
        y = begins + self.heights[seq]
        while y < top + height and seq + 1 < len(self):
            seq += 1
            self._measure(seq)
            y += self.heights[seq]
        return max(0, min(top, self.heights.total - height))

    def _measure(self, seq: int) -> int:
        return self.heights.change(seq, self.card(seq).height)

    def in_sight(self, top: int, height: int) -> Iterator[tuple[int, int]]:
        """The steps in sight, each with its y."""
        if not len(self):
            return
        seq = self.heights.covering(top)
        y = self.heights.top(seq)
        while y < top + height and seq < len(self):
            yield seq, y
            y += self.heights[seq]
            seq += 1

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
        block = self.card(seq).blocks[position]
        opened = self._unfoldings.setdefault(seq, {})
        if action == "fold":
            opened[position] = FOLDED if not block.folded else OPEN
        else:
            opened[position] = block.unfolding.further(block.size, block.shown)
        self._cards.pop(seq, None)

    def toggle(self, seq: int) -> None:
        """Open all parts of a step, or fold them again if all are open."""
        card = self.card(seq)
        closed = [block for block in card.blocks if block.folded or block.shown < block.size]
        wanted: dict[int, Unfolding] = {}
        if closed and not self._unfoldings.get(seq):
            for position, block in enumerate(card.blocks):
                long = block.folded or block.shown < block.size
                reasoning = block.part.kind is PartKind.REASONING
                if long or reasoning:
                    wanted[position] = Unfolding(1, True)
        self._unfoldings[seq] = wanted
        self._cards.pop(seq, None)
