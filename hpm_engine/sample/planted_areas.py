"""The areas that the sample's sessions were planted in, and the words that belong to each."""

from __future__ import annotations

import msgspec

from hpm_engine.sample.project import PROJECTS, load_project, load_tasks
from hpm_engine.sample.truth import Truth
from hpm_engine.topics.clauses import keys


def planted_areas(truth: bytes) -> dict[str, tuple[str, frozenset[str]]]:
    """Area and its words by session key; ``truth`` is a sample's answer key.

    An area is a module of a project: its words are those of its name, of what it is about, and of
    its functions. A session without a task (a question, a review), or with one for
    the whole project, is of no area.
    """
    areas: dict[str, tuple[str, frozenset[str]]] = {}
    for name in PROJECTS:
        modules = {module.name: module for module in load_project(name).modules}
        for task in load_tasks(name):
            if (module := modules.get(task.module)) is None:  # a task for the whole project
                continue
            said = (module.name, module.noun, module.about, *module.functions)
            words = frozenset().union(*(keys(text) for text in said))
            areas[task.id] = f"{name}/{module.name}", words
    sessions = msgspec.json.decode(truth, type=Truth).sessions
    return {
        session.session: areas[subject]
        for session in sessions
        if (subject := session.subject.rstrip("+")) in areas
    }
