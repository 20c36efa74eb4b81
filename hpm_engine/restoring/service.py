"""What agents deleted, or will delete, of the sessions that a store has."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hpm_engine.job import Job
from hpm_engine.restoring.agent_home import AgentHome
from hpm_engine.restoring.countdown import countdown
from hpm_engine.restoring.restorer import SessionRestorer
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.originals import OriginalBytes
from hpm_engine.store.rows.episodes import EpisodeRows
from hpm_engine.store.rows.kept_files import KeptFiles
from hpm_engine.store.rows.steps import StepRows
from hpm_engine.store.sources import Sources
from hpm_engine.system import local_time
from hpm_engine.values.restoring import Countdown, Restoration


class SessionRestoring:
    """What ``Memory.restoring`` is. Every method may raise ``HPMError``.

    ``home`` is the home folder of whose agents are meant, by default of who runs the program.
    """

    def __init__(
        self,
        database: Database,
        log: AuditLog,
        episodes: EpisodeRows,
        steps: StepRows,
        sources: Sources,
    ) -> None:
        self._db, self._log = database, log
        self._episodes, self._steps = episodes, steps
        self._originals = OriginalBytes(database, sources, episodes, steps)

    def plan(
        self, ids: Sequence[int], home: Path | None = None, job: Job | None = None
    ) -> Restoration:
        """The files of some episodes, their subagents' too, and what would become of each."""
        return self._restorer(home).plan(ids, job or Job())

    def restore(
        self, ids: Sequence[int], home: Path | None = None, job: Job | None = None
    ) -> Restoration:
        """Write the files that are missing where their agents look for them.

        Nothing that exists is written over. Raises ``CannotWrite``, with the files before it
        written; each has its row in the audit log.
        """
        return self._restorer(home).restore(ids, job or Job())

    def countdown(self, home: Path | None = None, job: Job | None = None) -> Countdown:
        """The session files on this computer that their agents will delete, and when."""
        at = round(local_time.now().timestamp() * 1e6)
        return countdown(KeptFiles(self._db), _agents(home), at, job or Job())

    def _restorer(self, home: Path | None) -> SessionRestorer:
        return SessionRestorer(
            self._db, self._log, self._episodes, self._steps, self._originals, _agents(home)
        )


def _agents(home: Path | None) -> AgentHome:
    """Another home folder has its own settings: no variable of this environment moves them."""
    return AgentHome() if home is None else AgentHome(home, {})
