"""SpecStory: ``.specstory/history/*.md`` in a project, a page for each session of any agent."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from hpm_engine.ingest.sources.file_name import folders_of
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.specstory.page import PageTurn, is_page, page_head, page_turns
from hpm_engine.ingest.steps.answer import Answer
from hpm_engine.ingest.steps.gathered import GatheredSession
from hpm_engine.ingest.steps.identity import head_digest
from hpm_engine.values.drafts import EpisodeDraft
from hpm_engine.values.episodes import PartKind
from hpm_engine.values.renderings import SPECSTORY

_AGENTS = {
    "codex cli": "codex",
    "cursor ide": "cursor",
    "factory droid cli": "droid",
}
_TOOL, _TOOL_END = "<tool-use", "</tool-use>"
_THINK, _THINK_END = "<think>", "</think>"
# A tag of the page begins a line: one within a line, or indented, is in what was said or read.
_OPENING = re.compile(rf"^(?:{_TOOL}|{_THINK})", re.MULTILINE)
_CLOSINGS = {
    tag: re.compile(rf"^(?:</details>)?{tag}", re.MULTILINE) for tag in (_TOOL_END, _THINK_END)
}
_NAME = 'data-tool-name="'
_LONGEST_TAG = 1_000  # characters
_WRAPPERS = ("<details>", "</details>", "<summary>", "</summary>")
_THOUGHTS = "<summary>Thought Process</summary>"
_ASIDE = "sidechain"  # the speaker of a subagent's words
_FOLDER = ".specstory"


class SpecStoryReader:
    """One episode for each page: a copy, where the agent's own file is held too."""

    format = SPECSTORY

    def recognises(self, source: SourceFile) -> bool:
        """Whether the source begins as a page of SpecStory does."""
        if source.opening.value is not None:
            return False
        return is_page(source.head[:8000].decode("utf-8", "replace"))

    def read(self, source: SourceFile) -> Iterator[EpisodeDraft]:
        """The session of the page. Raises ``CannotImport`` where nothing was said in it."""
        source.must_fit()
        head = page_head(source)
        agent = head.agent.lower()
        name = _AGENTS.get(agent, agent.replace(" ", "-")) or self.format
        session = GatheredSession(self.format, head.session, name)
        session.agent_name, session.started_at = head.title, head.at
        for turn in page_turns(source):
            if turn.is_user:
                session.words(turn.text, (turn.start, turn.size), turn.at)
            else:
                session.turns.append(_answer(turn).turn)
                session.model = turn.model or session.model
        draft = session.draft()
        if draft is None:
            raise source.account.nothing(source.name, "a page on which nothing was said.")
        draft.key = draft.key or head_digest(draft.steps)
        draft.project = _project(source.name)
        yield draft


def _project(name: str) -> str:
    """The name of the folder that the page's folder lies in: the project; "" for other places."""
    folders = folders_of(name)
    place = folders.index(_FOLDER) if _FOLDER in folders else 0
    return folders[place - 1] if place > 0 else ""


def _answer(turn: PageTurn) -> Answer:
    """The words, thoughts and calls of a turn; what a call gave stands in its own text."""
    answer = Answer((turn.start, turn.size), turn.at)
    answer.turn.model = turn.model
    text, position = turn.text, 0
    for start, end, closing in _elements(text):
        answer.say(text[position:start].strip())
        inner = text[start:end].removesuffix(closing)
        if closing == _THINK_END:
            answer.think(_bare(inner.removeprefix(_THINK).replace(_THOUGHTS, "")))
        else:
            _call(answer, inner)
        position = end
    answer.say(text[position:].strip())
    answer.turn.waiting = []  # no result is told apart
    if turn.is_aside:
        answer.turn.parts = [
            msgspec.structs.replace(part, name=_ASIDE) if part.kind is PartKind.MESSAGE else part
            for part in answer.turn.parts
        ]
    return answer


def _call(answer: Answer, element: str) -> None:
    tag_end = element.find(">", 0, _LONGEST_TAG)
    tag, body = (element[:tag_end], element[tag_end + 1 :]) if tag_end >= 0 else ("", element)
    _, found, rest = tag.partition(_NAME)
    name = rest.partition('"')[0] if found else ""
    answer.call(name, _bare(body), "")


def _bare(text: str) -> str:
    """A text without the tags by which a page folds it."""
    for wrapper in _WRAPPERS:
        text = text.replace(wrapper, "")
    return text.strip()


def _elements(text: str) -> Iterator[tuple[int, int, str]]:
    """The tools and thoughts of a turn: start, end and closing tag; one unended reaches the end."""
    position = 0
    while opening := _OPENING.search(text, position):
        start = opening.start()
        closing = _TOOL_END if opening[0] == _TOOL else _THINK_END
        line_end = text.find("\n", start)
        inside = text.find(closing, start, len(text) if line_end < 0 else line_end)
        if inside >= 0:  # of one line
            position = inside + len(closing)
        else:
            end = _CLOSINGS[closing].search(text, start)
            position = end.end() if end else len(text)
        yield start, position, closing
