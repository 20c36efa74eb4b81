from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from hpm_engine import EpisodeQuery, MapState, SortColumn, open_memory
from hpm_engine.evaluation.generated_traces import TraceMaker
from tests.support.compiled import share_compiled
from tests.support.files.traces import make_store
from tests.support.learned_store import MEMORIES, learned_store
from tests.support.loaded_modules import output_and_loaded


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return make_store(tmp_path / "agents.hpm", ["fix the parser", "add a test"])


def run(*arguments: str, display: bool = False, **more: str) -> subprocess.CompletedProcess[str]:
    hidden = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    if display:
        environment["QT_QPA_PLATFORM"] = "offscreen"
    return subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        env=environment | more,
        capture_output=True,
        text=True,
        timeout=200,
        cwd=Path(__file__).parents[3],
    )


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="others always have a display")
def test_without_a_display_it_says_what_to_do() -> None:
    ended = run()
    assert ended.returncode == 2
    assert "xvfb-run" in ended.stderr and "Traceback" not in ended.stderr


def test_pictures_are_taken_without_a_display(store: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    scenes = "overview,searching,masks,dialogs,manual"
    more = ("--theme", "both", "--size", "1000x700", "--scale", "120", "--scenes", scenes)
    ended = run(str(store), "--screenshots", str(folder), *more)
    assert ended.returncode == 0, ended.stderr
    printed = [Path(line) for line in ended.stdout.splitlines()]
    names = {file.name for file in printed}
    assert {"overview-dark.png", "overview-light.png", "prices-dark.png"} <= names
    assert {"masks-dark.png", "masks-beside-dark.png", "masks-store-dark.png"} <= names
    assert {"search-light.png", "palette-dark.png", "manual-dark.png", "about-dark.png"} <= names
    assert not any(name.startswith(("recall", "prototypes", "welcome")) for name in names)
    for file in printed:
        image = QImage(str(file))
        assert not image.isNull()
        dark = image.pixelColor(image.width() // 2, 4).lightness() < 128
        assert dark == file.stem.endswith("-dark"), file.name
        if file.stem.startswith(("overview", "search-w", "masks")):
            assert (image.width(), image.height()) == (1000, 700), file.name


def test_the_first_rows_are_measured_in_the_real_window(store: Path) -> None:
    ended = run(str(store), "--measure-open", display=True)
    assert ended.returncode == 0, ended.stderr
    figures = json.loads(ended.stdout)
    assert 0 < figures["first_rows_s"] < 30
    assert figures["rss_mb"] > 10
    assert {"jump_last_row_ms", "search_ms", "gap_max_ms"} <= set(figures)
    assert len(figures["sort_ms"]) == len(SortColumn) - 1


def test_recalls_are_measured_in_the_real_window(store: Path) -> None:
    ended = run(str(store), "--measure-recall", "2", display=True)
    assert ended.returncode == 0, ended.stderr
    figures = json.loads(ended.stdout)
    assert figures["answers"] >= 2
    assert figures["recall_gap_max_ms"] >= figures["recall_busy_max_ms"] > 0
    assert figures["indexing_s"] > 0 and figures["idle_gap_max_ms"] > 0


def test_a_cycle_is_measured_in_the_real_window(tmp_path: Path) -> None:
    ended = run(str(learned_store(tmp_path)), "--measure-cycle", "12", display=True)
    assert ended.returncode == 0, ended.stderr
    figures = json.loads(ended.stdout)
    assert figures["memories"] == 12
    assert figures["cycle_gap_max_ms"] >= figures["cycle_busy_max_ms"] > 0
    assert figures["preview_s"] > 0 < figures["idle_gap_max_ms"]


def test_the_map_is_measured_in_the_real_window(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HPM_CACHE_DIR", str(tmp_path / "cache"))
    share_compiled(tmp_path / "cache")
    path = learned_store(tmp_path)
    with open_memory(path) as memory:
        memory.consolidation.run(MEMORIES)
        prototypes = len(memory.consolidation.prototypes())
        assert memory.consolidation.map.read().state is not MapState.LAID_OUT
    ended = run(str(path), "--measure-map", display=True)
    assert ended.returncode == 0, ended.stderr
    figures = json.loads(ended.stdout)
    assert (figures["prototypes"], figures["points"]) == (prototypes, MEMORIES)
    assert 0 < figures["first_show_s"] < 30 and figures["fit_s"] > 0
    assert figures["paint_max_ms"] >= figures["paint_median_ms"] > 0
    assert figures["paint_busy_max_ms"] <= figures["paint_max_ms"]
    assert figures["fit_gap_max_ms"] >= figures["fit_busy_max_ms"] > 0 < figures["idle_gap_max_ms"]
    with open_memory(path, read_only=True) as memory:
        assert memory.consolidation.map.read().state is MapState.LAID_OUT


def test_typing_is_measured_key_by_key_in_the_real_window(store: Path) -> None:
    ended = run(str(store), "--measure-typing", "1", display=True)
    assert ended.returncode == 0, ended.stderr
    figures = json.loads(ended.stdout)
    assert figures["keys"] >= 6 and figures["answers"] >= 2
    assert figures["gap_max_ms"] >= figures["busy_max_ms"] > 0 < figures["idle_gap_max_ms"]
    assert 100 <= figures["answer_median_ms"] <= figures["answer_max_ms"]


def test_reading_is_measured_in_the_real_window(store: Path) -> None:
    ended = run(str(store), "--measure-reading", display=True)
    assert ended.returncode == 0, ended.stderr
    figures = json.loads(ended.stdout)
    for form in ("markdown", "plain"):
        assert figures[f"{form}_move_max_ms"] >= figures[f"{form}_move_median_ms"] > 0
        assert figures[f"{form}_busy_max_ms"] > 0


def test_the_masks_view_is_measured_in_the_real_window(tmp_path: Path) -> None:
    for number, turns in ((1, 1_001), (2, 30), (3, 30)):  # the first is the one with a slider
        trace = b"".join(TraceMaker(number).session(number, turns, 30))
        (tmp_path / f"{number}.jsonl").write_bytes(trace)
    path = tmp_path / "agents.hpm"
    with open_memory(path, create=True) as memory:
        memory.import_paths(sorted(tmp_path.glob("*.jsonl")))
        memory.compression.compress(
            memory.episodes.find(EpisodeQuery(text="steps:<100")).window(0, 1)
        )
    ended = run(str(path), "--measure-masks", display=True)
    assert ended.returncode == 0, ended.stderr
    figures = json.loads(ended.stdout)
    assert figures["slider_estimate_max_ms"] > 0 < figures["slider_ready_max_ms"]
    assert figures["heat_scroll_max_ms"] > 0 < figures["heat_paint_max_ms"]
    assert figures["compress_gap_max_ms"] > 0 < figures["compress_episodes_s"]
    with open_memory(path, read_only=True) as memory:
        assert len(memory.episodes.find(EpisodeQuery(text="tier:compressed"))) == 2


def test_the_ticks_of_an_import_are_measured_in_the_real_window(tmp_path: Path) -> None:
    trace = tmp_path / "s.jsonl"
    trace.write_bytes(b"".join(TraceMaker(1).session(1, 20, 50)))
    ended = run(str(tmp_path / "new.hpm"), "--measure-import", str(trace), display=True)
    assert ended.returncode == 0, ended.stderr
    figures = json.loads(ended.stdout)
    assert figures["episodes"] == 1 and figures["ticks"] > 10 and figures["gap_max_ms"] > 0


def test_taking_pictures_ends_when_something_fails(store: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "pictures"
    blocked.mkdir()
    (blocked / "welcome-dark.png").mkdir()  # no file can be written under this name
    ended = run(str(store), "--screenshots", str(blocked), "--theme", "dark")
    assert ended.returncode == 1, ended.stderr


def test_starting_loads_nothing_that_is_not_shown() -> None:
    hidden = (
        "numpy",
        "pyqtgraph",
        "qtawesome",
        "sqlite_utils",
        "torch",
        "regex",
        "hpm_engine.importing.importer",
    )
    _, loaded = output_and_loaded("import app.shell.application", ("PySide6", *hidden))
    assert loaded == ["PySide6"]


def test_damaged_preferences_are_told_in_the_window(own_settings: Path, qapp: object) -> None:
    from app.shell.application import Program

    own_settings.mkdir()
    (own_settings / "preferences.toml").write_text("theme = [")
    program = Program(own_settings)
    problem = program.window.problem_bar.current()
    program.window.close()
    program.window.deleteLater()
    program.garbage.stop()
    assert problem is not None and "preferences.damaged.toml" in problem.text
