"""Fine-tuning the models of a store as a job, and taking weights back."""

from __future__ import annotations

import msgspec

from app.kit.engine_thread import Task
from app.kit.formatting import counted
from app.kit.session import Session
from hpm_engine import Adapted, Changed, InUse, Job, Memory, Model, Verdict

NAMES = {Model.ENCODER: "Encoder", Model.MASK: "Mask"}
# The Masks view shows what the scorer in use would keep; recall asks with the encoder's vectors.
_CHANGED = {
    Model.ENCODER: Changed.RECALLS | Changed.AUDIT,
    Model.MASK: Changed.EPISODES | Changed.AUDIT,
}
_DIGITS = 12  # of a SHA-256


class Tuned(msgspec.Struct, frozen=True):
    """What fine-tuning came to."""

    adapted: Adapted

    @property
    def changed(self) -> Changed:
        """What the views read again; the log alone where the old weights were kept."""
        return _CHANGED[self.adapted.model] if self.adapted.accepted else Changed.AUDIT

    def sentence(self) -> str:
        """What it came to, with both figures."""
        if self.adapted.accepted:
            told = "Better on episodes held out: the new weights are in use, the old ones kept."
        else:
            told = self.adapted.reason
        found = self.adapted.verdict
        return told if found is None else f"{told} {figures(found)}."


class WeightsBack(msgspec.Struct, frozen=True):
    """The weights that are in use again."""

    in_use: InUse

    @property
    def changed(self) -> Changed:
        """What the views read again."""
        return _CHANGED[self.in_use.model]

    def sentence(self) -> str:
        """Which weights these are."""
        return f"{described(self.in_use)}."


def tune(session: Session, model: Model) -> Task:
    """Fine-tune a model; stopped at any moment, it has changed nothing."""

    def call(memory: Memory, job: Job) -> Tuned:
        return Tuned(memory.adaptation.run(model, job))

    return session.write(call, f"Fine-tune the {model.value}")


def take_back(session: Session, model: Model) -> Task:
    """Use the weights of a model that were in use before."""

    def call(memory: Memory, _job: Job) -> WeightsBack:
        return WeightsBack(memory.adaptation.restore(model).in_use)

    return session.edit(call, f"Take back the {model.value}'s weights")


def figures(found: Verdict) -> str:
    """Both figures of a verdict, and what its interval is."""
    apart = "of projects held out" if found.split == "project" else "held out"
    return (
        f"{found.before:.3f} before, {found.after:.3f} after, difference "
        f"{found.low:+.3f} to {found.high:+.3f} (95 %), on {counted(found.held, 'episode')} {apart}"
    )


def described(one: InUse) -> str:
    """The weights that a model uses, in a line."""
    name = one.sha256[:_DIGITS]
    if one.verdict is None:
        return f"{name}, as it came with the program"
    return f"{name}, fine-tuned on this store: {figures(one.verdict)}"
