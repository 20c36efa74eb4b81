"""Cursor's older transcripts: plain text, with a line for each side and marks for calls."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import dedent

from hpm_engine.ingest.cursor.prompts import prompt_pieces
from hpm_engine.ingest.sources.file_name import folders_of, stem
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.text_lines import text_lines
from hpm_engine.ingest.steps.gathered import GatheredSession, Raw
from hpm_engine.ingest.steps.identity import head_digest
from hpm_engine.values.drafts import EpisodeDraft
from hpm_engine.values.episodes import Part, PartKind
from hpm_engine.values.renderings import CURSOR, CURSOR_TRANSCRIPT

_SIDES = ("user:", "assistant:")
_THOUGHT, _CALL, _RESULT = "[Thinking]", "[Tool call]", "[Tool result]"
_MARKS = (_THOUGHT, _CALL, _RESULT)
_FIRST = b"user:", b"assistant:"


class CursorTextTranscripts:
    """Chats in text, as Cursor wrote them before it wrote lines of JSON."""

    def recognises(self, source: SourceFile) -> bool:
        """Whether a text in a folder of transcripts begins with a side, or with a query."""
        head = source.head.removeprefix(b"\xef\xbb\xbf").lstrip()
        side, _, rest = head.partition(b"\n")
        if side.strip() not in _FIRST:
            return False
        return "agent-transcripts" in folders_of(source.name) or rest.startswith(b"<user_query>")

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The one chat of a file."""
        source.must_fit("chat", "Split it.")
        key = stem(source.name) if "agent-transcripts" in folders_of(source.name) else ""
        gathered = GatheredSession(CURSOR_TRANSCRIPT, key, CURSOR)
        side, lines, start, end = "", list[str](), 0, 0
        for line in text_lines(source):
            text = line.text.removeprefix("\ufeff").strip()
            if text in _SIDES:
                _add(gathered, side, lines, (start, end - start))
                side, lines, start = text, [], line.start
            elif not side:
                source.account.pass_over("text before the first message", line.counts)
            else:
                lines.append(line.text.rstrip("\r"))
            end = line.start + len(line.data)
        _add(gathered, side, lines, (start, end - start))
        draft = gathered.draft()
        if draft is None:
            raise source.account.nothing(source.name, "a chat of Cursor without a message.")
        draft.key = draft.key or head_digest(draft.steps)
        yield draft


def _add(gathered: GatheredSession, side: str, lines: list[str], raw: Raw) -> None:
    """Add the message of a side."""
    if side == "user:":
        for injected, piece in prompt_pieces("\n".join(lines).strip()):
            (gathered.context if injected else gathered.words)(piece, raw)
    elif side:
        _reply(gathered, lines, raw)


def _reply(gathered: GatheredSession, lines: list[str], raw: Raw) -> None:
    """Add a message of the agent: its words, and the indented blocks behind marks."""
    words, thoughts, results = list[str](), list[str](), list[str]()
    calls: list[Part] = []
    for mark, name, body in _blocks(lines):
        text = dedent("\n".join(body)).strip("\n")
        if mark == _THOUGHT:
            thoughts.append("\n".join(filter(None, (name, text))))
        elif mark == _CALL:
            calls.append(Part(PartKind.CALL, text, name))
        elif mark == _RESULT:
            results.append(text)
        else:
            words.append(text)
    reasoning = "\n\n".join(thoughts)
    gathered.reply("\n".join(words).strip(), raw, reasoning=reasoning, calls=calls)
    for result in results:
        gathered.result("", result, raw)


def _blocks(lines: list[str]) -> Iterator[tuple[str, str, list[str]]]:
    """Each mark with what stands behind it and below it; words have the mark ""."""
    mark, name, body = "", "", list[str]()
    for line in lines:
        found = next((mark for mark in _MARKS if line.startswith(mark)), "")
        indented = not line.strip() or line[:1] in (" ", "\t")
        if found or (mark and not indented):
            yield mark, name, body
            mark, name, body = found, line[len(found) :].strip() if found else "", []
            if found:
                continue
        body.append(line)
    yield mark, name, body
