"""Fine-tunes φ on a store's sessions, and asks held-out ones whether that helped."""

from __future__ import annotations

from hpm_engine.adaptation.encoder_lessons import encoder_lessons
from hpm_engine.adaptation.split import split
from hpm_engine.adaptation.tuned import Tuned, too_few, verdict
from hpm_engine.encoder.phi_network import PhiNetwork
from hpm_engine.encoder.phi_training import train_phi
from hpm_engine.encoder.phi_watch import ranks
from hpm_engine.encoder.shipped import DIGESTS, PHI
from hpm_engine.encoder.tensor_file import packed
from hpm_engine.encoding.encoder_in_use import encoder_in_use
from hpm_engine.encoding.phi_in_use import phi_weights
from hpm_engine.errors import NotFound
from hpm_engine.job import Job
from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.tuned_weights import TunedWeights
from hpm_engine.store.rows.steps import StepRows
from hpm_engine.values.adaptation import Model

_ROUNDS = 100


def tuned_encoder(database: Database, steps: StepRows, job: Job) -> Tuned:
    """φ with InfoNCE on the store's own sessions, from the weights in use on.

    When to stop is said by sessions that are neither learned from nor in the verdict. What is
    asked of the held-out ones: their tasks, among the held-out sessions of the project.

    Raises:
        NotFound: the store's steps have not been encoded.
        Cancelled: the job was cancelled.
    """
    with database.reading():
        encoder = encoder_in_use(database)
        started_from = TunedWeights(database).digest(Model.ENCODER) or DIGESTS[PHI]
        start = phi_weights(database)
    if encoder is None:
        raise NotFound(f"{database.path}: it is not prepared for recall yet: hpm encode does that.")
    lessons = encoder_lessons(database, steps, encoder, job)
    parts = split([lesson.repository for lesson in lessons])
    learn, held = ([lessons[index] for index in of] for of in (parts.learn, parts.held))
    before = ranks(PhiNetwork.of(start), held) if held else []
    asked = [score is not None for score in before]
    if (answer := too_few(started_from, len(learn), sum(asked))) is not None:
        return answer
    inner = split([lesson.repository for lesson in learn], seed=1)
    watch = [learn[index] for index in inner.held]
    trained = train_phi(
        [learn[index] for index in inner.learn], watch, job, rounds=_ROUNDS, start=start
    )
    after = ranks(trained.network, held)
    values = [[score.mean for score in scores if score is not None] for scores in (before, after)]
    data = packed(trained.network.tensors(), "")
    return Tuned(started_from, data, verdict(len(learn), parts.of, *values))
