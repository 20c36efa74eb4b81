"""The recipe of the shipped weights of φ."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hpm_engine.encoder.phi_training import Trained, train_phi
from hpm_engine.encoder.static import StaticEncoder
from hpm_engine.encoder.tensor_file import packed
from hpm_engine.encoder.traced_task import repository_groups
from hpm_engine.errors import NotFound
from hpm_engine.evaluation.phi.questions import TASKS
from hpm_engine.evaluation.phi.tasks import counts_of, traced_tasks
from hpm_engine.evaluation.recall.transfer import scratch_store
from hpm_engine.evaluation.recall.transfer_tasks import solved_in
from hpm_engine.evaluation.result import Report
from hpm_engine.job import Job

_GROUPS = 4  # of repositories
_WATCHED = 0  # the group of the largest repository, django, which chooses the round; others teach
_ABOUT = "phi over static-256, trained on mini-SWE-agent's traces (MIT) of SWE-bench Verified"


def trained_phi(data: Path, job: Job, report: Report) -> tuple[bytes, Trained]:
    """The weights file, trained on the MIT traces under ``data`` alone, and its training.

    The largest repository chooses the round, all others are learnt from. About a minute
    on one core; the same traces give the same bytes.

    Raises:
        NotFound: the traces are not under ``data``.
        Cancelled: the job was cancelled.
    """
    if not (data / TASKS).exists():
        raise NotFound(f"{data}: there is no {TASKS} in it, which the encoder is trained on.")
    with (
        tempfile.TemporaryDirectory(prefix="hpm-train-") as folder,
        scratch_store(Path(folder) / "own.hpm", [data / TASKS], report) as memory,
    ):
        solved = solved_in(memory)
        encoder = StaticEncoder(counts_of(memory, solved))
        tasks = traced_tasks(memory, solved, encoder, job)
    groups = repository_groups(tasks, _GROUPS)
    learn = [task for index, group in enumerate(groups) if index != _WATCHED for task in group]
    trained = train_phi(learn, groups[_WATCHED], job)
    return packed(trained.network.tensors(), _ABOUT), trained
