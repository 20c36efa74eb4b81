"""Real sessions, judged by what recall would give them, and by what it would give to others."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from hpm_engine.config import HOOK_TOKENS
from hpm_engine.evaluation.result import Figure, Report
from hpm_engine.memory import Memory, open_memory
from hpm_engine.replay.session_facts import facts_of
from hpm_engine.store.handed import Handed, Salted
from hpm_engine.store.search.term_counts import TermCounts
from hpm_engine.usage.common_terms import CommonTerms
from hpm_engine.usage.judge import Following
from hpm_engine.usage.session_acts import SessionTerms, terms_told
from hpm_engine.values.episodes import Episode, EpisodeQuery, Step, StepFlag, StepSource
from hpm_engine.values.recall import GivenPiece, RecallOptions, RecallScope, Use
from hpm_engine.words.telling_terms import Term, TermKind, handed_terms

SOURCES = ("mini-swe-agent-gemini3pro", "claude-code")
_HITS = 5
_FEWEST = 5  # steps of a session that is judged
_NEVER = 1 << 62
_SALT = b"bench"


class AskedSession(NamedTuple):
    """A session with its first prompt, and what recall gives for it."""

    episode: Episode
    steps: Sequence[Step]
    start: int  # the position of the first step behind the prompt
    prompt: str
    pieces: tuple[GivenPiece, ...]


def shuffled(data: Path, report: Report) -> dict[str, Figure]:
    """The share that counts as used of what each session would have been given, and others."""
    results: dict[str, Figure] = {}
    for source in SOURCES:
        if not (data / source).exists():
            report(f"{source}: not there, left out")
            continue
        with (
            tempfile.TemporaryDirectory(prefix="hpm-bench-") as scratch,
            open_memory(Path(scratch) / "store.hpm", create=True, actor="hpm bench") as memory,
        ):
            report(f"{source}: importing, and asking each session's first prompt")
            memory.import_paths([data / source])
            memory.recall.prepare()
            results |= _figures(memory, _asked(memory), source)
    return results


def _asked(memory: Memory) -> list[AskedSession]:
    found = memory.episodes.find(EpisodeQuery())
    asked = []
    for episode in memory.episodes.get(found.window(0, len(found))):
        steps = memory.steps.read(episode.id, 0, episode.steps)
        prompt = facts_of(steps, "").prompt
        if len(steps) < _FEWEST or not prompt.strip():
            continue
        scope = RecallScope(project=episode.project)
        options = RecallOptions(budget=HOOK_TOKENS.value, record=False)
        recall = memory.recall.ask(prompt, _HITS, scope, (episode.id,), options)
        if recall.context.pieces:
            pieces = recall.context.pieces
            asked.append(AskedSession(episode, steps, _behind_prompt(steps), prompt, pieces))
    return asked


def _behind_prompt(steps: Sequence[Step]) -> int:
    for step in steps:
        if step.source is StepSource.USER and not step.flags & StepFlag.INJECTED:
            return step.seq + 1
    return 0


def _figures(memory: Memory, asked: Sequence[AskedSession], source: str) -> dict[str, Figure]:
    chooser = random.Random(source)
    own: list[Use] = []
    same: list[Use] = []
    other: list[Use] = []
    for session in asked:
        own += _uses(memory, session, session.pieces)
        project = session.episode.project
        within = [each for each in asked if each is not session and each.episode.project == project]
        without = [each for each in asked if each.episode.project != project]
        for uses, among in ((same, within), (other, without)):
            if among:
                uses += _uses(memory, session, chooser.choice(among).pieces)
    name = source.split("-")[0]
    figures = {f"{name}_sessions": Figure(len(asked), "sessions")}
    for kind, uses in (
        ("as_if_given", own),
        ("shuffled_in_project", same),
        ("shuffled_elsewhere", other),
    ):
        if uses:
            share = sum(use is Use.USED for use in uses) / len(uses)
            figures[f"{name}_{kind}_used"] = Figure(share, f"of {len(uses):,} memories")
    return figures


def _uses(memory: Memory, session: AskedSession, pieces: Sequence[GivenPiece]) -> list[Use]:
    """What would become of pieces in a session that never had them."""
    salted = Salted(_SALT)
    given = [
        Handed(
            piece.kind,
            piece.id,
            frozenset(map(salted.digest, handed_terms(piece.text))),
            Use.UNKNOWN,
            None,
        )
        for piece in pieces
        if piece.id != session.episode.id
    ]
    counts = TermCounts(memory.internals.database)
    # All other sessions: those of a benchmark's traces ran side by side.
    own, handed = {session.episode.id}, {each.id for each in given}
    background = CommonTerms(counts, own, _NEVER, handed)
    firsts = {digest for each in given for digest in each.terms}
    following = Following(given, salted, terms_told(session.prompt), background.common)
    terms = list(SessionTerms(session.steps, lambda word: _begins(word, salted, firsts)).of_steps())
    before = [step for step in terms if step.seq < session.start]
    after = [step for step in terms if step.seq >= session.start]
    return [each.use for each in following.verdicts(before, after)]


def _begins(word: str, salted: Salted, firsts: set[bytes]) -> bool:
    return salted.digest(Term(TermKind.FIRST, word)) in firsts
