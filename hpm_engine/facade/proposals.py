"""What agents propose to remember, and what a person says to it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from hpm_engine.facade.internals import Internals
from hpm_engine.store.proposals.rows import ProposalRows
from hpm_engine.store.proposals.surroundings import Surroundings
from hpm_engine.values.proposals import Proposal, ProposalReview, ProposalState, Proposed
from hpm_engine.values.reports import Edit
from hpm_engine.words.warning_signs import SignKind, WarningSign, warning_signs

_STEPS = 3  # before a proposal, that a person is shown


class Proposals:
    """What ``Memory.proposals`` is. Every method may raise ``HPMError``.

    ``marks.undo`` undoes edits. The log has salted digests, never a text.
    """

    def __init__(self, internals: Internals) -> None:
        self._internals = internals
        self._db = internals.database
        self._rows = ProposalRows(internals.database, internals.log)
        self._around = Surroundings(internals.database)

    def propose(
        self, text: str, because: str = "", *, agent: str = "", session: str = "", project: str = ""
    ) -> Proposed:
        """Hold a text until a person decides; what was proposed before is not held again.

        ``agent`` and ``project`` are names as episodes have them: by these the rules of
        visibility go. ``session`` is the agent's own id of its session. The log names ``agent``
        as the one who acted. Too many that wait are no error but an outcome. Raises ``BadQuery``
        for an empty or overlong text, and ``ReadOnlyStore``.
        """
        with self._db.writing():
            return self._rows.propose(text, because, agent, session, project)

    def page(
        self, states: Sequence[ProposalState] = (), offset: int = 0, limit: int = 200
    ) -> list[Proposal]:
        """Proposals in some states, in any without one: the latest first."""
        with self._db.reading():
            return self._rows.page(states, offset, limit)

    def count(self, states: Sequence[ProposalState] = ()) -> int:
        """How many proposals are in some states, in any without one."""
        with self._db.reading():
            return self._rows.count(states)

    def get(self, proposal_id: int) -> Proposal:
        """A proposal by its number; raises ``NotFound``."""
        with self._db.reading():
            return self._rows.get(proposal_id)

    def signs(self, proposals: Sequence[Proposal]) -> list[tuple[WarningSign, ...]]:
        """What a person should look at in each proposal, in all that its agent wrote."""
        with self._db.reading():
            tools = self._around.tools()
        return [_signs(proposal, tools) for proposal in proposals]

    def review(self, proposal_id: int) -> ProposalReview:
        """A proposal with its signs, the steps before it and what is near; raises ``NotFound``."""
        with self._db.reading():
            proposal = self._rows.get(proposal_id)
            session = self._around.episode(proposal)
            places = [] if session is None else self._around.before(proposal, session[0], _STEPS)
            return ProposalReview(
                proposal=proposal,
                signs=_signs(proposal, self._around.tools()),
                episode_id=None if session is None else session[0],
                episode="" if session is None else session[1],
                steps=tuple(self._internals.steps.chosen(places)),
                near=self._internals.recall.near_notes(proposal, self._rows),
            )

    def accept(self, proposal_id: int, *, everywhere: bool = False) -> Edit:
        """Accept a proposal as the agent wrote it; raises ``NotFound``.

        Agents are given it in the project in which it was proposed, or ``everywhere``. Accepting
        again changes that.
        """
        with self._db.writing():
            return self._rows.accept(proposal_id, None, everywhere)

    def edit_and_accept(self, proposal_id: int, text: str, *, everywhere: bool = False) -> Edit:
        """Accept ``text`` in the place of what the agent wrote, which is kept beside it.

        ``everywhere`` is as in ``accept``. Raises ``NotFound``, and
        ``BadQuery`` for an empty or overlong text.
        """
        with self._db.writing():
            return self._rows.accept(proposal_id, text, everywhere)

    def refuse(self, proposal_id: int) -> Edit:
        """Refuse a proposal, also one that was accepted; the same is not asked about again.

        Raises ``NotFound``.
        """
        with self._db.writing():
            return self._rows.refuse(proposal_id)

    def withdraw(self, proposal_id: int, *, agent: str = "") -> Edit:
        """Take a proposal back that waits; ``agent`` is who did.

        Raises ``NotFound``, and ``BadQuery`` where a person decided before.
        """
        with self._db.writing():
            return self._rows.withdraw(proposal_id, agent)


def _signs(proposal: Proposal, tools: Collection[str]) -> tuple[WarningSign, ...]:
    """The first sign of each kind in all that its agent wrote, each field by itself."""
    fields = (proposal.text, proposal.because, proposal.agent, proposal.project)
    signs: dict[SignKind, WarningSign] = {}
    for field in fields:
        for sign in warning_signs(field, tools):
            signs.setdefault(sign.kind, sign)
    return tuple(signs[kind] for kind in SignKind if kind in signs)
