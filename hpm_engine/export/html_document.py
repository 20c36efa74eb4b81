"""An episode as one HTML page: it needs nothing else, fetches nothing and runs nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from html import escape
from typing import TYPE_CHECKING

from hpm_engine.export import document
from hpm_engine.export.document import EpisodeDocument
from hpm_engine.export.html_style import STYLE
from hpm_engine.export.markdown_document import call_text
from hpm_engine.values.episodes import Episode, Part, PartKind, Step
from hpm_engine.values.notes import Note
from hpm_engine.words.plurals import counted

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_RENDERED = 200_000  # characters of a message; a longer one is shown as it is
_SHORT = 12  # lines of a result that is not folded
# Whatever a browser may be talked into, this page may load nothing.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def html(source: EpisodeDocument) -> Iterator[str]:
    """The page in pieces; of one of several, its article alone."""
    if source.alone:
        yield _page_head(escape(document.title(source.detail)))
    yield from _article(source)
    if source.alone:
        yield page_end()


def page_start(episodes: Sequence[Episode]) -> str:
    """The beginning of a page of several episodes, with a list that leads to each."""
    rows = ""
    for episode in episodes:
        name = escape(document.line(episode.name)) or f"Episode {episode.id}"
        rows += f'<li><a href="#episode-{episode.id}" dir="auto">{name}</a></li>\n'
    count = counted(len(episodes), "episode")
    return f"{_page_head(count)}<nav>\n<h1>{count}</h1>\n<ol>\n{rows}</ol>\n</nav>\n"


def page_end() -> str:
    """The end of every page."""
    return "</body>\n</html>\n"


def stub(episode: Episode, reason: str) -> str:
    """What stands in a page of several where one could not be written."""
    name = escape(document.line(episode.name))
    why = escape(document.line(reason))
    return (
        f'<article id="episode-{episode.id}">\n<h1 dir="auto">{name}</h1>\n'
        f"<p>Left out: {why}</p>\n</article>\n"
    )


def _page_head(name: str) -> str:
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{name}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n"
    )


def _article(source: EpisodeDocument) -> Iterator[str]:
    name, number = escape(document.title(source.detail)), source.detail.episode.id
    tag, prefix = ("main", "") if source.alone else ("article", f"e{number}-")
    head = "" if source.alone else f'<article id="episode-{number}">\n'
    yield f'{head}<header>\n<h1 dir="auto">{name}</h1>\n<dl>\n'
    for fact, value in document.facts(source.detail, source.left_out):
        yield f'<div><dt>{fact}</dt><dd dir="auto">{escape(value)}</dd></div>\n'
    yield "</dl>\n"
    yield from map(_note, source.notes_on(None))
    yield "</header>\n<main>\n" if source.alone else "</header>\n"
    for step in source.steps:
        yield _step(step, source.notes_on(step.seq), prefix)
    yield f"</{tag}>\n"


def _step(step: Step, notes: list[Note], prefix: str) -> str:
    name = f"{prefix}step-{step.seq + 1}"
    head = escape(document.step_head(step))
    link = f'<h2><a href="#{name}">{head}</a></h2>\n'
    inside = "".join(map(_note, notes)) + "".join(map(_part, step.parts))
    return f'<section id="{name}" class="{step.source.value}">\n{link}{inside}</section>\n'


def _part(part: Part) -> str:
    text = document.lines(part.text)
    if part.kind is PartKind.MESSAGE:
        speaker = f"<p><b>{escape(document.line(part.name))}</b></p>\n" if part.name else ""
        return f'{speaker}<div class="message" dir="auto">\n{_rendered(text)}</div>\n'
    head = escape(document.part_head(part.kind, part.name, failed=part.is_error))
    failed = ' class="failed"' if part.is_error else ""
    if part.kind is PartKind.REASONING:
        inside = f'<div class="message" dir="auto">\n{_rendered(text)}</div>'
        return _folded(head, text, inside, failed)
    if part.kind is PartKind.CALL:
        text = call_text(text)[0]
    # The break behind <pre> is not part of its text.
    inside = f"<pre>\n{escape(text)}</pre>"
    if text.count("\n") < _SHORT and part.kind is PartKind.CALL:
        return f"<h3{failed}>{head}</h3>\n{inside}\n"
    return _folded(head, text, inside, failed)


def _folded(head: str, text: str, inside: str, failed: str) -> str:
    begins = escape(document.first_line(text))
    said = f"{head} <span>{begins}</span>" if begins else head
    return f"<details{failed}><summary>{said}</summary>\n{inside}\n</details>\n"


def _note(note: Note) -> str:
    head = escape(document.note_head(note))
    text = escape(document.lines(note.text))
    return f'<aside dir="auto"><b>{head}</b>\n<p>{text}</p></aside>\n'


def _rendered(text: str) -> str:
    """The HTML of a message: its Markdown without HTML of its own, and without images."""
    if len(text) > _RENDERED:
        return f"<pre>\n{escape(text)}</pre>\n"
    rendered: str = _markdown().render(text)
    return rendered


@cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt  # a store is read and written without it

    parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table")
    parser = parser.disable("image")
    parser.add_render_rule("link_open", _link_open)
    return parser


def _link_open(renderer: object, tokens: list, index: int, options: object, env: object) -> str:  # type: ignore[type-arg]
    """A link that tells nobody where it was followed from, and that shows where it leads."""
    address = escape(str(tokens[index].attrs.get("href", "")))
    return f'<a href="{address}" title="{address}" rel="noopener noreferrer nofollow">'
