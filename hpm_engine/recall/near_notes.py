"""The notes and waiting proposals that say something near to a proposal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import structs

from hpm_engine.recall.meaning import Meaning
from hpm_engine.store.file.database import Database
from hpm_engine.store.memory_notes.rows import MemoryNoteRows
from hpm_engine.store.proposals.rows import ACCEPTED, ProposalRows
from hpm_engine.values.proposals import NearText, Proposal, ProposalState
from hpm_engine.words.scripts import words_of

_READ = 2_000  # characters of a note that are compared
_LOOKED_AT = 2_000  # notes, the latest
_LINES = 60  # of a note, from which the nearest is shown
_EXCERPT = 240  # characters
_LEAST = 0.35  # cosine
_BY_WORDS = 3  # notes that are shown where there is no meaning to compare by


class _Candidate(NamedTuple):
    text: str
    near: NearText


class NearNotes:
    """Compares by meaning, or by words in a store that is not prepared for it.

    Reads inside the caller's transaction.
    """

    def __init__(self, database: Database, meaning: Meaning, proposals: ProposalRows) -> None:
        self._meaning = meaning
        self._notes = MemoryNoteRows(database)
        self._proposals = proposals

    def of(self, proposal: Proposal, count: int) -> tuple[NearText, ...]:
        """The nearest ``count`` texts, the nearest first."""
        candidates = [*self._latest_notes(proposal), *self._waiting(proposal)]
        if not self._meaning.ready:
            return self._by_words(proposal)
        cosines = self._meaning.likeness(proposal.text, [each.text for each in candidates])
        ranked = sorted(zip(cosines, candidates, strict=True), key=lambda pair: -pair[0])
        return tuple(
            self._shown(proposal.text, cosine, candidate)
            for cosine, candidate in ranked[:count]
            if cosine >= _LEAST
        )

    def _latest_notes(self, proposal: Proposal) -> list[_Candidate]:
        return [
            _Candidate(
                text[:_READ],
                NearText(
                    called=note.called,
                    excerpt="",
                    likeness=None,
                    note_id=note.id,
                    accepted=note.store == ACCEPTED,
                ),
            )
            for note, text in self._notes.latest_texts(_LOOKED_AT)
            if (note.store, note.key) != (ACCEPTED, str(proposal.id))
        ]

    def _waiting(self, proposal: Proposal) -> list[_Candidate]:
        waiting = self._proposals.page([ProposalState.WAITING], 0, _LOOKED_AT)
        return [
            _Candidate(
                other.text,
                NearText(f"Proposal {other.id}", "", None, proposal_id=other.id),
            )
            for other in waiting
            if other.id != proposal.id
        ]

    def _by_words(self, proposal: Proposal) -> tuple[NearText, ...]:
        hits = self._notes.like(words_of(proposal.text), _BY_WORDS + 1)
        own = (ACCEPTED, str(proposal.id))
        return tuple(
            NearText(
                called=hit.note.called,
                excerpt=hit.excerpt,
                likeness=None,
                note_id=hit.note.id,
                accepted=hit.note.store == ACCEPTED,
            )
            for hit in hits
            if (hit.note.store, hit.note.key) != own
        )[:_BY_WORDS]

    def _shown(self, text: str, cosine: float, candidate: _Candidate) -> NearText:
        text_read = candidate.text
        if text_read.startswith("---\n"):  # the front matter tells of the note, and says nothing
            text_read = text_read.partition("\n---\n")[2] or text_read
        lines = [line.strip() for line in text_read.splitlines() if line.strip()][:_LINES]
        line = _nearest(lines, self._meaning.likeness(text, lines))
        return structs.replace(candidate.near, excerpt=line[:_EXCERPT], likeness=cosine)


def _nearest(lines: Sequence[str], cosines: Sequence[float]) -> str:
    ranked = zip(cosines, lines, strict=True)
    return max(ranked, key=lambda pair: pair[0], default=(0.0, ""))[1]
