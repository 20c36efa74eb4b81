"""Work in the window and on the command line in any order, quit, and copy the one file alone.

Twenty sequences; ``HPM_CLOSE_SEQUENCES=200`` runs as many as the bar asks for.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from pytestqt.qtbot import QtBot

from app.kit.session import Session
from app.shell.main_window import MainWindow
from hpm_engine import EpisodeQuery, Memory, open_memory
from hpm_engine.cli.root import hpm
from tests.support.files.traces import trajectory
from tests.support.learned_store import learned_store

SEQUENCES = int(os.environ.get("HPM_CLOSE_SEQUENCES", "20"))


class Acknowledged:
    """What was said to be done, and has to be in the copy."""

    def __init__(self) -> None:
        self.pinned: dict[int, bool] = {}
        self.tags: set[tuple[int, str]] = set()
        self.settings: dict[str, str] = {}
        self.searches: dict[str, str] = {}
        self.sources: set[str] = set()
        self.recalls = 0
        self.cycles = 0
        self.compressed: set[int] = set()

    def missing_in(self, memory: Memory) -> list[str]:
        """What of it a store lacks."""
        ids = memory.episodes.find(EpisodeQuery())
        episodes = {episode.id: episode for episode in memory.episodes.get(ids.window(0, len(ids)))}
        paths = {row.path for row in memory.sources.all()}
        settings = memory.settings.all()
        saved = {search.name: search.text for search in memory.searches.all()}
        return [
            *(f"pin {key}" for key, pin in self.pinned.items() if episodes[key].pinned != pin),
            *(f"tag {key} {tag}" for key, tag in self.tags if tag not in episodes[key].tags),
            *(f"setting {key}" for key, text in self.settings.items() if settings[key] != text),
            *(f"search {key}" for key, text in self.searches.items() if saved.get(key) != text),
            *(f"source {path}" for path in self.sources if path not in paths),
            *(f"compressed {key}" for key in self.compressed if episodes[key].kept_share is None),
            *(["recalls"] if memory.recall.past_count() != self.recalls else []),
            *(["cycles"] if memory.consolidation.cycle_count() != self.cycles else []),
        ]


class Desk:
    """A person with one store: its window, and a terminal beside it."""

    def __init__(
        self, qtbot: QtBot, window: MainWindow, store: Path, folder: Path, chance: random.Random
    ) -> None:
        self.qtbot, self.window, self.store = qtbot, window, store
        self.folder, self.chance = folder, chance
        self.done = Acknowledged()
        self.count = 0

    def edit(self, call: Callable[[Memory], object], *, short: bool = True) -> bool:
        """Do something in the window; whether it was acknowledged."""
        if self.window.workspace is None:
            self.window.open_session(Session(self.store))
        assert self.window.workspace is not None
        session = self.window.workspace.session
        write = session.edit if short else session.write
        task = write(lambda memory, _: call(memory), "Work")
        answers: list[bool] = []
        task.succeeded.connect(lambda _: answers.append(True))
        task.failed.connect(lambda _: answers.append(False))
        self.qtbot.waitUntil(lambda: bool(answers), timeout=60_000)
        return answers[0]

    def command(self, *arguments: str) -> bool:
        """Run ``hpm``; whether it ended well."""
        return (
            CliRunner().invoke(hpm, [arguments[0], str(self.store), *arguments[1:]]).exit_code == 0
        )

    def number(self) -> int:
        self.count += 1
        return self.count

    def pin(self) -> None:
        key, pinned = self.chance.randint(1, 12), self.chance.random() < 0.7
        if self.edit(lambda memory: memory.marks.set_pinned([key], pinned)):
            self.done.pinned[key] = pinned

    def tag(self) -> None:
        key, name = self.chance.randint(1, 12), f"tag{self.number()}"
        if self.edit(lambda memory: memory.marks.add_tag([key], name)):
            self.done.tags.add((key, name))

    def note(self) -> None:
        name, text = f"note{self.number()}", "x" * self.chance.randint(1, 3000)
        if self.edit(lambda memory: memory.settings.set(name, text)):
            self.done.settings[name] = text

    def save_search(self) -> None:
        name = f"search{self.number()}"
        if self.edit(lambda memory: memory.searches.save(name, "error")):
            self.done.searches[name] = "error"

    def recall(self) -> None:
        if self.edit(lambda memory: memory.recall.ask(f"sort the beehive {self.number()}")):
            self.done.recalls += 1

    def age(self) -> None:
        self.edit(lambda memory: memory.compression.ageing.run(), short=False)

    def cycle(self) -> None:
        reports: list[int] = []

        def run(memory: Memory) -> None:
            before = memory.consolidation.cycle_count()
            try:
                memory.consolidation.run(5)
            finally:
                reports.append(memory.consolidation.cycle_count() - before)

        if self.edit(run, short=False):
            self.done.cycles += reports[0]

    def close(self) -> None:
        self.window.close_store()

    def import_file(self) -> None:
        name = f"new{self.number()}"
        path = self.folder / f"demo__{name}-1.traj"
        path.write_text(trajectory(f"{name} draws a map", self.chance.randint(4, 60)), "utf-8")
        if self.command("import", str(path)):
            self.done.sources.add(str(path))

    def recall_in_terminal(self) -> None:
        if self.command("recall", f"parse the invoice {self.number()}"):
            self.done.recalls += 1

    def compress(self) -> None:
        key = self.chance.randint(1, 12)
        if self.command("compress", "--episode", str(key)):
            self.done.compressed.add(key)

    def index(self) -> None:
        self.command("encode" if self.chance.random() < 0.5 else "index")

    def hide(self) -> None:
        self.command("visibility", "--add", f"project:repo{self.number()} private")

    def run(self) -> None:
        with open_memory(self.store, read_only=True) as memory:
            before = memory.consolidation.cycle_count()
        self.command("run", "--once")
        with open_memory(self.store, read_only=True) as memory:
            self.done.cycles += memory.consolidation.cycle_count() - before

    def act(self) -> None:
        """Something, now and then the window's end."""
        self.chance.choice(
            (
                *(self.pin, self.tag, self.note, self.save_search, self.recall, self.age),
                *(self.cycle, self.close, self.import_file, self.recall_in_terminal),
                *(self.compress, self.index, self.hide, self.run),
            )
        )()


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("first")
    path = learned_store(folder)
    with open_memory(path) as memory:
        memory.recall.prepare()
    yield path


@pytest.mark.parametrize("seed", range(SEQUENCES))
def test_everything_acknowledged_is_in_the_one_file(
    qtbot: QtBot,
    window: MainWindow,
    first: Path,
    tmp_path: Path,
    seed: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HPM_CACHE_DIR", str(tmp_path / "cache"))
    store = tmp_path / "store.hpm"
    shutil.copy(first, store)
    chance = random.Random(seed)
    desk = Desk(qtbot, window, store, tmp_path, chance)
    for _ in range(chance.randint(4, 12)):
        desk.act()
    desk.close()
    copy = tmp_path / "elsewhere" / "copy.hpm"
    copy.parent.mkdir()
    shutil.copy(store, copy)
    assert not list(tmp_path.glob("store.hpm-*")), "something was left beside the store"
    with open_memory(copy, read_only=True) as memory:
        assert memory.figures.health(check=True).problems == ()
        assert desk.done.missing_in(memory) == []
    assert CliRunner().invoke(hpm, ["doctor", str(copy), "--check"]).exit_code == 0
