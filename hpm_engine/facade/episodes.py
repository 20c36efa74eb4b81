"""The episodes of a store: finding, reading and exporting them."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from msgspec.structs import replace

from hpm_engine.config import HANDOVER_TOKENS
from hpm_engine.facade.internals import Internals
from hpm_engine.job import Job
from hpm_engine.store.live import lately_imported
from hpm_engine.store.rows.day_groups import day_groups
from hpm_engine.store.search.facet_counts import facet_counts
from hpm_engine.store.secrets.border import SecretBorder
from hpm_engine.system import local_time
from hpm_engine.values.episodes import (
    DayGroup,
    Episode,
    EpisodeDetail,
    EpisodeList,
    EpisodeQuery,
    FacetCounts,
    Facets,
    Sums,
)
from hpm_engine.values.exports import (
    NOTHING_LEFT_OUT,
    ExportedFile,
    ExportFormat,
    ExportOutlook,
    ExportPart,
)
from hpm_engine.values.handover import Packet
from hpm_engine.values.live import LIVE_SECONDS, is_live
from hpm_engine.values.reports import Exported

if TYPE_CHECKING:
    from hpm_engine.export.episode_export import EpisodeExporter


class Episodes:
    """What ``Memory.episodes`` is. Every method may raise ``HPMError``."""

    def __init__(self, internals: Internals) -> None:
        self._internals = internals
        self._db = internals.database
        self._rows = internals.episodes

    def find(self, query: EpisodeQuery, job: Job | None = None) -> EpisodeList:
        """The ids that a query finds, in its order. Raises ``BadQuery``."""
        with self._db.reading():
            return self._internals.finder.find(query, job)

    def day_groups(self, episodes: EpisodeList) -> tuple[DayGroup, ...]:
        """Where the days begin in a list that is sorted by when its episodes began."""
        with self._db.reading():
            return day_groups(self._db, episodes, local_time.now())

    def get(self, ids: Sequence[int]) -> list[Episode]:
        """The rows of ``ids`` in that order; ids that are gone are left out."""
        with self._db.reading():
            return self._rows.get(ids)

    def live(self, now: float) -> list[Episode]:
        """The episodes that go on now (``now`` in seconds since 1970); see ``is_live``."""
        with self._db.reading():
            ids = lately_imported(self._db, int((now - LIVE_SECONDS) * 1e6))
            return [episode for episode in self._rows.get(ids) if is_live(episode, now)]

    def detail(self, episode_id: int | str) -> EpisodeDetail:
        """All about one episode (a text: its session's id or title). Raises ``NotFound``."""
        with self._db.reading():
            return self._rows.detail(episode_id)

    def facet_counts(self, text: str, job: Job | None = None) -> FacetCounts:
        """How many episodes of a search each value of a filter would leave. Raises ``BadQuery``."""
        with self._db.reading():
            return facet_counts(self._db, self._internals.finder, text, job)

    def sums(self, ids: bytes) -> Sums:
        """What episodes come to, whose ids are packed as in an ``EpisodeList``."""
        with self._db.reading():
            return self._rows.sums(ids)

    def facets(self) -> Facets:
        """The values that filters can offer."""
        with self._db.reading():
            return self._rows.facets()

    def export(
        self,
        episode_id: int,
        destination: Path | BinaryIO,
        *,
        job: Job | None = None,
        form: ExportFormat = ExportFormat.ATIF,
        without: frozenset[ExportPart] = NOTHING_LEFT_OUT,
    ) -> Exported:
        """Write an episode: as an ATIF trajectory, lossless both ways, or in another form.

        ``without`` is what a form for people leaves out. The export is logged.
        Raises ``NotFound``, ``Evicted``, and ``CannotWrite`` with no file left behind.
        """
        self._spare(destination)
        return self._exporter().export(episode_id, destination, job or Job(), form, without=without)

    def rendered(
        self,
        episode_id: int,
        form: ExportFormat,
        *,
        without: frozenset[ExportPart] = NOTHING_LEFT_OUT,
        job: Job | None = None,
    ) -> bytes:
        """What ``export`` writes, only read: nothing leaves the store, so nothing is logged."""
        with self._db.reading():
            return self._exporter().rendered(episode_id, job or Job(), form, without=without)

    def export_many(
        self,
        ids: Sequence[int],
        destination: Path,
        form: ExportFormat,
        *,
        without: frozenset[ExportPart] = NOTHING_LEFT_OUT,
        job: Job | None = None,
    ) -> ExportedFile:
        """Write episodes to one document, if the form is for people, or to an archive (.zip).

        Raises as ``export``; what has no bytes left is passed over, and named.
        """
        self._spare(destination)
        return self._exporter().export_many(ids, destination, job or Job(), form, without=without)

    def outlook(
        self,
        ids: Sequence[int],
        form: ExportFormat,
        *,
        without: frozenset[ExportPart] = NOTHING_LEFT_OUT,
    ) -> ExportOutlook:
        """What would leave the store with an export, before anything is written."""
        with self._db.reading():
            return self._exporter().outlook(ids, form, without=without)

    def packet(
        self, episode_id: int, tokens: int = HANDOVER_TOKENS.value, job: Job | None = None
    ) -> Packet:
        """A session in brief for another agent, of at most so many tokens; only read."""
        from hpm_engine.handover.service import packet_of

        with self._db.reading():
            detail = self._rows.detail(episode_id)
            packet = packet_of(detail, self._internals.steps, tokens, job or Job())
            return replace(packet, text=SecretBorder(self._db).clean(packet.text))

    def hand_over(
        self, episode_id: int, tokens: int = HANDOVER_TOKENS.value, job: Job | None = None
    ) -> Packet:
        """The packet, with a row of the audit log: it leaves the store. Raises ``NotFound``."""
        packet = self.packet(episode_id, tokens, job)
        digest = sha256(packet.text.encode()).hexdigest()
        detail = {"format": "packet", "tokens": packet.tokens, "size": len(packet.text.encode())}
        with self._db.writing():
            subject = f"episode:{episode_id}"
            self._internals.log.append("export", subject, after=digest, detail=detail)
        return packet

    def _spare(self, destination: Path | BinaryIO) -> None:
        if isinstance(destination, Path):
            self._internals.spare(destination)

    def _exporter(self) -> EpisodeExporter:
        # A window exports nothing while it opens.
        from hpm_engine.export.episode_export import EpisodeExporter

        own = self._internals
        return EpisodeExporter(self._db, own.log, self._rows, own.steps, own.sources)
