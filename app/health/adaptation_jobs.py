"""Fine-tuning the models of a store as a job, and taking weights back."""

from __future__ import annotations

from app.kit.engine_thread import Task
from app.kit.formatting import counted
from app.kit.session import Session
from hpm_engine import Adapted, InUse, Job, Memory, Model, Verdict, WeightsBack

NAMES = {Model.ENCODER: "Recall by meaning", Model.MASK: "Compression"}
_DIGITS = 12  # of a SHA-256


def tune(session: Session, model: Model) -> Task:
    """Fine-tune a model; stopped at any moment, it has changed nothing."""

    def call(memory: Memory, job: Job) -> Adapted:
        return memory.adaptation.run(model, job)

    return session.write(call, f"Fit to this store: {NAMES[model].lower()}", sentence=_tuned)


def _tuned(title: str, adapted: Adapted, _took: str) -> str:
    return f"{title}: {verdict_on(adapted)}"


def verdict_on(adapted: Adapted) -> str:
    """What fine-tuning came to, with both figures."""
    if adapted.accepted:
        words = "Better on episodes held out: the new fit is in use, the one before is kept."
    else:
        words = adapted.reason
    return words if adapted.verdict is None else f"{words} {figures(adapted.verdict)}."


def take_back(session: Session, model: Model) -> Task:
    """Use the weights of a model that were in use before."""

    def call(memory: Memory, _job: Job) -> WeightsBack:
        return memory.adaptation.restore(model)

    return session.edit(call, f"Take back the fit: {NAMES[model].lower()}", _taken_back)


def _taken_back(title: str, back: WeightsBack, _took: str) -> str:
    return f"{title}: {described(back.in_use)}."


def figures(verdict: Verdict) -> str:
    """Both figures of a verdict, and what its interval is."""
    apart = "of projects held out" if verdict.split == "project" else "held out"
    return (
        f"{verdict.before:.3f} before, {verdict.after:.3f} after, difference "
        f"{verdict.low:+.3f} to {verdict.high:+.3f} (95 %), on"
        f" {counted(verdict.held, 'episode')} {apart}"
    )


def described(weights: InUse) -> str:
    """The weights that a model uses, in a line."""
    name = weights.sha256[:_DIGITS]
    if weights.verdict is None:
        return f"{name}, as it came with the program"
    return f"{name}, fitted to this store: {figures(weights.verdict)}"
