"""The commands on the models of a store and on its soundness, and what they do."""

from __future__ import annotations

from app.health.adaptation_jobs import NAMES, described, take_back, tune, verdict_on
from app.kit.actions import Command, Menu, Needs, OpenStore, StoreAction
from app.kit.formatting import counted
from app.kit.icons import Icon
from app.kit.index_job import index
from hpm_engine import Adapted, Health, Model, WeightsBack


def tune_encoder(store: OpenStore) -> None:
    """Fine-tune φ, and encode episodes anew if its weights changed."""
    _tune(store, Model.ENCODER)


def tune_mask(store: OpenStore) -> None:
    """Fine-tune the mask."""
    _tune(store, Model.MASK)


def restore_encoder(store: OpenStore) -> None:
    """Use φ's weights before those in use, and encode episodes anew."""
    _take_back(store, Model.ENCODER)


def restore_mask(store: OpenStore) -> None:
    """Use the mask's weights before those in use."""
    _take_back(store, Model.MASK)


def _tune(store: OpenStore, model: Model) -> None:

    def tell(adapted: Adapted) -> None:
        kept = "has new weights" if adapted.accepted else "keeps its weights"
        store.problems.tell(f"{NAMES[model]}: {kept}", verdict_on(adapted))
        if adapted.accepted:
            _follow(store, model)

    tune(store.session, model).succeeded.connect(tell)


def _take_back(store: OpenStore, model: Model) -> None:

    def tell(back: WeightsBack) -> None:
        text = f"{described(back.in_use)}."
        store.problems.tell(f"{NAMES[model]}: earlier weights are in use", text)
        _follow(store, model)

    take_back(store.session, model).succeeded.connect(tell)


def _follow(store: OpenStore, model: Model) -> None:
    """Vectors by other weights are made anew; compressed episodes stay as they are."""
    if model is Model.ENCODER:
        index(store.session)


def check_store(store: OpenStore) -> None:
    """Run the full integrity check and say what came out."""

    def tell(health: Health) -> None:
        if health.problems:
            text = f"{counted(len(health.problems), 'problem')} found in {health.path}."
            store.problems.tell("The store is not sound", text, "\n".join(health.problems))
        else:
            text = "Every page, link, text, original and row of the log was checked."
            store.problems.tell("The store is sound", text)

    task = store.session.read(
        lambda memory, job: memory.figures.health(check=True, job=job), "Check the store"
    )
    task.succeeded.connect(tell)


MODEL_ACTIONS = (
    StoreAction(
        id=Command.TUNE_ENCODER,
        text="&Fine-Tune the Encoder",
        tip="Teach φ on the store's own episodes; used only if better on those held out.",
        menu=Menu.STORE,
        run=tune_encoder,
        icon=Icon.TUNE,
        needs=Needs.STORE,
    ),
    StoreAction(
        id=Command.TUNE_MASK,
        text="Fine-&Tune the Mask",
        tip="Teach the mask on the store's own episodes; used only if better on those held out.",
        menu=Menu.STORE,
        run=tune_mask,
        icon=Icon.TUNE,
        needs=Needs.STORE,
    ),
    StoreAction(
        id=Command.RESTORE_ENCODER,
        text="Take Back the E&ncoder's Weights",
        tip="Use again the weights of φ that were in use before, and encode episodes anew.",
        menu=Menu.STORE,
        run=restore_encoder,
        icon=Icon.UNDO,
        needs=Needs.STORE,
    ),
    StoreAction(
        id=Command.RESTORE_MASK,
        text="Take Back the Mas&k's Weights",
        tip="Use again the mask's weights that were in use before.",
        menu=Menu.STORE,
        run=restore_mask,
        icon=Icon.UNDO,
        needs=Needs.STORE,
        ends_group=True,
    ),
)

CHECK_ACTIONS = (
    StoreAction(
        id=Command.CHECK,
        text="&Check Integrity",
        tip="Check every page, link, text, imported file and row of the log.",
        menu=Menu.STORE,
        run=check_store,
        icon=Icon.CHECK,
        needs=Needs.STORE,
    ),
)
