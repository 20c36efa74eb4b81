"""What the commands do with the models of a store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.health.adaptation_jobs import NAMES, Tuned, WeightsBack, take_back, tune
from app.kit.index_job import index
from hpm_engine import Model

if TYPE_CHECKING:
    from app.shell.main_window import MainWindow


def tune_encoder(window: MainWindow) -> None:
    """Fine-tune φ, and encode episodes anew if its weights changed."""
    _tune(window, Model.ENCODER)


def tune_mask(window: MainWindow) -> None:
    """Fine-tune the mask."""
    _tune(window, Model.MASK)


def restore_encoder(window: MainWindow) -> None:
    """Use φ's weights before those in use, and encode episodes anew."""
    _take_back(window, Model.ENCODER)


def restore_mask(window: MainWindow) -> None:
    """Use the mask's weights before those in use."""
    _take_back(window, Model.MASK)


def _tune(window: MainWindow, model: Model) -> None:
    if window.workspace is None:
        return

    def tell(result: Tuned) -> None:
        kept = "has new weights" if result.adapted.accepted else "keeps its weights"
        window.problems.tell(f"{NAMES[model]}: {kept}", result.sentence())
        if result.adapted.accepted:
            _follow(window, model)

    tune(window.workspace.session, model).succeeded.connect(tell)


def _take_back(window: MainWindow, model: Model) -> None:
    if window.workspace is None:
        return

    def tell(result: WeightsBack) -> None:
        window.problems.tell(f"{NAMES[model]}: earlier weights are in use", result.sentence())
        _follow(window, model)

    take_back(window.workspace.session, model).succeeded.connect(tell)


def _follow(window: MainWindow, model: Model) -> None:
    """Vectors by other weights are made anew; compressed episodes stay as they are."""
    if model is Model.ENCODER and window.workspace is not None:
        index(window.workspace.session)
