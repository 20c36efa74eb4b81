"""The making of the sample store: generated trace files, read by the real importer."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

from hpm_engine.errors import CannotWrite
from hpm_engine.job import Job
from hpm_engine.memory import Memory, open_memory
from hpm_engine.sample import claude_sessions, codex_sessions
from hpm_engine.sample.noted import write_notes
from hpm_engine.sample.plot import Played, play, slots
from hpm_engine.sample.project import load_knowledge
from hpm_engine.sample.truth import Truth, resolved, truth_of
from hpm_engine.sample.usage import PERSON, use
from hpm_engine.system.unfinished import unfinished
from hpm_engine.values.episodes import EpisodeQuery
from hpm_engine.values.reports import ImportReport

NOTE = "generated: three invented projects, an invented half year, no real person or session"
_PINNED = ("t-role-scope", "k-journal-tail", "f-rename-layer", "t-pgbouncer-move")
_TAGS = {
    "release": ("f-release-notes", "k-man", "t-drop-v1", "f-bundle"),
    "money": ("t-vat-rounding", "t-discount", "t-refund", "t-shore-power", "t-statement-match"),
    "refactoring": ("t-async-port", "t-strict", "f-strict-null", "f-signals", "k-typed-errors"),
}
_ZIP_TIME = (2026, 7, 1, 0, 0, 0)  # of all members


class SampleTraces(msgspec.Struct, frozen=True):
    """The generated traces by agent and path, their labels and their truth."""

    traces: dict[str, dict[str, bytes]]
    labels: str
    truth: Truth
    subjects: dict[str, str]  # task -> session key

    def size(self) -> int:
        """Bytes of all trace files."""
        return sum(len(data) for files in self.traces.values() for data in files.values())


def generate(job: Job | None = None) -> SampleTraces:
    """All of the sample in memory; each call gives the same bytes. Raises ``Cancelled``."""
    job = job or Job()
    traces: dict[str, dict[str, bytes]] = {"claude-code": {}, "codex": {}}
    played: list[Played] = []
    total = len(slots())
    for session in play():
        script = session.script
        job.step(len(played), total, script.title.split("\n")[0], "sessions")
        renderer = claude_sessions if script.agent == "claude-code" else codex_sessions
        traces[script.agent] |= renderer.render(script)
        played.append(session)
    rows = ((session.script.key, resolved(session)) for session in played)
    labels = "".join(f"{key},{outcome}\n" for key, outcome in rows if outcome)
    return SampleTraces(
        traces=traces,
        labels="instance_id,resolved\n" + labels,
        truth=truth_of(played, load_knowledge()),
        subjects={session.subject: session.script.key for session in played},
    )


def truth_path(store: Path) -> Path:
    """The path of a sample store's answer key: ``name.truth.json`` beside ``name.hpm``."""
    return store.with_suffix(".truth.json")


def build_sample(path: Path, job: Job | None = None, *, computed: bool = True) -> ImportReport:
    """Build the sample store at ``path``, and its truth beside it.

    ``computed`` says whether it has been used: prepared for recall, older sessions compressed,
    cycles, notes, recalls of agents. Without, it is as after its import, with pins and tags.

    Everything happens in a folder beside ``path`` that goes away; both files appear at the end,
    so cancelling or a failure leaves nothing. A truth left without its store is replaced. Raises
    ``CannotWrite`` when the store is there already or the folder cannot be written, ``Cancelled``
    when asked to stop.
    """
    job = job or Job()
    if path.exists():
        raise CannotWrite(f"{path}: there is a file already. Choose another name or remove it.")
    try:
        folder = unfinished(path)
        folder.mkdir(mode=0o700)
        try:
            report = _build(folder, job, computed=computed)
            (folder / "truth.json").replace(truth_path(path))
            (folder / "store.hpm").rename(path)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    except OSError as error:
        raise CannotWrite(
            f"{path}: the sample cannot be written there ({error.strerror or error}). "
            "Choose another folder."
        ) from error
    return report


def _build(folder: Path, job: Job, *, computed: bool) -> ImportReport:
    sample = generate(job)
    (folder / "labels.csv").write_text(sample.labels, encoding="utf-8")
    (folder / "truth.json").write_bytes(sample.truth.to_json())
    archives = [_pack(folder / f"{agent}.zip", files) for agent, files in sample.traces.items()]
    with open_memory(folder / "store.hpm", create=True, actor=PERSON) as memory:
        notes = write_notes(folder, sample.subjects)
        report = memory.import_paths([*archives, *notes], base=folder, job=job)
        memory.settings.set("sample", NOTE)
        ids = _mark(memory, sample)
    if computed:
        use(folder / "store.hpm", ids, job)
    return report


def _pack(archive: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as target:
        for name, data in sorted(files.items()):
            target.writestr(zipfile.ZipInfo(name, _ZIP_TIME), data)
    return archive


def _mark(memory: Memory, sample: SampleTraces) -> dict[str, int]:
    """Pin and tag some episodes, as a person would have done; the ids of all by their task."""
    matches = memory.episodes.find(EpisodeQuery(top_level=True))
    episodes = memory.episodes.get(matches.window(0, len(matches)))
    ids = {episode.key: episode.id for episode in episodes}

    def of(subjects: tuple[str, ...]) -> list[int]:
        return list(_known(ids, sample, subjects))

    memory.marks.set_pinned(of(_PINNED), True)
    for tag, subjects in _TAGS.items():
        memory.marks.add_tag(of(subjects), tag)
    ways = tuple(task for way in load_knowledge().dead_ends for task in way.sessions)
    memory.marks.add_tag(of(ways), "dead end")
    return {subject: ids[key] for subject, key in sample.subjects.items() if key in ids}


def _known(ids: dict[str, int], sample: SampleTraces, subjects: tuple[str, ...]) -> Iterator[int]:
    for subject in subjects:
        key = sample.subjects[subject]
        if key in ids:
            yield ids[key]
