from __future__ import annotations

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFont, QImage, QPainter
from PySide6.QtWidgets import QApplication

from app.episodes.conversation.card_style import CardStyle
from app.episodes.conversation.text_piece import TextPiece
from app.episodes.text.spans import Ink, Span
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


def drawn(piece: TextPiece, style: CardStyle, faded: bool) -> QImage:
    image = QImage(300, 40, QImage.Format.Format_RGB32)
    image.fill(style.surface)
    painter = QPainter(image)
    with style.fading(faded):
        piece.draw(painter, 4, 4, QRectF(0, 0, 300, 40), None, style)
    painter.end()
    return image


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
def test_what_is_dropped_is_in_one_colour_that_can_be_read(
    qapp: QApplication, scheme: Scheme
) -> None:
    theme = Theme(qapp)
    theme.apply(scheme, 100)
    style = CardStyle(QFont())
    grey = Colour.DROPPED.qcolor()
    with style.fading(True):
        assert {each.name() for each in (style.text, style.muted, style.link, style.bad)} == {
            grey.name()
        }
        assert style.ink(Colour.PERSON) == grey
    assert style.ink(Colour.PERSON) == Colour.PERSON.qcolor() != grey == Colour.DROPPED.qcolor()
    assert all(contrast(grey, ground) >= 4.5 for ground in (style.surface, style.box, style.hit))
    plain = TextPiece("return total", [], [], style.mono, style, 280)
    spans = [Span(0, 6, Ink.KEYWORD), Span(7, 12, Ink.STRING)]
    coloured = TextPiece("return total", spans, [], style.mono, style, 280)
    assert drawn(coloured, style, False) != drawn(plain, style, False)
    assert drawn(coloured, style, True) == drawn(plain, style, True)
    theme.apply(Scheme.LIGHT, 100)
    theme.deleteLater()
