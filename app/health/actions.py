"""The commands on the models of a store and on its soundness, and what they do."""

from __future__ import annotations

from functools import partial

from app.health.adaptation_jobs import NAMES, described, take_back, tune, verdict_on
from app.kit.actions import Command, Menu, Needs, OpenStore, StoreAction
from app.kit.controls.question_dialog import QuestionDialog
from app.kit.formatting import counted
from app.kit.icons import Icon
from app.kit.index_job import index
from hpm_engine import (
    Adapted,
    Health,
    Model,
    RepairPlan,
    RepairReport,
    WeightsBack,
    plan_repair,
    repair_store,
)


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


_WHAT_FOR = {
    Model.ENCODER: "Finding sessions by what they mean",
    Model.MASK: "Choosing what compression keeps",
}


def _tune(store: OpenStore, model: Model) -> None:
    """Ask first: it takes minutes of all processors."""
    QuestionDialog(
        f"Fit to this store: {NAMES[model].lower()}",
        f"{_WHAT_FOR[model]} can be fitted to the sessions of this store. That takes minutes, "
        "keeps the processors busy, and can be stopped at any moment.",
        "Sessions that are held back decide: the result is used only if it is better on them, "
        "and it can be taken back.",
        "Start",
        partial(_begin, store, model),
        store.frame,
    ).open()


def _begin(store: OpenStore, model: Model) -> None:

    def tell(adapted: Adapted) -> None:
        kept = "is fitted to this store" if adapted.accepted else "stays as it was"
        store.problems.tell(f"{NAMES[model]}: {kept}", verdict_on(adapted))
        if adapted.accepted:
            _follow(store, model)

    tune(store.session, model).succeeded.connect(tell)


def _take_back(store: OpenStore, model: Model) -> None:

    def tell(back: WeightsBack) -> None:
        text = f"{described(back.in_use)}."
        store.problems.tell(f"{NAMES[model]}: the fit before is in use again", text)
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


def ask_repair(store: OpenStore) -> None:
    """Look what a repair would make again, and ask before it does."""

    def ask(plan: RepairPlan) -> None:
        if plan.damaged:
            text = "Pages of the file cannot be read, and cannot be mended in it."
            text += " Go back to a backup: hpm restore-backup STORE BACKUP."
            store.problems.tell("The file is damaged", text, plan.damaged)
        elif not plan.items:
            text = "Full text, what recall searches, tools, sums and indexes are as they should be."
            store.problems.tell("There is nothing to repair", text)
        else:
            _ask_repair(store, plan)

    task = store.session.read(lambda memory, job: plan_repair(memory, job), "Look what to repair")
    task.succeeded.connect(ask)


def _ask_repair(store: OpenStore, plan: RepairPlan) -> None:
    lines = [f"• {item.name}: {item.fault}" for item in plan.items]

    def begin() -> None:
        task = store.session.write(
            lambda memory, job: repair_store(memory, job, plan), "Repair the store"
        )
        task.succeeded.connect(tell)

    def tell(report: RepairReport) -> None:
        count = counted(len(report.items), "part")
        text = f"{count} made again. The copy of before is {report.backup}."
        store.problems.tell("The store is repaired", text)

    QuestionDialog(
        "Repair the store",
        "\n".join(("These parts differ from what the rest of the store says:", *lines)),
        "They are made again from the rest. A copy of the file as it is now stays beside it.",
        "Repair",
        begin,
        store.frame,
    ).open()


MODEL_ACTIONS = (
    StoreAction(
        id=Command.TUNE_ENCODER,
        text="Fit &Recall to This Store…",
        tip="Fit finding by meaning to the sessions of this store, if that makes it better.",
        menu=Menu.STORE,
        run=tune_encoder,
        icon=Icon.TUNE,
        needs=Needs.STORE,
    ),
    StoreAction(
        id=Command.TUNE_MASK,
        text="Fit Compressi&on to This Store…",
        tip="Fit what compression keeps to the sessions of this store, if that makes it better.",
        menu=Menu.STORE,
        run=tune_mask,
        icon=Icon.TUNE,
        needs=Needs.STORE,
    ),
    StoreAction(
        id=Command.RESTORE_ENCODER,
        text="Take Bac&k the Fit of Recall",
        tip="Find by meaning as before the last fit, and prepare episodes anew.",
        menu=Menu.STORE,
        run=restore_encoder,
        icon=Icon.UNDO,
        needs=Needs.STORE,
    ),
    StoreAction(
        id=Command.RESTORE_MASK,
        text="Take &Back the Fit of Compression",
        tip="Compress as before the last fit.",
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
    StoreAction(
        id=Command.REPAIR,
        text="Repair What Is Wron&g…",
        tip="Look for what can be made again from the rest of the store, and make it again.",
        menu=Menu.STORE,
        run=ask_repair,
        icon=Icon.CHECK,
        needs=Needs.STORE,
    ),
)
