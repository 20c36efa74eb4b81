"""Notes that agents keep for later sessions, and instructions that people keep for agents.

What a person writes on an episode is another thing: ``hpm_engine.values.notes``.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from hpm_engine.values.reports import Changed
from hpm_engine.words.plurals import counted


class NoteAuthor(StrEnum):
    """Who writes the notes of a kind."""

    AGENT = "agent"
    PERSON = "person"


class EarlierText(msgspec.Struct, frozen=True):
    """A wording that a note had before; ``at`` is when it was written, if that is known."""

    text: str
    at: int | None = None


class MemoryNoteDraft(msgspec.Struct):
    """A note as read from a memory file or a memory store.

    ``(store, key)`` is its identity: the file's place, or the store's own id. ``text`` is the whole
    file, or what a row says in Markdown. A note that its store marks as deleted has ``gone_at`` and
    no text.
    """

    store: str  # the kind of memory: "claude-code-memory"
    key: str
    text: str
    agent: str = ""
    author: NoteAuthor = NoteAuthor.AGENT
    name: str = ""  # what the store calls it: the file's name, an id, a topic
    title: str = ""
    type: str = ""  # the store's own word: "feedback", "decision"
    scope: str = ""  # the folder or project that it is for; "" for everywhere
    created_at: int | None = None  # as the store says, in Unix microseconds
    changed_at: int | None = None
    gone_at: int | None = None
    earlier: tuple[EarlierText, ...] = ()  # oldest first
    sessions: tuple[str, ...] = ()  # keys of the sessions that it says it comes from
    links: tuple[str, ...] = ()  # the notes and files that it links to, as it writes them


class MemoryNote(msgspec.Struct, frozen=True, gc=False):
    """A note as the store keeps it; its text is ``MemoryNoteDetail``'s."""

    id: int
    store: str
    key: str
    path: str  # of the file that held it last
    agent: str
    author: NoteAuthor
    name: str
    title: str
    type: str
    scope: str
    created_at: int | None
    changed_at: int | None
    seen_at: int  # the last import that met it
    gone_at: int | None  # since when it is known to be gone from where it was
    versions: int
    characters: int

    @property
    def called(self) -> str:
        """What a person knows it by."""
        return self.title or self.name


class MemoryNoteVersion(msgspec.Struct, frozen=True, gc=False):
    """One wording of a note; ``number`` counts from 1, the oldest."""

    note_id: int
    number: int
    text: str
    sha256: str
    written_at: int | None  # as its store or file says
    seen_at: int  # the import that met it first


class NoteSession(msgspec.Struct, frozen=True, gc=False):
    """A session that a note names; without ``episode_id`` the store does not hold it."""

    key: str
    episode_id: int | None
    title: str


class NoteLink(msgspec.Struct, frozen=True, gc=False):
    """A link of a note as it writes it; without ``note_id`` it leads to no note of the store."""

    target: str
    note_id: int | None


class MemoryNoteDetail(msgspec.Struct, frozen=True):
    """A note with its latest text, the sessions and the notes that it names."""

    note: MemoryNote
    text: str
    sessions: tuple[NoteSession, ...]
    links: tuple[NoteLink, ...]


class MemoryNoteQuery(msgspec.Struct, frozen=True):
    """Which notes; an empty field asks for nothing."""

    text: str = ""  # a search: see ``hpm_engine.query.notes``
    stores: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    authors: tuple[NoteAuthor, ...] = ()
    scope: str = ""  # a part of the folder or project
    gone: bool | None = None  # None: those that are gone too


class NoteCount(msgspec.Struct, frozen=True):
    """How many notes a search of episodes finds, where it can be asked of notes.

    ``search`` is the text by which the Notes view and ``hpm notes --find`` find the same.
    """

    search: str
    notes: int
    at_least: bool = False  # there may be more
    words: int = 0  # that each holds; 0: what is asked of the words is more than that

    @property
    def sentence(self) -> str:
        """What is said of them; "" of none."""
        if not self.notes:
            return ""
        number = f"{'at least ' * self.at_least}{counted(self.notes, 'note')}"
        alone = self.notes == 1
        if not self.words:
            return f"{number} match{'es' * alone} this search"
        return f"{number} hold{'s' * alone} {'this word' if self.words == 1 else 'these words'}"


class NoteHit(msgspec.Struct, frozen=True):
    """A note that says something like a cue, and the line of it that says it best."""

    note: MemoryNote
    excerpt: str


class NotesExported(msgspec.Struct, frozen=True):
    """Notes written to a folder; ``sha256`` is over the names and contents of its files."""

    notes: int
    files: int
    sha256: str

    @property
    def changed(self) -> Changed:
        """The log, which tells of every export."""
        return Changed.AUDIT
