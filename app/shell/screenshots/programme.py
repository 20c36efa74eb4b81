"""All scenes, in their order: first without a store, then with one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from app.shell.screenshots import episode_scenes, memory_scenes, store_scenes, window_scenes
from app.shell.screenshots.stage import Scene, Stage

SCENES: dict[str, Callable[[Stage], Scene]] = {
    "overview": store_scenes.overview,
    "episodes": episode_scenes.episodes,
    "conversation": episode_scenes.conversation,
    "searching": episode_scenes.searching,
    "asking": episode_scenes.dialogs,
    "masks": memory_scenes.masks,
    "recall": memory_scenes.recall,
    "notes": memory_scenes.notes,
    "consolidation": memory_scenes.consolidation,
    "prototypes": memory_scenes.prototypes,
    "audit": store_scenes.audit,
    "health": store_scenes.health,
    "agents": store_scenes.agents,
    "side-pane": episode_scenes.side_pane,
    "dialogs": window_scenes.dialogs,
    "notices": window_scenes.notices,
    "tour": window_scenes.tour,
    "manual": window_scenes.manual,
}


def play(stage: Stage, store: Path, names: Sequence[str] = ()) -> Scene:
    """All scenes on a store, or those that are named."""
    if not names:
        yield from window_scenes.welcome(stage)
    stage.window.stores.open(store)
    # Whether the store may tidy itself is asked in a picture of its own.
    stage.workspace.keeping.wanted.connect(stage.window.by_itself.consent.hide)
    yield None
    yield from stage.read_episodes()
    for name, scene in SCENES.items():
        if not names or name in names:
            yield from scene(stage)
