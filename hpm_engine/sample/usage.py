"""What a half year of use leaves in the sample store beside its sessions: all of it is invented."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from hpm_engine.job import Job
from hpm_engine.memory import Memory, open_memory
from hpm_engine.sample.project import Fact, load_knowledge
from hpm_engine.values.episodes import EpisodeQuery
from hpm_engine.values.recall import RecallOptions, RecallScope

PERSON = "sample"
_COMPRESSED = "before:2026-03-15 -is:pinned"  # older than the rest of the half year
_CYCLES = (700, 300, 300, 250, 250)  # memories; some are left to be learned
_SEARCHES = {
    "failures with errors": "outcome:failure has:error",
    "long sessions": "steps:>60",
    "money": "tag:money",
    "tests that hang": "hang or timeout",
}
_NOTES = {
    "t-role-scope": "Harbour masters of two harbours must see both: asked Jule, she agrees.",
    "k-journal-tail": "This is why undo reads the journal from its end. Show this to whoever asks.",
    "t-discount": "Rounding once per line was decided here; the auditor has seen it.",
}
_STEP_NOTE = ("f-rename-layer", 2, "From here on the layer has its new name.")
_REVIEWED = ("t-discount", "t-refund", "t-statement-match")
_ASKERS = ("claude-code", "codex")


def use(store: Path, subjects: Mapping[str, int], job: Job) -> None:
    """Everything that can be computed, and traces of a person and of agents that ask.

    ``subjects`` are episode ids by task. The same each time but for moments and durations. Raises
    ``Cancelled`` when asked to stop.
    """
    with open_memory(store, actor=PERSON) as memory:
        _mark(memory, subjects, store.parent)
        job.step(0, None, "making the sessions findable by meaning")
        memory.encode(job)
        memory.recall.prepare(job)
        ids = memory.episodes.find(EpisodeQuery(text=_COMPRESSED))
        memory.compression.compress(ids.window(0, len(ids)), job=job)
        _learn(memory, job)
    _ask(store, subjects, job)


def _learn(memory: Memory, job: Job) -> None:
    """Five cycles; the last one was undone once. The heaviest topic is pinned."""
    tier = memory.consolidation
    for number, memories in enumerate(_CYCLES, 1):
        job.step(number - 1, len(_CYCLES), "learning from many sessions", "cycles")
        tier.run(memories, job=job, bound=1.0)
        if number == len(_CYCLES):
            tier.undo()
            tier.run(memories, job=job, bound=1.0)
    heaviest = max(tier.prototypes(), key=lambda prototype: (prototype.count, -prototype.id))
    tier.set_pinned([heaviest.id], True)
    memory.marks.undo(tier.rename(heaviest.id, "a name tried out"))


def _mark(memory: Memory, subjects: Mapping[str, int], folder: Path) -> None:
    """Notes, searches that are kept, a tag that came and went, a session that was exported."""
    for subject, text in _NOTES.items():
        memory.notes.add(subjects[subject], text)
    subject, seq, text = _STEP_NOTE
    memory.notes.add(subjects[subject], text, seq)
    for name, text in _SEARCHES.items():
        memory.searches.save(name, text)
    memory.searches.rename("tests that hang", "hanging tests")
    reviewed = [subjects[subject] for subject in _REVIEWED]
    memory.marks.undo(memory.marks.add_tag(reviewed, "review me"))
    memory.episodes.export(reviewed[0], folder / "exported.json")


def _ask(store: Path, subjects: Mapping[str, int], job: Job) -> None:
    """What agents asked: what a fact of the sample is needed for, each in its own project."""
    facts = load_knowledge().facts
    for agent in _ASKERS:
        with open_memory(store, actor=agent) as memory:
            for number, fact in enumerate(facts):
                job.step(number, len(facts), f"{agent} asks the memory", "questions")
                if _ASKERS[number % len(_ASKERS)] == agent:
                    _ask_one(memory, fact, subjects)


def _ask_one(memory: Memory, fact: Fact, subjects: Mapping[str, int]) -> None:
    for task, question in fact.needs:
        if task in subjects:
            into = memory.episodes.get([subjects[task]])[0].key
            scope = RecallScope(project=fact.project)
            memory.recall.ask(question, scope=scope, options=RecallOptions(into=into))
