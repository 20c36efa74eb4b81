from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.health.view import HealthView
from app.kit.actions import Command
from app.kit.controls.question_dialog import QuestionDialog
from app.kit.plain_text import SafeLabel
from app.kit.view_names import ViewName
from app.shell.main_window import MainWindow
from app.shell.problems import Problem
from hpm_engine import Changed, Job, Model, Verdict, open_memory
from hpm_engine.adaptation.tuned import Tuned
from hpm_engine.compressor.scorers.learned import Network
from hpm_engine.compressor.scorers.shipped_mask import packed_networks, shipped_scorer
from hpm_engine.encoder.shipped import DIGESTS, MASK, PHI
from hpm_engine.encoder.tensor_file import packed
from hpm_engine.encoding.phi_in_use import phi_weights
from tests.support.learned_store import learned_store

BETTER = Verdict(40, 31, "project", 0.5, 0.625, 0.05, 0.2)
WORSE = Verdict(40, 31, "episode", 0.5, 0.49, -0.05, 0.03)
FIGURES = (
    "0.500 before, 0.625 after, difference +0.050 to +0.200 (95 %), on 31 episodes of projects "
    "held out."
)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HPM_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return learned_store(tmp_path)


@pytest.fixture
def problems(window: MainWindow, store: Path, qtbot: QtBot) -> list[Problem]:
    """What the window tells, with the store open."""
    listed: list[Problem] = []
    window.problems.reported.connect(listed.append)
    window.stores.open(store)
    qtbot.waitUntil(lambda: window.workspace is not None, timeout=20_000)
    return listed


@pytest.fixture
def tuned(store: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Verdict], None]:
    """Has the next tuning find other weights, with a verdict."""
    with open_memory(store, read_only=True) as memory:
        weights = phi_weights(memory.internals.database)
    of_encoder = packed(weights | {"gate": weights["gate"] * 2}, "")
    networks = [
        Network(dict(network.weights) | {"prior": network.weights["prior"] * 2}, network.blind)
        for network in shipped_scorer().networks
    ]
    data = {
        Model.ENCODER: (DIGESTS[PHI], of_encoder),
        Model.MASK: (DIGESTS[MASK], packed_networks(networks)),
    }

    def give(verdict: Verdict) -> None:
        def with_verdict(model: Model, path: Path, job: Job) -> Tuned:
            return Tuned(*data[model], verdict)

        monkeypatch.setattr("hpm_engine.adaptation.apart.tuned_apart", with_verdict)

    return give


def begin_tuning(window: MainWindow, command: Command) -> None:
    """Ask for it, and agree to what it takes."""
    window.commands[command].trigger()
    question = next(dialog for dialog in window.findChildren(QuestionDialog) if dialog.isVisible())
    question.start.click()


def vectors_by(store: Path) -> str:
    with open_memory(store, read_only=True) as memory:
        sql = "SELECT sha256 FROM encoders WHERE kind = 'episode' AND current"
        return str(memory.internals.database.value(sql))


def models(window: MainWindow) -> str:
    assert window.workspace is not None
    window.go_to_view(ViewName.HEALTH)
    view = window.workspace.view(ViewName.HEALTH)
    assert isinstance(view, HealthView)
    labels = view.models.findChildren(SafeLabel)
    return "\n".join(label.whole_text() for label in labels)


def test_better_weights_are_told_used_and_taken_back(
    window: MainWindow,
    store: Path,
    problems: list[Problem],
    tuned: Callable[[Verdict], None],
    qtbot: QtBot,
) -> None:
    before = vectors_by(store)
    qtbot.waitUntil(lambda: models(window).count("as it came with the program") == 2)
    tuned(BETTER)
    begin_tuning(window, Command.TUNE_ENCODER)
    qtbot.waitUntil(lambda: bool(problems), timeout=20_000)
    assert problems[0].headline == "Recall by meaning: is fitted to this store"
    assert problems[0].text.endswith(FIGURES)
    qtbot.waitUntil(lambda: vectors_by(store) != before, timeout=20_000)
    qtbot.waitUntil(lambda: "fitted to this store: 0.500 before" in models(window))
    window.commands[Command.RESTORE_ENCODER].trigger()
    qtbot.waitUntil(lambda: len(problems) == 2, timeout=20_000)
    assert problems[1].headline == "Recall by meaning: the fit before is in use again"
    qtbot.waitUntil(lambda: vectors_by(store) == before, timeout=20_000)


def test_weights_that_are_not_better_are_told_as_kept(
    window: MainWindow, problems: list[Problem], tuned: Callable[[Verdict], None], qtbot: QtBot
) -> None:
    tuned(WORSE)
    begin_tuning(window, Command.TUNE_MASK)
    qtbot.waitUntil(lambda: bool(problems), timeout=20_000)
    assert problems[0].headline == "Compression: stays as it was"
    assert "Not better on episodes held out" in problems[0].text
    assert "0.500 before, 0.490 after" in problems[0].text
    window.commands[Command.RESTORE_MASK].trigger()
    qtbot.waitUntil(lambda: len(problems) == 2, timeout=20_000)
    assert "none to go back to" in problems[1].text


def test_a_new_mask_has_the_masks_read_again(
    window: MainWindow, problems: list[Problem], tuned: Callable[[Verdict], None], qtbot: QtBot
) -> None:
    assert window.workspace is not None
    heard: list[Changed] = []
    window.workspace.session.changed.connect(heard.append)
    tuned(BETTER)
    begin_tuning(window, Command.TUNE_MASK)
    qtbot.waitUntil(lambda: bool(problems), timeout=20_000)
    assert heard and heard[0] & Changed.EPISODES


def test_a_small_store_is_asked_in_earnest_and_says_what_it_lacks(
    window: MainWindow, problems: list[Problem], qtbot: QtBot
) -> None:
    begin_tuning(window, Command.TUNE_MASK)
    qtbot.waitUntil(lambda: bool(problems), timeout=60_000)
    assert problems[0].headline == "Compression: stays as it was"
    assert "too little to learn from" in problems[0].text
