"""Gemini's prompts and answers in a Google Takeout: ``MyActivity.html`` or ``MyActivity.json``.

A cell is one prompt with its answer: the page knows no conversations.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.typed_records import typed_records
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.gathered import GatheredSession
from hpm_engine.ingest.steps.identity import head_digest
from hpm_engine.ingest.steps.times import micros
from hpm_engine.ingest.web_exports.html_text import html_text
from hpm_engine.ingest.web_exports.zoned_times import is_time, zoned_time
from hpm_engine.values.drafts import EpisodeDraft

_CELL = b'<div class="outer-cell'
_TITLE = 'mdl-typography--title">'
_CONTENT = 'mdl-typography--body-1">'
_NEXT = '<div class="content-cell'
_PRODUCTS = ("gemini", "bard")  # in the heading of a cell, in any language
_PROMPTED = "Prompted"
_LONGEST_VERB = 40  # characters
_NO_BREAK = "\u00a0"  # stands between the verb and a person's words


class _Activity(msgspec.Struct, rename="camel"):
    """An activity of the JSON form."""

    header: object = None
    title: object = None
    time: object = None
    products: object = None
    safe_html_item: object = None
    subtitles: object = None


class _PromptEvent(msgspec.Struct, frozen=True):
    """A prompt with its answer; empty where an activity is none."""

    prompt: str = ""
    answer: str = ""
    at: int | None = None


_ACTIVITY = TypedDecoder(_Activity)


class GeminiAppsReader:
    """One episode for each prompt."""

    format = "gemini-apps"

    def recognises(self, source: SourceFile) -> bool:
        """Whether the source is a page, or a list, of activities in Gemini."""
        if source.opening.value is not None:
            return any(
                "time" in record and "title" in record and _is_gemini(_heading(record))
                for record in source.records
            )
        head = source.head[:4000]
        known = b"<html" in head and b"mdl-typography--title" in head
        return known and (source.holds(b'title">Gemini') or source.holds(b'title">Bard'))

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The prompts in the order of the file, the newest first."""
        held = False
        is_page = source.opening.value is None
        for event, start, size in _of_page(source) if is_page else _of_list(source):
            draft = self._draft(event, (start, size))
            if draft is None:
                source.account.pass_over("an activity that is no prompt")
                continue
            held = True
            yield draft
        if not held:
            raise source.account.nothing(source.name, "activities without a prompt to Gemini.")

    def _draft(self, event: _PromptEvent, raw: tuple[int, int]) -> EpisodeDraft | None:
        session = GatheredSession(self.format)
        session.words(event.prompt, raw, event.at)
        if event.answer.strip():
            session.reply(event.answer, raw, event.at)
        draft = session.draft() if event.prompt.strip() else None
        if draft is not None:
            draft.key = head_digest(draft.steps)
            draft.raw_start, draft.raw_size = raw
        return draft


def _is_gemini(heading: str) -> bool:
    return any(product in heading.lower() for product in _PRODUCTS)


def _heading(record: dict[str, object]) -> str:
    return f"{text_of(record.get('header'))} {text_of(record.get('products'))}"


def _of_list(source: SourceFile) -> Iterator[tuple[_PromptEvent, int, int]]:
    for line in typed_records(source, _ACTIVITY, "an activity"):
        record = line.record
        heading = f"{text_of(record.header)} {text_of(record.products)}"
        pages = _named(record.safe_html_item, "html") or _named(record.subtitles, "name")
        answer = "\n".join(filter(None, map(html_text, pages)))
        verb, words = _split(text_of(record.title))
        prompted = _is_gemini(heading) and (verb == _PROMPTED or bool(answer))
        event = _PromptEvent(words, answer, micros(record.time)) if prompted else _PromptEvent()
        yield event, line.start, line.size


def _named(value: object, field: str) -> list[str]:
    """The texts of a field in a list of objects."""
    entries = value if isinstance(value, list) else []
    texts = (text_of(entry.get(field)) for entry in entries if isinstance(entry, dict))
    return [text for text in texts if text]


def _of_page(source: SourceFile) -> Iterator[tuple[_PromptEvent, int, int]]:
    data = source.read()
    start = data.find(_CELL)
    while start >= 0:
        after = data.find(_CELL, start + len(_CELL))
        end = len(data) if after < 0 else after
        source.account.read += 1
        yield _cell(data[start:end].decode("utf-8", "replace")), start, end - start
        start = after


def _cell(page: str) -> _PromptEvent:
    """The prompt and the answer of a cell; empty for another activity."""
    heading = html_text(_between(page, _TITLE, "</p>"))
    lines = html_text(_between(page, _CONTENT, _NEXT)).split("\n")
    moment = next((number for number, line in enumerate(lines) if is_time(line)), None)
    if moment is None or not _is_gemini(heading):
        return _PromptEvent()
    verb, words = _split("\n".join(lines[:moment]))
    answer = "\n".join(lines[moment + 1 :]).strip()
    if verb != _PROMPTED and not (verb and answer):
        return _PromptEvent()
    return _PromptEvent(words, answer, zoned_time(lines[moment]))


def _split(title: str) -> tuple[str, str]:
    """The verb before a person's words, and these; no verb where no blank parts them."""
    verb, blank, words = title.partition(_NO_BREAK)
    if not blank and title.startswith(f"{_PROMPTED} "):
        verb, blank, words = title.partition(" ")
    if not blank or len(verb) > _LONGEST_VERB or "\n" in verb:
        return "", title
    return verb.strip(), words.strip()


def _between(page: str, opening: str, closing: str) -> str:
    """The text behind ``opening`` up to ``closing``, or up to the end; "" without ``opening``."""
    _, found, rest = page.partition(opening)
    return rest.partition(closing)[0] if found else ""
