"""``forget``: a preview of all that holds a thing, then it is gone from every byte of the store."""

from __future__ import annotations

import hmac
import logging
import shutil
from collections.abc import Collection
from hashlib import sha256

import msgspec
from msgspec import structs

from hpm_engine.compressor.packing.container import unpack
from hpm_engine.consolidator.tier import ConsolidatedTier
from hpm_engine.consolidator.turn import turn
from hpm_engine.encoding.steps import encode_and_index
from hpm_engine.erasure.remembrance import others_found
from hpm_engine.errors import BadQuery, Cancelled, CannotWrite, HPMError, NotFound
from hpm_engine.index.cache import index_folder
from hpm_engine.job import Job
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.checkpoints.rows import CheckpointRows
from hpm_engine.store.erasure.erased_episodes import ErasedEpisodes
from hpm_engine.store.erasure.erased_fields import ErasedFields
from hpm_engine.store.erasure.erased_steps import ErasedSteps, Span
from hpm_engine.store.erasure.erased_topics import ErasedTopics
from hpm_engine.store.erasure.erasures import ErasureRows
from hpm_engine.store.erasure.left_sessions import make_key
from hpm_engine.store.erasure.needle import ErasedPattern
from hpm_engine.store.evictions import EvictionRows
from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.vectors import VectorRows
from hpm_engine.store.rows.steps import StepRows
from hpm_engine.system.log.work import work
from hpm_engine.values.leaving.erasure import (
    ErasurePreview,
    ErasureReport,
    ErasureTarget,
    HeldPlace,
)
from hpm_engine.values.reports import Changed
from hpm_engine.values.vectors import VectorKind

_LOG = logging.getLogger(__name__)


class ErasureFinds(msgspec.Struct):
    """What holds what is to be erased."""

    needle: ErasedPattern | None
    episodes: list[int]
    along: int
    steps: dict[int, list[int]]
    lines: dict[int, list[Span]]
    ledgers: set[int]
    checkpoints: list[int]
    prototypes: list[int]
    places: tuple[HeldPlace, ...]


class Erasure:
    """What ``Memory.erasure`` is. Every method may raise ``HPMError``."""

    def __init__(self, database: Database, log: AuditLog, steps: StepRows) -> None:
        self._db, self._log, self._steps = database, log, steps
        self._episodes = ErasedEpisodes(database, log, steps)
        self._texts = ErasedSteps(database, steps)
        self._fields = ErasedFields(database, log)
        self._topics = ErasedTopics(database)
        self._rows = ErasureRows(database, log)

    def preview(self, target: ErasureTarget, job: Job | None = None) -> ErasurePreview:
        """Everything that holds it, each with a count; changes nothing.

        Raises ``NotFound`` for an episode that is not there, ``BadQuery`` for a bad expression.
        """
        with self._db.reading():
            finds = self._find(target, job or Job(), b"")
            touched = self._touched(finds)
            return ErasurePreview(
                episodes=tuple(finds.episodes),
                touched=tuple(sorted(touched)),
                along=finds.along,
                places=finds.places,
                staying=self._staying(finds),
                pinned=tuple(self._episodes.pinned({*finds.episodes, *touched})),
                pinned_prototypes=tuple(self._topics.pinned(finds.prototypes)),
            )

    def run(
        self, target: ErasureTarget, job: Job | None = None, *, relearn: bool = True
    ) -> ErasureReport:
        """Erase it. ``job`` can be cancelled until the one transaction in which all of it goes.

        From then on it is finished, at the latest when the store is opened next. Raises
        ``CannotWrite`` where a pin protects any of it, ``Cancelled`` with nothing changed.
        """
        job = job or Job()
        with work(_LOG, "erasure") as counts:
            self._rows.overwrite()
            with self._db.reading():  # nobody waits for the store while it is looked through
                head = self._rows.head()
                finds = self._find(target, job, b"")
            gone = {*finds.episodes, *self._touched(finds)}
            measured = others_found(self._db, self._log, gone) if finds.prototypes else None
            with self._db.writing():
                secret = make_key(self._db)
                if self._rows.head() != head:  # somebody wrote meanwhile
                    finds = self._find(target, job, secret)
                self._refuse(finds)
                if not finds.places:
                    raise NotFound(f"{self._db.path}: nothing holds it; nothing was changed.")
                if finds.needle is not None:
                    self._fields.look_for(finds.needle, secret)
                report = self._erase(target, finds, secret, job)
                if measured is not None:
                    report = structs.replace(
                        report, found_before=measured[0], canaries=len(measured[1])
                    )
                job.step(0, None, "erasing", "")  # the last moment to cancel
            counts.update(episodes=len(finds.episodes), places=len(report.places))
            [done] = [each for each in self.finish(job) if each.id == report.id]
        report = structs.replace(report, wiped=done.wiped, changed=Changed(~0))
        if not (relearn and finds.prototypes):
            return structs.replace(report, waiting=len(finds.prototypes))
        return self._relearn(report, finds, gone, measured[1] if measured else [], job)

    def under_way(self) -> int:
        """How many erasures were broken off before their bytes were gone from the file."""
        with self._db.reading():
            return len(self._rows.under_way())

    def finish(self, job: Job | None = None) -> list[ErasureReport]:
        """Take the bytes of what was erased out of the file and the caches; the receipts.

        A reader of another program can keep the file's old pages: then ``wiped`` is false, and
        the next call goes on.
        """
        with self._db.reading():
            waiting = self._rows.under_way()
        if not waiting:
            return []
        folder = index_folder(self._db)
        with turn(
            folder.parent.parent / "turns" / f"{folder.name}-erasing", self._db.path, "erasing"
        ):
            return self._finish(waiting, job or Job())

    def _finish(self, waiting: list[tuple[int, str, str]], job: Job) -> list[ErasureReport]:
        self._rows.overwrite()
        wiped = EvictionRows(self._db, self._log).wipe(_Unstoppable(job))
        shutil.rmtree(index_folder(self._db), ignore_errors=True)
        reports = []
        for number, actor, text in waiting:
            report = msgspec.json.decode(text, type=ErasureReport)
            reports.append(structs.replace(report, id=number, wiped=wiped))
            if wiped:
                with self._db.writing():
                    self._rows.end(number)
                    detail = {"erasure": number, "bytes": "gone"}
                    after = report.after
                    subject = f"erasure:{number}"
                    self._log.append(
                        "erased", subject, before=after, after=after, detail=detail, actor=actor
                    )
        return reports

    # -- finding -------------------------------------------------------------------------------

    def _find(self, target: ErasureTarget, job: Job, secret: bytes) -> ErasureFinds:
        if not (target.episodes or target.steps or target.pattern):
            raise BadQuery("Say what is to be erased.", 0)
        episodes = self._episodes.along(target.episodes) if target.episodes else []
        if missing := set(target.episodes) - set(episodes):
            raise NotFound(f"{self._db.path}: no episode {min(missing)}.")
        steps: dict[int, list[int]] = {}
        for episode_id, seq in target.steps:
            if self._steps.span(episode_id, seq) is None:
                raise NotFound(f"{self._db.path}: episode {episode_id} has no step {seq + 1:,}.")
            steps.setdefault(episode_id, []).append(seq)
        along = len(set(episodes) - set(target.episodes))
        finds = ErasureFinds(
            None, episodes, along, steps, self._texts.records(steps), set(), [], [], ()
        )
        places = self._episodes.places(episodes)
        if target.pattern:
            places += self._look(target, finds, secret, job)
        finds.steps = {
            key: sorted(set(each)) for key, each in finds.steps.items() if key not in set(episodes)
        }
        if count := sum(map(len, finds.steps.values())):
            places.insert(0, HeldPlace("steps that stay without it", count))
        if finds.ledgers:
            places.append(HeldPlace("compressed memories and ledgers", len(finds.ledgers)))
        if lines := sum(map(len, finds.lines.values())):
            places.append(HeldPlace("lines of original files", lines, "the rest stays"))
        if finds.checkpoints:
            said = "each goes as a whole"
            places.append(HeldPlace("checkpoints that hold it", len(finds.checkpoints), said))
        finds.prototypes = self._topics.resting_on({*episodes, *self._touched(finds)})
        if places:
            places += self._topics.places(finds.prototypes)
            cache = index_folder(self._db)
            if cache.exists():
                files = sum(each.is_file() for each in cache.rglob("*"))
                said = "index and map files in the cache"
                places += [HeldPlace(said, files, "made again when needed")] if files else []
        finds.places = tuple(places)
        return finds

    def _look(
        self, target: ErasureTarget, finds: ErasureFinds, secret: bytes, job: Job
    ) -> list[HeldPlace]:
        needle = finds.needle = ErasedPattern(
            target.pattern, expression=target.expression, fold=target.fold
        )
        self._fields.look_for(needle, secret)
        for key, positions in self._texts.holding(needle, job).items():
            finds.steps.setdefault(key, []).extend(positions)
        for source, spans in self._texts.lines(needle, job).items():
            finds.lines.setdefault(source, []).extend(spans)
        finds.ledgers = self._fields.ledgers(needle, lambda data: msgspec.json.encode(unpack(data)))
        finds.checkpoints = self._fields.checkpoints(needle, job)
        return self._fields.places(job)

    def _touched(self, finds: ErasureFinds) -> set[int]:
        return ({*finds.steps} | finds.ledgers) - set(finds.episodes)

    def _staying(self, finds: ErasureFinds) -> tuple[HeldPlace, ...]:
        staying = self._fields.staying() if finds.needle is not None else []
        return (*staying, *self._rows.outside())

    def _refuse(self, finds: ErasureFinds) -> None:
        pinned = self._episodes.pinned({*finds.episodes, *self._touched(finds)})
        topics = self._topics.pinned(finds.prototypes)
        held = self._rows.pinned_checkpoints(finds.checkpoints, finds.episodes)
        kinds = (("episode", pinned), ("topic", topics), ("checkpoint", held))
        if said := [f"{kind} {', '.join(map(str, ids[:5]))}" for kind, ids in kinds if ids]:
            raise CannotWrite(
                f"A pin protects {' and '.join(said)}, which holds it. Unpin first; nothing was"
                " changed."
            )

    # -- erasing -------------------------------------------------------------------------------

    def _erase(
        self, target: ErasureTarget, finds: ErasureFinds, secret: bytes, job: Job
    ) -> ErasureReport:
        before = self._rows.state()
        self._texts.cut(finds.lines, secret)
        if finds.checkpoints:
            CheckpointRows(self._db, self._log).forget(finds.checkpoints)
        if finds.prototypes:
            self._topics.remove(finds.prototypes)
        else:
            self._topics.forget_undo()
        if finds.episodes:
            self._episodes.remove(finds.episodes, secret)
        touched = sorted(self._touched(finds))
        for done, key in enumerate(touched):
            job.step(done, len(touched), "erasing", "episodes")
            self._texts.rewrite(key, finds.steps.get(key, ()), finds.needle, secret)
        if finds.needle is not None:
            self._fields.rewrite(secret)
        report = ErasureReport(0, finds.places, before, self._rows.state(), wiped=False)
        number = self._rows.begin(msgspec.json.encode(report).decode())
        named = msgspec.json.encode(target)
        self._log.append(
            "erase",
            f"erasure:{number}",
            before=report.before,
            after=report.after,
            detail={
                "target": hmac.new(secret, named, sha256).hexdigest(),
                "episodes": len(finds.episodes),
                "touched": len(touched),
                "topics": len(finds.prototypes),
                "places": {place.what: place.count for place in finds.places},
            },
        )
        return structs.replace(report, id=number)

    def _relearn(
        self,
        report: ErasureReport,
        finds: ErasureFinds,
        gone: Collection[int],
        keys: list[tuple[int, int]],
        job: Job,
    ) -> ErasureReport:
        """Learn again what other memories the topics held, and measure what they lead back to."""
        try:
            with self._db.reading():
                encodes = VectorRows(self._db).current(VectorKind.STEP) is not None
            if encodes:
                encode_and_index(self._db, self._log, self._steps, job, None)
            ConsolidatedTier(self._db, self._log, self._steps).runs.learn(job=job)
        except (HPMError, Cancelled):
            _LOG.warning("topics are not learned again yet: run hpm consolidate")
            return structs.replace(report, waiting=len(finds.prototypes))
        now = others_found(self._db, self._log, gone, keys)
        share = None if now is None else now[0]
        return structs.replace(report, relearned=len(finds.prototypes), found=share)


class _Unstoppable(Job):
    """A job that reports as another does, and cannot be stopped any more."""

    def __init__(self, job: Job) -> None:
        super().__init__(give_way=job.give_way)
        self._job = job

    def step(
        self,
        done: int,
        total: int | None = None,
        note: str = "",
        unit: str = "",
        figures: tuple[float, ...] = (),
    ) -> None:
        """Tell the other how far it is."""
        try:
            self._job.step(done, total, note, unit, figures)
        except Cancelled:
            return
