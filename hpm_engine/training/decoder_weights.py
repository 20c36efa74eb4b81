"""The recipe of the shipped decision mask and decoder, from the mask networks' traces."""

from __future__ import annotations

from pathlib import Path

from hpm_engine.compressor.scorers.shipped_decoder import packed_decoder
from hpm_engine.compressor.training.decision_training import train_decisions
from hpm_engine.evaluation.compression.decisions import decision_cases
from hpm_engine.evaluation.phi.training_cases import training_cases
from hpm_engine.job import Job


def trained_decoder(data: Path, job: Job) -> bytes:
    """The safetensors file of a mask and a decoder trained together on the traces under ``data``.

    They do not see the final patch, which tells the steps that are to be rebuilt. Takes less than
    a minute on one core.

    Raises:
        NotFound: the traces are not there.
        Cancelled: the job was cancelled.
    """
    with training_cases(data, job) as (memory, cases):
        lessons = [case.lesson for case in decision_cases(memory, cases)]
    return packed_decoder(train_decisions(lessons, job=job))
