"""A page of the manual as the HTML that Qt shows, in the window's colours and sizes."""

from __future__ import annotations

import html
import re
from functools import cache
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token
from PySide6.QtGui import QFont

from app.kit.theme.colour import Colour
from app.kit.theme.spacing import HAIR, SMALL
from app.kit.theme.type_scale import TextRole, fixed_font

_SHOWN = frozenset({"text", "code_inline"})  # what of a heading can be read


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def typeset(text: str, body: QFont) -> str:
    """Markdown as HTML, with an anchor for each heading as GitHub names it."""
    parser = _parser()
    tokens = parser.parse(text)
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            _give_anchor(inline)
        elif opening.type == "table_open":
            opening.attrs = {"border": 0, "cellspacing": 0, "cellpadding": SMALL, "width": "100%"}
    shown = parser.renderer.render(tokens, parser.options, {})
    return f"<style>{_style(body)}</style>{shown}"


def anchor(heading: str) -> str:
    """The name that links give to a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def _give_anchor(heading: Token) -> None:
    """Put an anchor before the words of a heading, of which Qt knows no other kind."""
    words = heading.children or []
    name = anchor("".join(word.content for word in words if word.type in _SHOWN))
    link = Token("html_inline", "", 0, content=f'<a name="{html.escape(name)}"></a>')
    heading.children = [link, *words]


def _style(body: QFont) -> str:
    title, heading = TextRole.TITLE.font(body), TextRole.HEADING.font(body)
    line, raised = Colour.LINE.qcolor().name(), Colour.RAISED.qcolor().name()
    return f"""
    h1 {{ font-size: {title.pointSizeF():.1f}pt; font-weight: 600; }}
    h2 {{ font-size: {heading.pointSizeF() * 1.1:.1f}pt; font-weight: 600; }}
    h3 {{ font-size: {heading.pointSizeF():.1f}pt; font-weight: 600; }}
    a {{ color: {Colour.ACCENT.qcolor().name()}; text-decoration: none; }}
    code {{ font-family: "{fixed_font()}"; background: {raised}; }}
    pre {{ font-family: "{fixed_font()}"; background: {raised}; padding: {SMALL}px; }}
    th {{ text-align: left; font-weight: 600; border-bottom: 1px solid {line}; }}
    td {{ border-bottom: 1px solid {line}; padding: {HAIR}px; }}
    """
