"""Fine-tunes the mask on a store's sessions, and asks held-out ones whether that helped."""

from __future__ import annotations

import statistics

import torch
from msgspec import structs

from hpm_engine.adaptation.mask_lessons import Facts, MaskLessons
from hpm_engine.adaptation.tuned import Tuned, too_few, verdict
from hpm_engine.compressor.compression import compress
from hpm_engine.compressor.evidence.scorer import Scorer
from hpm_engine.compressor.packing.container import unpack
from hpm_engine.compressor.reading_back import words_left
from hpm_engine.compressor.scorers.learned import NETWORKS, Network
from hpm_engine.compressor.scorers.scorers import StoreScorers
from hpm_engine.compressor.scorers.shipped_mask import file_layout, networks_in, packed_networks
from hpm_engine.compressor.training.mask_training import train
from hpm_engine.encoder.shipped import DIGESTS, MASK
from hpm_engine.encoder.tensor_file import parsed
from hpm_engine.job import Job
from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.tuned_weights import TunedWeights
from hpm_engine.store.rows.steps import StepRows
from hpm_engine.values.adaptation import Model
from hpm_engine.values.compression import Budget, BudgetKind

_STEPS = 60  # of training, of each network
_DEEP = Budget(BudgetKind.DEEP)


def tuned_mask(database: Database, steps: StepRows, job: Job) -> Tuned:
    """The mask networks, taught by what the store's own sessions needed, from those in use on.

    The final patch is hidden from them. What is asked of the held-out sessions: what a deep
    memory by either, read back from its bytes, keeps of the facts. Raises ``Cancelled``.
    """
    with database.reading():
        started_from = TunedWeights(database).digest(Model.MASK) or DIGESTS[MASK]
        before = StoreScorers(database).learned()
    lessons = MaskLessons(database, steps, job)
    learn = lessons.learned()
    if (answer := too_few(started_from, len(learn), len(lessons.held()))) is not None:
        return answer
    torch.set_num_threads(1)
    networks = []
    for (seed, blind, _), old in zip(NETWORKS, before.networks, strict=True):
        weights = train(learn, seed, steps=_STEPS, blind=blind, job=job, start=old.weights)
        networks.append(Network(weights, blind))
    data = packed_networks(networks)
    # What is judged is what will be stored: in half precision.
    stored = networks_in(parsed(data, file_layout(), "of the tuned mask"))
    after = structs.replace(before, networks=stored)
    values = [(_kept(before, facts), _kept(after, facts)) for facts in lessons.asked()]
    tuned_verdict = verdict(len(learn), lessons.parts.of, *zip(*values, strict=True))
    return Tuned(started_from, data, tuned_verdict)


def _kept(scorer: Scorer, facts: Facts) -> float:
    """The mean of the shares that are kept of an episode's own and of later needed facts."""
    compression = compress(facts.evidence, scorer, _DEEP)
    left = frozenset() if compression is None else words_left(unpack(compression.data))
    wanted = [of for of in (facts.own, facts.needed) if of]
    return statistics.fmean(len(of & left) / len(of) for of in wanted)
