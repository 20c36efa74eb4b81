"""How well a text is seen on its ground, and which text stands on which."""

from __future__ import annotations

from app.kit.theme.colour import Colour

LEAST = 4.5  # to 1, for text of any size (WCAG 2.2, 1.4.3)
LEAST_OF_CONTROLS = 3.0  # to 1, for borders and marks that must be seen (WCAG 2.2, 1.4.11)

TEXTS = (
    Colour.TEXT,
    Colour.MUTED,
    Colour.FAINT,
    Colour.ACCENT,
    Colour.GOOD,
    Colour.WARN,
    Colour.BAD,
    Colour.PERSON,
    Colour.AGENT,
    Colour.TOOL,
    Colour.SYSTEM,
    Colour.FULL,
    Colour.COMPRESSED,
    Colour.EVICTED,
    Colour.LEARNED,
    Colour.KEPT,
    Colour.DROPPED,
)
GROUNDS = (
    Colour.WINDOW,
    Colour.SURFACE,
    Colour.STRIPE,
    Colour.RAISED,
    Colour.CHOSEN,
    Colour.MATCH,
    Colour.PERSON_TINT,
    Colour.AGENT_TINT,
    Colour.TOOL_TINT,
    Colour.SYSTEM_TINT,
    Colour.BAD_TINT,
    Colour.WARN_TINT,
)


def contrast(first: str, second: str) -> float:
    """The contrast of two colours (``#rrggbb``), from 1 to 21."""
    darker, lighter = sorted((_luminance(first), _luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    low: float = channel / 12.92
    high: float = ((channel + 0.055) / 1.055) ** 2.4
    return low if channel <= 0.04045 else high
