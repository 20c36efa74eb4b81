from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QApplication

from app.episodes.conversation.card_style import CardStyle
from app.kit.glyphs import SOURCES
from app.kit.theme.colour import Colour
from app.kit.theme.theme import Scheme, Theme


def luminance(colour: QColor) -> float:
    def part(value: float) -> float:
        return value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = (part(value) for value in colour.getRgbF()[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: QColor, other: QColor) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
def test_all_text_of_a_card_stands_out_from_its_ground(qapp: QApplication, scheme: Scheme) -> None:
    theme = Theme(qapp)
    theme.apply(scheme, 100)
    style = CardStyle(QFont())
    texts = {**style.inks, "text": style.text, "muted": style.muted, "link": style.link}
    grounds = [style.surface, style.box]
    grounds += [style.tinted(source.colour) for source in SOURCES.values()]
    grounds += [style.tinted(Colour.TOOL), style.tinted(Colour.BAD)]
    low = {
        (str(name), ground.name()): round(contrast(colour, ground), 2)
        for name, colour in texts.items()
        for ground in grounds
        if contrast(colour, ground) < 4.5
    }
    assert not low
    assert contrast(style.text, style.hit) >= 4.5
    assert contrast(style.chosen_text, style.chosen) >= 4.5
    theme.apply(Scheme.LIGHT, 100)
    theme.deleteLater()
