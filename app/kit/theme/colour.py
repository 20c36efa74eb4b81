"""Colours by their meaning, for light and dark."""

from __future__ import annotations

from enum import Enum

from PySide6.QtGui import QColor, QGuiApplication, QPalette


class Colour(Enum):
    """A colour by its meaning, as (light, dark); safe for colour-blind eyes, never used alone.

    Every text colour has a contrast of 4.5:1 or more on every ground: ``contrast.py`` names both.
    """

    # Grounds, from the back to the front.
    WINDOW = ("#f5f7f9", "#171b20")  # behind everything
    SURFACE = ("#ffffff", "#1e2329")  # cards, tables and fields
    STRIPE = ("#f8fafb", "#21272e")  # every other row
    RAISED = ("#eef1f5", "#2b323b")  # headers, chips, buttons, what the pointer is on
    CHOSEN = ("#dfeaf7", "#283646")  # what is selected while the keyboard is elsewhere
    SELECTED = ("#1a66b8", "#2a64a3")  # what is selected and has the keyboard; text on it is white
    MATCH = ("#ffe9a8", "#43350e")  # behind the words that a search found

    # Lines.
    LINE = ("#d5dae1", "#38404b")  # separators and card borders
    EDGE = ("#868f9c", "#6d7886")  # the border of a control: 3:1 at least

    # Text, and what says something as strongly as text.
    TEXT = ("#1b2129", "#e3e8ee")  # what is read
    MUTED = ("#566070", "#a3aebc")  # explanations and captions
    FAINT = ("#606a78", "#97a2b0")  # what may be overlooked, what cannot be used now, idle marks
    ACCENT = ("#0a5fb4", "#6cb4ff")  # links, focus, the one thing to do
    GOOD = ("#00695f", "#3fc9b0")  # success
    WARN = ("#855200", "#f0b429")  # what needs a look
    BAD = ("#b3261e", "#ff8a73")  # what failed

    # Who speaks in a conversation, and the grounds of their cards.
    PERSON = ("#7a4d9f", "#cfa6f2")  # what a person said
    AGENT = ("#0a5fb4", "#6cb4ff")  # what an agent said
    TOOL = ("#00695f", "#3fc9b0")  # what a tool answered
    SYSTEM = ("#566070", "#a3aebc")  # what a program added
    PERSON_TINT = ("#f6f1fb", "#2a2433")  # a card of a person
    AGENT_TINT = ("#eef4fb", "#1f2a37")  # a card of an agent
    TOOL_TINT = ("#ebf5f3", "#1d2c2c")  # a card of a tool
    SYSTEM_TINT = ("#f1f3f6", "#262c33")  # a card of a program
    BAD_TINT = ("#fcf0ee", "#36211f")  # of what failed
    WARN_TINT = ("#fbf4e4", "#332a18")  # of what needs a look

    # How memory holds an episode, and what a mask does to a line.
    FULL = ("#0a5fb4", "#6cb4ff")  # all of its text is there
    COMPRESSED = ("#a84b00", "#ffab5e")  # a part of it is kept
    EVICTED = ("#855200", "#f0b429")  # the rest was deleted
    LEARNED = ("#00695f", "#3fc9b0")  # prototypes hold it
    KEPT = ("#00695f", "#3fc9b0")  # lines that compression keeps
    DROPPED = ("#606a78", "#97a2b0")  # lines that it drops

    # Amounts in charts: told apart by pattern or label too, never used for text.
    SERIES_1 = ("#0a5fb4", "#6cb4ff")  # amounts in charts
    SERIES_2 = ("#c25a00", "#ffab5e")  # amounts in charts
    SERIES_3 = ("#00796b", "#3fc9b0")  # amounts in charts
    SERIES_4 = ("#8e4a8b", "#dc9bd8")  # amounts in charts
    SERIES_5 = ("#6f6200", "#d9c84a")  # amounts in charts

    def qcolor(self) -> QColor:
        """The colour for the palette that the program wears now."""
        return QColor(self.in_scheme(is_dark()))

    def in_scheme(self, dark: bool) -> str:
        """The colour of the dark palette or of the light one, as ``#rrggbb``."""
        light_value, dark_value = self.value
        return dark_value if dark else light_value


def is_dark() -> bool:
    """Whether the program wears its dark palette now."""
    return QGuiApplication.palette().color(QPalette.ColorRole.Window).lightness() < 128
