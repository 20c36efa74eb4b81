"""What a hook gives: in brief where a session begins, by recall where a person asked."""

from __future__ import annotations

from pathlib import Path

import msgspec

from hpm_engine.config import BRIEF_TOKENS, HOOK_TOKENS
from hpm_engine.hook.events import Event, EventKind
from hpm_engine.ingest.steps.projects import project_name, project_path
from hpm_engine.memory import Memory, open_memory
from hpm_engine.values.episodes import EpisodeQuery
from hpm_engine.values.recall import (
    PastRecall,
    Recall,
    RecallFilter,
    RecallOptions,
    RecallScope,
)
from hpm_engine.values.visibility import Reader

HITS = 5
_STEPS_BY = "hpm's tool read_steps(episode=EPISODE, first=N)"
_ASK_BY = "hpm's tool recall(about=…)"
_MOST_PAST = 200  # recalls of one session that are looked at
COVERED = 0.3  # of the worth of a prompt's words, that a session of the project must have
COVERED_ELSEWHERE = 0.5  # the same where no session of the project is known


class Handout(msgspec.Struct, frozen=True):
    """A text for an agent, "" for none; ``episodes`` is how many it quotes."""

    text: str = ""
    tokens: int = 0
    episodes: int = 0


class Handing:
    """Answers one event from a store."""

    def __init__(self, store: Path, event: Event) -> None:
        self._store = store
        self._event = event

    def handout(self) -> Handout:
        """What the agent is given. Raises ``HPMError``, and ``CannotOpen`` without a store."""
        event = self._event
        actor = f"hook {event.agent}"
        with open_memory(self._store, read_only=event.check, actor=actor, sign=False) as memory:
            project = self._project(memory)
            if event.kind is EventKind.START:
                return self._brief(memory, project)
            prompts = [recall.cue for recall in self._past(memory) if recall.cue]
            if event.kind is EventKind.COMPACTED and prompts:
                return self._recalled(memory, project, prompts[-1], BRIEF_TOKENS.value)
            if event.kind is EventKind.PROMPT and event.prompt.strip() and not prompts:
                return self._recalled(memory, project, event.prompt, HOOK_TOKENS.value)
            return Handout()  # only the first prompt of a session is looked up

    def _past(self, memory: Memory) -> list[PastRecall]:
        """What was recalled for this session so far, the latest first."""
        if not self._event.session:
            return []
        return memory.recall.past(0, _MOST_PAST, RecallFilter(into=self._event.session))

    def _brief(self, memory: Memory, project: str) -> Handout:
        if not project:
            return Handout()
        options = RecallOptions(
            budget=BRIEF_TOKENS.value, into=self._event.session, steps_by=_ASK_BY
        )
        return _handout(memory.recall.brief(self._scope(project), options), self._event.check)

    def _scope(self, project: str) -> RecallScope:
        event = self._event
        reader = Reader(event.agent, project)
        return RecallScope(project=project, not_session=event.session, reader=reader)

    def _recalled(self, memory: Memory, project: str, cue: str, tokens: int) -> Handout:
        event = self._event
        options = RecallOptions(
            budget=tokens,
            into=event.session,
            steps_by=_STEPS_BY,
            covered=COVERED if project else COVERED_ELSEWHERE,
        )
        recall = memory.recall.ask(cue, HITS, self._scope(project), (), options)
        return _handout(recall, event.check)

    def _project(self, memory: Memory) -> str:
        """The project at hand as the store knows it; "" where it has no session of it."""
        cwd = self._event.cwd
        for name in dict.fromkeys((project_path(cwd), project_name(cwd))):
            if name and len(memory.episodes.find(EpisodeQuery(project=name))):
                return name
        return ""


def _handout(recall: Recall, check: bool) -> Handout:
    """What was recalled; nothing where it could not be recorded, unless nobody is given it."""
    if recall.id is None and not check:
        return Handout()
    return Handout(recall.context.text, recall.context.tokens, len(recall.context.episode_ids))
