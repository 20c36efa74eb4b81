"""One store with all six ways to hold an episode: every surface must give the same numbers."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from pytestqt.qtbot import QtBot

from app.episodes.list.columns import COLUMNS
from app.episodes.sidebar.facets import SECTIONS, options
from app.episodes.view import EpisodesView
from app.health.view import HealthView
from app.kit.controls.held_badges import HeldBadges
from app.kit.navigation import Navigator, Place
from app.kit.panel import LinkButton
from app.kit.plain_text import SafeLabel
from app.kit.session import Session
from app.kit.view_names import ViewName
from app.masks.view import MasksView
from app.overview.view import OverviewView
from app.recall.hit_tree import facts as hit_facts
from app.recall.recall_answer import answer_of
from app.shell.side_pane.episode_facts import episode_facts
from app.shell.status.status_line import StatusLine
from hpm_engine import (
    AgeingSettings,
    Budget,
    Episode,
    EpisodeQuery,
    Kept,
    Memory,
    Originals,
    Tier,
    open_memory,
)
from hpm_engine.cli.root import hpm
from tests.support.files.traces import trajectory

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)

W, C, E = Kept.WHOLE, Kept.COMPRESSED, Kept.EVICTED
# How many there are of each: no two sums are equal by chance.
WANTED = {(W, True): 3, (C, True): 2, (E, True): 1, (W, False): 1, (C, False): 4, (E, False): 3}
KEPT = {W: 4, C: 6, E: 4}
LEARNED = 6  # episodes
ALL = 14  # episodes
WORDS = {True: "◆ learned", False: "◇ not learned"}
ANSWERS = {True: "◆ yes", False: "◇ no"}
SHAPES = {W: "■ full", C: "▤ compressed", E: "⋯ original deleted"}
ROOMY = Budget(ratio=1.0)  # the episodes are too short for a twelfth


def _import(memory: Memory, folder: Path, count: int) -> list[int]:
    folder.mkdir()
    before = set(_ids(memory))
    for number in range(count):
        text = trajectory(f"prune the orchard {folder.name} {number}", 10)
        (folder / f"demo__{folder.name}-{number}.traj").write_text(text, "utf-8")
    memory.import_paths([folder])
    memory.encode()
    return sorted(set(_ids(memory)) - before)


def _ids(memory: Memory) -> list[int]:
    results = memory.episodes.find(EpisodeQuery())
    return results.window(0, len(results))


@pytest.fixture
def held(tmp_path: Path) -> dict[int, tuple[Kept, bool]]:
    """How each episode of the store ``held.hpm`` is held."""
    with open_memory(tmp_path / "held.hpm", create=True) as memory:
        learned = _import(memory, tmp_path / "learned", LEARNED)
        memory.consolidation.run(10_000)
        others = _import(memory, tmp_path / "others", ALL - LEARNED)
        wanted: dict[int, tuple[Kept, bool]] = {}
        for ids, known in ((learned, True), (others, False)):
            left = list(ids)
            for kept in Kept:
                part = [left.pop() for _ in range(WANTED[kept, known])]
                wanted |= dict.fromkeys(part, (kept, known))
        for kept in (E, C):
            memory.compression.compress([key for key in wanted if wanted[key][0] is kept], ROOMY)
            if kept is E:
                memory.compression.ageing.set(AgeingSettings(newest=0, originals=Originals.EVICTED))
                memory.compression.ageing.evict()
                memory.compression.ageing.set(AgeingSettings(originals=Originals.KEPT))
    return wanted


@pytest.fixture
def store(held: dict[int, tuple[Kept, bool]], tmp_path: Path) -> Path:
    return tmp_path / "held.hpm"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HPM_CACHE_DIR", str(tmp_path / "cache"))


def _hpm(*arguments: object) -> str:
    done = CliRunner().invoke(hpm, [str(argument) for argument in arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


def _json(*arguments: object) -> list[dict[str, object]]:
    return [json.loads(line) for line in _hpm(*arguments, "--json").splitlines()]


def test_the_engine_counts_filters_and_sorts_by_both(
    held: dict[int, tuple[Kept, bool]], store: Path
) -> None:
    with open_memory(store, read_only=True) as memory:
        rows = memory.episodes.get(_ids(memory))
        assert {row.id: (row.kept, row.learned) for row in rows} == held
        stats, facets = memory.figures.stats(), memory.episodes.facets()
        assert {kept: figures.episodes for kept, figures in stats.kept.items()} == KEPT
        assert stats.learned.episodes == LEARNED
        assert sum(figures.steps for figures in stats.kept.values()) == stats.steps
        assert dict(facets.kept) == KEPT
        assert dict(facets.learned) == {"yes": LEARNED, "no": ALL - LEARNED}
        for (kept, learned), count in WANTED.items():
            said = f"kept:{kept} learned:{'yes' if learned else 'no'}"
            wanted = {key for key, state in held.items() if state == (kept, learned)}
            for query in (EpisodeQuery(text=said), EpisodeQuery(kept=kept, learned=learned)):
                results = memory.episodes.find(query)
                assert set(results.window(0, len(results))) == wanted and len(wanted) == count
        older = {"episodic": KEPT[W], "compressed": KEPT[C] + KEPT[E], "consolidated": LEARNED}
        for word, count in older.items():
            assert len(memory.episodes.find(EpisodeQuery(text=f"tier:{word}"))) == count, word
        assert {row.id for row in rows if row.tier is Tier.CONSOLIDATED} == {
            key for key, (_, learned) in held.items() if learned
        }


def test_the_command_line_says_the_same(
    held: dict[int, tuple[Kept, bool]], store: Path, tmp_path: Path
) -> None:
    words = {key: (kept.value, "yes" if learned else "no") for key, (kept, learned) in held.items()}
    head, *lines = _hpm("episodes", store, "--limit", "0").splitlines()
    columns = [head.index("kept"), head.index("learned")]
    printed = {
        int(line.split()[0]): tuple(line[column:].split()[0] for column in columns)
        for line in lines
    }
    assert printed == words
    for row in _json("episodes", store, "--limit", "0"):
        assert (row["kept"], row["learned"]) == (held[int(str(row["id"]))])
    for (kept, learned), count in WANTED.items():
        answer = "yes" if learned else "no"
        assert len(_json("episodes", store, "--kept", kept, "--learned", answer)) == count
    assert len(_json("episodes", store, "kept:evicted or learned:yes")) == LEARNED + 3
    text = _hpm("doctor", store)
    assert "kept       4 full, 6 compressed, 4 original deleted" in text
    assert "learned    6 of 14 episodes" in text
    [health] = _json("doctor", store)
    stats = health["stats"]
    assert isinstance(stats, dict) and stats["learned"]["episodes"] == LEARNED
    assert {Kept(kept): sums["episodes"] for kept, sums in stats["kept"].items()} == KEPT
    for key, (word, answer) in words.items():
        lines = _hpm("show", store, key, "--steps", "1").split("\n\n")[0].splitlines()
        shown = dict(line.split(maxsplit=1) for line in lines)
        assert shown["kept"].split(",")[0].split()[0] == word
        assert shown["learned"] == answer
        said = _json("show", store, key)[0]["episode"]
        assert isinstance(said, dict) and (said["kept"], said["learned"]) == held[key]
        file = tmp_path / "export.json"
        _hpm("export", store, key, "-o", file)
        extra = json.loads(file.read_bytes())["extra"]["hpm"]
        assert (extra.get("kept", "whole"), extra.get("learned", False)) == held[key]
        file.unlink()
    [recall] = _json("recall", store, "prune the orchard", "-k", ALL, "--no-record")
    hits = recall["hits"]
    assert isinstance(hits, list) and hits
    for hit in hits:
        assert (hit["episode"]["kept"], hit["episode"]["learned"]) == held[hit["episode"]["id"]]


def _cards(view: OverviewView) -> list[tuple[str, str, str]]:
    """Of each card its heading, its number, and what is said of that."""
    labels = [label.whole_text() for label in view.held.findChildren(SafeLabel)]
    numbers = [link.text() for link in view.held.findChildren(LinkButton)]
    heads = [*SHAPES.values(), WORDS[True]]
    places = [labels.index(f"{head[0]} {head[2:].capitalize()}") for head in heads]
    return [
        (labels[index], count, labels[index + 1])
        for index, count in zip(places, numbers, strict=True)
    ]


def test_the_overview_and_health_say_the_same(qtbot: QtBot, store: Path) -> None:
    session = Session(store)
    queries: list[EpisodeQuery] = []
    try:
        overview = OverviewView(session, Navigator(Place(ViewName.OVERVIEW)))
        qtbot.addWidget(overview)
        overview.query_wanted.connect(queries.append)
        qtbot.waitUntil(lambda: len(overview.held.findChildren(LinkButton)) == 4, timeout=10_000)
        assert [count for _, count, _ in _cards(overview)] == ["4", "6", "4", "6"]
        assert _cards(overview)[3][2] == "of 14 episodes, kept in any way"
        for link in overview.held.findChildren(LinkButton):
            link.click()
        assert [(query.kept, query.learned) for query in queries] == [
            *((kept, None) for kept in Kept),
            (None, True),
        ]
        health = HealthView(session, Navigator(Place(ViewName.HEALTH)))
        qtbot.addWidget(health)

        def spoken() -> list[str]:
            return [label.whole_text() for label in health.held.findChildren(SafeLabel)]

        qtbot.waitUntil(
            lambda: "4 full, 6 compressed, 4 original deleted" in spoken(), timeout=10_000
        )
        assert "6 of 14 episodes" in spoken()
    finally:
        session.close()


def test_tables_masks_recall_side_pane_and_status_say_the_same(
    qtbot: QtBot, held: dict[int, tuple[Kept, bool]], store: Path
) -> None:
    with open_memory(store, read_only=True) as memory:
        rows: list[Episode] = memory.episodes.get(_ids(memory))
        answer = answer_of(memory.recall.ask("prune the orchard", ALL))
        status = StatusLine()
        qtbot.addWidget(status)
        stats = memory.figures.stats()
    status.show_stats(stats)
    said = "14 episodes  ·  4 full  ·  6 compressed  ·  4 original deleted  ·  6 learned"
    assert said in status.text()
    none = msgspec.structs.replace(stats.kept[Kept.EVICTED], episodes=0)
    kept_in_two_ways = stats.kept | {Kept.EVICTED: none}
    status.show_stats(msgspec.structs.replace(stats, kept=kept_in_two_ways))
    assert "14 episodes  ·  4 full  ·  6 compressed  ·  6 learned" in status.text()
    shown = {column.title: column for column in COLUMNS}
    for episode in rows:
        kept, learned = held[episode.id]
        assert shown["Kept"].text(episode).startswith(SHAPES[kept])
        assert shown["Learned"].text(episode) == ANSWERS[learned]
        facts = {fact.name: fact.value for fact in episode_facts(episode)}
        assert facts["Kept"].startswith(SHAPES[kept]) and facts["Learned"] == WORDS[learned]
    assert answer.rows
    for row in answer.rows:
        assert {SHAPES[held[row.episode_id][0]], WORDS[held[row.episode_id][1]]} <= set(
            hit_facts(row)
        )

    def wait_for(badges: HeldBadges, wanted: str) -> None:
        qtbot.waitUntil(lambda: badges.text() == wanted, timeout=10_000)

    session = Session(store)
    try:
        masks = MasksView(session, Navigator(Place(ViewName.MASKS)))
        qtbot.addWidget(masks)
        masks.resize(1200, 700)
        masks.show()
        table = masks.store.model
        qtbot.waitUntil(lambda: table.rowCount() == 10 and bool(table.row(9)), timeout=10_000)
        assert masks.store.facts.whole_text().startswith(
            "10 episodes compressed, 4 of them with the original deleted"
        )
        places = [column.title for column in table.columns]
        kept_in, learned_in = places.index("Kept"), places.index("Learned")
        cells = Counter(
            (
                table.index(row, kept_in).data().rsplit(maxsplit=2)[0],
                table.index(row, learned_in).data(),
            )
            for row in range(table.rowCount())
        )
        assert cells == {
            (SHAPES[kept], ANSWERS[learned]): count
            for (kept, learned), count in WANTED.items()
            if kept is not W
        }
        for key, (kept, learned) in held.items():
            masks.pane.show_episode(key)
            wait_for(masks.pane.held, f"{SHAPES[kept]} {WORDS[learned]}")
        episodes = EpisodesView(session, Navigator(Place(ViewName.EPISODES)))
        qtbot.addWidget(episodes)
        episodes.show()
        episodes.frame.show_sidebar(True)
        filters = episodes.filters
        qtbot.waitUntil(lambda: bool(filters._counts.fields), timeout=10_000)
        kept_by, learned_by = (
            {option.name: option.count for option in options(section, filters._counts, {})}
            for section in SECTIONS
            if section.name in ("Text kept", "Learned")
        )
        assert kept_by == {SHAPES[kept]: count for kept, count in KEPT.items()}
        assert learned_by == {WORDS[True]: LEARNED, WORDS[False]: ALL - LEARNED}
        for key, (kept, learned) in held.items():
            episodes.pane.show_episode(key, "")
            wait_for(episodes.pane.head.held, f"{SHAPES[kept]} {WORDS[learned]}")
    finally:
        session.close()
