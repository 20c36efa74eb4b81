"""What a proposal comes from: its session, the steps before it, the tools that there are."""

from __future__ import annotations

from hpm_engine.store.file.database import Database
from hpm_engine.store.names import NAME
from hpm_engine.store.rows.steps import MOST_STEPS, place_of, step_id
from hpm_engine.values.proposals import Proposal

_PROPOSING = "propose_note"  # the tool by which agents propose: its call says nothing new


class Surroundings:
    """What surrounds proposals. Reads inside the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def episode(self, proposal: Proposal) -> tuple[int, str] | None:
        """The episode of its session and what that is called; None where the store lacks it."""
        rows = self._db.rows(
            f"SELECT e.id, {NAME} FROM episodes e"
            " WHERE e.key = ? AND e.key <> '' AND e.session_key = '' ORDER BY e.id LIMIT 1",
            (proposal.session,),
        )
        return (rows[0][0], rows[0][1]) if rows else None

    def before(self, proposal: Proposal, episode_id: int, count: int) -> list[tuple[int, int]]:
        """The last steps of an episode up to a proposal, as episode and position, in order.

        None where its steps have no times.
        """
        rows = self._db.rows(
            "SELECT id FROM steps WHERE id BETWEEN ? AND ? AND at <= ? AND tool NOT LIKE ?"
            " ORDER BY id DESC LIMIT ?",
            (
                step_id(episode_id, 0),
                step_id(episode_id, MOST_STEPS - 1),
                proposal.proposed_at,
                f"%{_PROPOSING}",
                count,
            ),
        )
        return [place_of(key) for (key,) in reversed(rows)]

    def tools(self) -> list[str]:
        """The names by which agents called tools."""
        return [tool for (tool,) in self._db.rows("SELECT DISTINCT tool FROM episode_tools")]
