"""Asking earlier sessions about the file, the error or the tool of a step."""

from __future__ import annotations

from functools import partial

from app.episodes.view import EpisodesView
from app.kit.actions import OpenStore
from app.kit.view_names import ViewName
from hpm_engine import EpisodeQuery, Job, Memory, StepQuestions, field_term

_NOTHING = {
    "blame": ("No file", "The step names no file that could be looked for."),
    "fix": ("No error", "No tool call of the step failed, as far as the trace says."),
    "how": ("No tool", "The step calls no tool."),
}


def ask(store: OpenStore, field: str) -> None:
    """Search for what a step gives to ask with a field: "blame", "fix" or "how"."""
    here = store.navigator.current
    if here.episode_id is None:
        return
    episode_id, seq = here.episode_id, here.seq or 0

    def call(memory: Memory, _job: Job) -> StepQuestions:
        return memory.lookup.questions(episode_id, seq)

    def search(questions: StepQuestions) -> None:
        text: str = getattr(questions, field)
        if not text:
            store.problems.tell(*_NOTHING[field])
            return
        store.show(ViewName.EPISODES)
        view = store.view(ViewName.EPISODES)
        if isinstance(view, EpisodesView):
            view.set_query(EpisodeQuery(text=field_term(field, text)))

    task = store.session.read(call)
    task.succeeded.connect(search)
    task.failed.connect(partial(store.problems.report, doing="Looking at a step"))
