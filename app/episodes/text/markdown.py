"""Markdown as blocks: CommonMark with tables, struck-out text and tasks; nothing is fetched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from app.episodes.text.code_colours import code_spans
from app.episodes.text.spans import Ink, Span
from app.episodes.text.text_block import Link, Shape, TextBlock
from hpm_engine import visible

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

LONGEST = 100_000  # characters; parsing takes 4 ms for each thousand
MOST_BLOCKS = 3_000
MOST_CELLS = 600  # of a table; one that has more is shown as it was written
DEEPEST = 12  # lists and quotations within each other
BULLETS = "•◦▪"
_TASKS = {"[ ] ": "☐", "[x] ": "☑", "[X] ": "☑"}
_INKS = {"strong": Ink.STRONG, "em": Ink.EMPHASIS, "s": Ink.STRUCK}


def markdown_blocks(text: str) -> tuple[TextBlock, ...]:
    """The blocks of a Markdown text; HTML stays as it is written, a picture is its words."""
    tokens = _parser().parse(text[:LONGEST])
    builder = _Blocks(text)
    builder.read(tokens)
    return tuple(builder.blocks)


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # only who reads an episode waits for the module

    options = {"html": False, "maxNesting": 2 * DEEPEST}
    return MarkdownIt("commonmark", options).enable(["table", "strikethrough"])


class _Blocks:
    """Reads the tokens of a document into blocks."""

    def __init__(self, text: str) -> None:
        self.blocks: list[TextBlock] = []
        self._text = text
        self._lines: list[str] | None = None
        self._lists: list[int] = []  # the next number of each open list; -1 where it has bullets
        self._quotes = 0
        self._marker = ""
        self._tight = False
        self._level = 0

    def read(self, tokens: Sequence[Token]) -> None:
        """Go through the tokens of a text, in order."""
        position = 0
        while position < len(tokens) and len(self.blocks) < MOST_BLOCKS:
            token = tokens[position]
            if token.type == "table_open":
                position = self._table(tokens, position)
                continue
            self._token(token)
            position += 1

    def _token(self, token: Token) -> None:
        match token.type:
            case "bullet_list_open":
                self._lists.append(-1)
            case "ordered_list_open":
                self._lists.append(int(token.attrs.get("start", 1)))
            case "bullet_list_close" | "ordered_list_close":
                self._lists.pop()
            case "list_item_open":
                self._open_item()
            case "list_item_close":
                self._marker = ""
            case "blockquote_open":
                self._quotes += 1
            case "blockquote_close":
                self._quotes -= 1
            case "heading_open":
                self._level = int(token.tag[1])
            case "paragraph_open":
                self._tight = self._tight or token.hidden
            case "inline":
                self._inline(token)
            case "fence" | "code_block":
                code = visible(token.content.removesuffix("\n"), lines=True)
                language = token.info.split(maxsplit=1)[0] if token.info.strip() else ""
                self._add(Shape.CODE, code, spans=code_spans(code, language))
            case "hr":
                self._add(Shape.RULE)

    def _open_item(self) -> None:
        following = self._lists[-1]
        if following < 0:
            bullets = sum(1 for number in self._lists if number < 0)
            self._marker = BULLETS[min(bullets, len(BULLETS)) - 1]
        else:
            self._marker = f"{following}."
            self._lists[-1] = following + 1
        self._tight = bool(self.blocks) and bool(self.blocks[-1].indent)

    def _inline(self, token: Token) -> None:
        text, spans, links = inline(token.children or ())
        if self._marker in BULLETS and (box := _TASKS.get(text[:4])) and self._lists:
            self._marker, text = box, text[4:]
            spans = _moved(spans, -4)
            links = [Link(max(0, ln.start - 4), ln.stop - 4, ln.target) for ln in links]
        shape = Shape.HEADING if self._level else Shape.PARAGRAPH
        self._add(shape, text, tuple(spans), tuple(links))
        self._level = 0

    def _add(
        self,
        shape: Shape,
        text: str = "",
        spans: Sequence[Span] = (),
        links: Sequence[Link] = (),
        cells: tuple[tuple[TextBlock, ...], ...] = (),
    ) -> None:
        self.blocks.append(
            TextBlock(
                shape,
                text,
                tuple(spans),
                tuple(links),
                level=self._level,
                indent=min(DEEPEST, len(self._lists)),
                quotes=min(DEEPEST, self._quotes),
                marker=self._marker,
                tight=self._tight,
                cells=cells,
            )
        )
        self._marker, self._tight = "", False

    def _table(self, tokens: Sequence[Token], start: int) -> int:
        """Read a table; returns the position behind it."""
        stop = next(
            (n for n in range(start, len(tokens)) if tokens[n].type == "table_close"), len(tokens)
        )
        rows: list[list[TextBlock]] = []
        count = 0
        for token in tokens[start:stop]:
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline" and rows:
                count += 1
                if count > MOST_CELLS:
                    self._as_written(tokens[start])
                    return stop + 1
                text, spans, links = inline(token.children or ())
                cell = TextBlock(Shape.PARAGRAPH, text, tuple(spans), tuple(links))
                rows[-1].append(cell)
        self._add(Shape.TABLE, cells=tuple(tuple(row) for row in rows if row))
        return stop + 1

    def _as_written(self, token: Token) -> None:
        if self._lines is None:
            self._lines = self._text.split("\n")
        first, last = token.map or [0, 0]
        written = "\n".join(self._lines[first:last])
        self._add(Shape.CODE, visible(written, lines=True))


def inline(tokens: Sequence[Token]) -> tuple[str, list[Span], list[Link]]:
    """The words of a line with their spans and links; what is invisible is spelled out."""
    pieces: list[str] = []
    spans: list[Span] = []
    links: list[Link] = []
    opened: dict[str, list[tuple[int, str]]] = {}
    size = 0
    for kind, text, target in _runs(tokens):
        if text:
            if kind == "code":
                spans.append(Span(size, len(text), Ink.CODE))
            pieces.append(text)
            size += len(text)
        elif kind.endswith("_open"):
            opened.setdefault(kind.removesuffix("_open"), []).append((size, target))
        elif kind.endswith("_close") and opened.get(name := kind.removesuffix("_close")):
            start, known = opened[name].pop()
            if size > start:
                spans.append(Span(start, size - start, _INKS.get(name, Ink.LINK)))
                if name == "link":
                    links.append(Link(start, size, known))
    return "".join(pieces), spans, links


def _runs(tokens: Sequence[Token]) -> Iterator[tuple[str, str, str]]:
    """What each token of a line is: (kind, words, target)."""
    for token in tokens:
        match token.type:
            case "text":
                yield "text", visible(token.content, lines=True), ""
            case "code_inline":
                yield "code", visible(token.content, lines=True), ""
            case "softbreak":
                yield "text", "\n", ""  # as in a chat: who broke a line meant it
            case "hardbreak":
                yield "text", "\n", ""
            case "image":
                words = "".join(text for _, text, _ in _runs(token.children or ()))
                yield "text", f"[picture: {words.strip() or 'no description'}]", ""
            case _:
                yield token.type, "", str(token.attrs.get("href", ""))


def _moved(spans: Sequence[Span], by: int) -> list[Span]:
    kept = (Span(max(0, s.start + by), s.length + min(0, s.start + by), s.ink) for s in spans)
    return [span for span in kept if span.length > 0]


def with_spans(block: TextBlock, spans: Sequence[Span]) -> TextBlock:
    """A block with further spans, painted over those that it has."""
    return msgspec.structs.replace(block, spans=(*block.spans, *spans))
