"""What agents propose to remember: held until a person decides, and each decision put back."""

from __future__ import annotations

import time
from collections.abc import Sequence
from hashlib import sha256
from secrets import token_bytes
from typing import Any

import msgspec

from hpm_engine.audit.chain import canonical_json
from hpm_engine.config import (
    PROPOSAL_CHARACTERS,
    PROPOSAL_REASON_CHARACTERS,
    WAITING_PROPOSALS,
    WAITING_PROPOSALS_OF_SESSION,
)
from hpm_engine.errors import BadQuery, NotFound
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.memory_notes.writer import MemoryNoteWriter
from hpm_engine.store.rows.declaration import Columns, ReadBy, insertion
from hpm_engine.store.rows.projects import ProjectRows
from hpm_engine.store.secrets.border import SecretBorder
from hpm_engine.store.texts import storable
from hpm_engine.values.memory_notes import MemoryNoteDraft, NoteAuthor
from hpm_engine.values.proposals import Proposal, ProposalState, Proposed, ProposeOutcome
from hpm_engine.values.reports import Changed, Edit

PROPOSAL = "proposal"  # the kind of such an edit
ACCEPTED = "accepted"  # the kind of memory whose notes a person accepted; the key is the proposal's
_CHANGED = Changed.NOTES | Changed.AUDIT
_PROPOSAL = Columns(
    Proposal,
    {field: field for field in Proposal.__struct_fields__}
    | {
        "state": ReadBy("state", ProposalState),
        "note_id": (
            f"(SELECT n.id FROM memory_notes n WHERE n.store = '{ACCEPTED}'"
            " AND n.key = CAST(proposals.id AS TEXT) AND n.gone_at IS NULL)"
        ),
        "everywhere": ReadBy(
            f"(project = '' OR EXISTS (SELECT 1 FROM memory_notes n WHERE n.store = '{ACCEPTED}'"
            " AND n.key = CAST(proposals.id AS TEXT) AND n.gone_at IS NULL AND n.scope = ''))",
            bool,
        ),
    },
)
_DECISION = ("state", "accepted", "decided_at", "decided_by")  # what an edit puts back
_EVERYWHERE = "everywhere"  # of a decision, beside its columns: the note of it has no scope
_TITLE_CHARACTERS = 80
_NAME_CHARACTERS = 500  # of an agent, a session or a project


class ProposalRows:
    """The proposals of a store; changing them must happen inside the caller's transaction.

    The log has salted digests and lengths, never a text.
    """

    def __init__(self, database: Database, audit: AuditLog) -> None:
        self._db = database
        self._audit = audit
        self._border = SecretBorder(database)

    def page(self, states: Sequence[ProposalState], offset: int, limit: int) -> list[Proposal]:
        """Proposals in some states, any without one: the latest first."""
        where, values = _in(states)
        sql = (
            f"SELECT {_PROPOSAL.sql} FROM proposals{where}"
            " ORDER BY proposed_at DESC, id DESC LIMIT ? OFFSET ?"
        )
        return _PROPOSAL.values(self._db.rows(sql, (*values, limit, offset)))

    def count(self, states: Sequence[ProposalState]) -> int:
        """How many proposals are in some states, in any without one."""
        where, values = _in(states)
        count: int = self._db.value(f"SELECT count(*) FROM proposals{where}", values)
        return count

    def get(self, proposal_id: int) -> Proposal:
        """A proposal by its number; raises ``NotFound``."""
        sql = f"SELECT {_PROPOSAL.sql} FROM proposals WHERE id = ?"
        rows = self._db.rows(sql, (proposal_id,))
        if not rows:
            raise NotFound(
                f"{self._db.path}: there is no proposal {proposal_id}. `hpm notes"
                f" {self._db.path} --waiting` lists those that wait."
            )
        return _PROPOSAL.value(rows[0])

    def propose(self, text: str, because: str, agent: str, session: str, project: str) -> Proposed:
        """Hold a text until a person decides; raises ``BadQuery`` for one that is none."""
        text, because = self._border.clean(text), self._border.clean(because)
        text = _text(text, PROPOSAL_CHARACTERS.value, "A proposal")
        if not text:
            raise BadQuery("The proposal has no text: say what to remember.", 0)
        because = _text(because, PROPOSAL_REASON_CHARACTERS.value, "The reason of a proposal")
        agent, session, project = (_name(name) for name in (agent, session, project))
        digest = sha256(" ".join(text.split()).encode()).digest()
        sql = f"SELECT {_PROPOSAL.sql} FROM proposals WHERE project = ? AND sha256 = ?"
        known = _PROPOSAL.values(self._db.rows(sql, (project, digest)))
        if known and known[0].state is not ProposalState.WITHDRAWN:
            return Proposed(ProposeOutcome.KNOWN, known[0], _known(known[0]), Changed.NOTHING)
        if full := self._full(agent, session):
            return Proposed(ProposeOutcome.FULL, None, full, Changed.NOTHING)
        values = {
            "proposed_at": time.time_ns() // 1000,
            "agent": agent,
            "session": session,
            "text": text,
            "because": because,
            "state": ProposalState.WAITING,
            "accepted": "",
            "decided_at": None,
            "decided_by": "",
        }
        before = None
        if known:
            proposal_id = known[0].id
            before = self._digest(proposal_id)
            columns = ", ".join(f"{name} = ?" for name in values)
            sql = f"UPDATE proposals SET {columns} WHERE id = ?"
            self._db.execute(sql, (*values.values(), proposal_id))
        else:
            values |= {"project": project, "sha256": digest, "salt": token_bytes(16)}
            self._db.execute(insertion("proposals", values), tuple(values.values()))
            proposal_id = self._db.value("SELECT last_insert_rowid()")
        self._log("propose", proposal_id, before or "", actor=agent)
        proposal = self.get(proposal_id)
        sentence = f"held as proposal {proposal_id} until a person accepts it"
        return Proposed(ProposeOutcome.HELD, proposal, sentence, _CHANGED)

    def accept(self, proposal_id: int, text: str | None, everywhere: bool) -> Edit:
        """Accept a proposal, with ``text`` in the place of the agent's where that is given.

        It is for the project in which it was proposed, or for ``everywhere``.
        Raises ``NotFound``, and ``BadQuery`` for an empty or overlong text.
        """
        proposal = self.get(proposal_id)
        accepted = proposal.text if text is None else _text(text, PROPOSAL_CHARACTERS.value, "It")
        if not accepted:
            raise BadQuery("There is no text left to accept. Refuse the proposal instead.", 0)
        title = "Accept a proposal" if text is None else "Edit and accept a proposal"
        state = ProposalState.ACCEPTED
        return self._decide("accept proposal", title, proposal, state, accepted, "", everywhere)

    def refuse(self, proposal_id: int) -> Edit:
        """Refuse a proposal, also one that was accepted. Raises ``NotFound``."""
        proposal = self.get(proposal_id)
        title = "Refuse a proposal"
        return self._decide("refuse proposal", title, proposal, ProposalState.REFUSED)

    def withdraw(self, proposal_id: int, agent: str) -> Edit:
        """Take a proposal back that still waits.

        Raises ``NotFound``, and ``BadQuery`` where a person decided.
        """
        proposal = self.get(proposal_id)
        if proposal.state not in (ProposalState.WAITING, ProposalState.WITHDRAWN):
            raise BadQuery(
                f"Proposal {proposal_id} is {proposal.state} already; only a person changes that.",
                0,
            )
        title = "Withdraw a proposal"
        actor = _name(agent)
        return self._decide(
            "withdraw proposal", title, proposal, ProposalState.WITHDRAWN, actor=actor
        )

    def undo(self, edit: Edit) -> Edit:
        """Put a decision back to what it was, where nobody decided anew; gives the inverse."""
        if not edit.after:
            return edit
        [(proposal_id, became)], [(_, was)] = edit.after, edit.before
        now = self._decision(proposal_id)
        if _marks(now) != became:
            return Edit(edit.title, PROPOSAL, (), (), Changed.NOTHING)
        return self._write("undo", edit.title, proposal_id, now, msgspec.json.decode(was[0]))

    def _decide(
        self,
        action: str,
        title: str,
        proposal: Proposal,
        state: ProposalState,
        accepted: str = "",
        actor: str = "",
        everywhere: bool = False,
    ) -> Edit:
        now = self._decision(proposal.id)
        # What was proposed for no project is for everywhere anyway.
        everywhere = everywhere and bool(proposal.project)
        if (now["state"], now["accepted"], now[_EVERYWHERE]) == (state, accepted, everywhere):
            return Edit(title, PROPOSAL, (), (), Changed.NOTHING)
        decision = {
            "state": state,
            "accepted": accepted,
            "decided_at": time.time_ns() // 1000,
            "decided_by": actor or self._audit.actor,
            _EVERYWHERE: everywhere,
        }
        return self._write(action, title, proposal.id, now, decision, actor)

    def _write(
        self,
        action: str,
        title: str,
        proposal_id: int,
        now: dict[str, Any],
        decision: dict[str, Any],
        actor: str = "",
    ) -> Edit:
        before = self._digest(proposal_id)
        columns = ", ".join(f"{name} = ?" for name in _DECISION)
        sql = f"UPDATE proposals SET {columns} WHERE id = ?"
        self._db.execute(sql, (*(decision[name] for name in _DECISION), proposal_id))
        everywhere = bool(decision.get(_EVERYWHERE))
        note_id = self._settle(self.get(proposal_id), everywhere=everywhere)
        self._log(action, proposal_id, before, actor, note_id)
        after = self._decision(proposal_id)
        return Edit(
            title,
            PROPOSAL,
            ((proposal_id, _marks(now)),),
            ((proposal_id, _marks(after)),),
            _CHANGED,
        )

    def _settle(self, proposal: Proposal, *, everywhere: bool) -> int | None:
        """Make the note of an accepted proposal, or take it back; its number, None for none.

        A note that was accepted once and is refused since is kept as one that is gone.
        """
        writer, key = MemoryNoteWriter(self._db, self._audit), str(proposal.id)
        if proposal.state is not ProposalState.ACCEPTED:
            kept = proposal.state is ProposalState.REFUSED
            writer.retract(ACCEPTED, key, kept=kept)
            return None
        lines = proposal.accepted.splitlines()
        project = "" if everywhere else proposal.project
        draft = MemoryNoteDraft(
            store=ACCEPTED,
            key=key,
            text=proposal.accepted,
            agent=proposal.agent,
            author=NoteAuthor.AGENT,
            name=f"proposal {proposal.id}",
            title=" ".join(lines[0].split())[:_TITLE_CHARACTERS],
            scope=ProjectRows(self._db).path_of(project) or project,
            created_at=proposal.proposed_at,
            changed_at=proposal.decided_at,
            sessions=(proposal.session,) if proposal.session else (),
        )
        return writer.accept(draft)

    def _full(self, agent: str, session: str) -> str:
        """Why no more proposals are taken now; "" where there is room."""
        waiting = self._db.rows(
            "SELECT session, agent FROM proposals WHERE state = ?", (ProposalState.WAITING,)
        )
        # Agents that do not name their sessions share one each.
        own = sum(by == session and (bool(session) or who == agent) for by, who in waiting)
        if own >= WAITING_PROPOSALS_OF_SESSION.value:
            return f"refused: {own} notes of this session wait for a person"
        if len(waiting) >= WAITING_PROPOSALS.value:
            return f"refused: {len(waiting)} notes wait for a person"
        return ""

    def _log(
        self,
        action: str,
        proposal_id: int,
        before: str,
        actor: str = "",
        note_id: int | None = None,
    ) -> None:
        proposal = self.get(proposal_id)
        self._audit.append(
            action,
            f"{PROPOSAL}:{proposal_id}",
            before=before,
            after=self._digest(proposal_id),
            detail={
                "proposal": proposal_id,
                "characters": len(proposal.accepted or proposal.text),
                "edited": proposal.edited,
                "state": proposal.state,
            }
            | ({} if note_id is None else {"note": note_id}),
            actor=actor,
        )

    def _digest(self, proposal_id: int) -> str:
        """Of the texts and the state, salted: short texts could be guessed from a bare digest."""
        columns = ("salt", "text", "because", "state", "accepted")
        sql = f"SELECT {', '.join(columns)} FROM proposals WHERE id = ?"
        [(salt, *texts)] = self._db.rows(sql, (proposal_id,))
        said = canonical_json(dict(zip(columns[1:], texts, strict=True)))
        return sha256(salt + said.encode()).hexdigest()

    def _decision(self, proposal_id: int) -> dict[str, Any]:
        proposal = self.get(proposal_id)
        sql = f"SELECT {', '.join(_DECISION)} FROM proposals WHERE id = ?"
        decision = dict(zip(_DECISION, self._db.rows(sql, (proposal_id,))[0], strict=True))
        return decision | {_EVERYWHERE: proposal.everywhere and bool(proposal.project)}


def _in(states: Sequence[ProposalState]) -> tuple[str, tuple[str, ...]]:
    marks = ", ".join("?" * len(states))
    return (f" WHERE state IN ({marks})" if states else ""), tuple(map(str, states))


def _known(proposal: Proposal) -> str:
    """What an agent is told that proposes what was proposed before."""
    if proposal.state is ProposalState.WAITING:
        return f"already held as proposal {proposal.id} until a person accepts it"
    return f"already {proposal.state} by a person, as proposal {proposal.id}"


def _marks(decision: dict[str, Any]) -> tuple[str, ...]:
    """A decision as an edit keeps it."""
    return (msgspec.json.encode(decision).decode(),)


def _text(text: str, most: int, what: str) -> str:
    text = storable(text).replace("\0", "\N{REPLACEMENT CHARACTER}").strip()
    if len(text) > most:
        raise BadQuery(f"{what} has {most:,} characters at most; this has {len(text):,}.", 0)
    return text


def _name(name: str) -> str:
    return _text(name, _NAME_CHARACTERS, "The name of an agent, a session or a project")
