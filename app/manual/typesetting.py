"""A page of the manual as the HTML that Qt shows, in the window's colours and sizes."""

from __future__ import annotations

import html
import re
from functools import cache

from markdown_it import MarkdownIt
from PySide6.QtGui import QFont

from app.kit.theme.colour import Colour
from app.kit.theme.spacing import HAIR, SMALL
from app.kit.theme.type_scale import TextRole, fixed_font

_HEADING = re.compile(r"<h([1-3])>(.*?)</h\1>", re.DOTALL)
_MARKUP = re.compile(r"<[^>]+>")
_TABLE = re.compile(r"<table>")


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def typeset(text: str, body: QFont) -> str:
    """Markdown as HTML, with an anchor for each heading as GitHub names it."""
    shown = _HEADING.sub(_anchored, _parser().render(text))
    border = f'<table border="0" cellspacing="0" cellpadding="{SMALL}" width="100%">'
    return f"<style>{_style(body)}</style>{_TABLE.sub(border, shown)}"


def anchor(heading: str) -> str:
    """The name that links give to a heading."""
    plain = html.unescape(_MARKUP.sub("", heading)).strip().lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


def _anchored(match: re.Match[str]) -> str:
    level, inner = match.groups()
    return f'<h{level}><a name="{html.escape(anchor(inner))}"></a>{inner}</h{level}>'


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
