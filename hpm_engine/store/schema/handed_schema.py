"""The schema of what sessions were given from memory, and whether they used it."""

from __future__ import annotations

M029 = """
CREATE TABLE handed ( -- memories that a recall gave to a session; what became of each
  recall_id INTEGER NOT NULL REFERENCES recalls (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('episode', 'accepted note', 'note')),
  memory_id INTEGER NOT NULL, -- the number of one of these two
  episode_id INTEGER REFERENCES episodes (id) ON DELETE CASCADE,
  note_id INTEGER REFERENCES memory_notes (id) ON DELETE CASCADE,
  terms BLOB NOT NULL, -- salted digests of 6 bytes of what it is known by; none once it was erased
  used TEXT NOT NULL, -- 'not known yet' until the session is in the store
  used_episode INTEGER REFERENCES episodes (id) ON DELETE SET NULL,
  used_step INTEGER, -- its position, from 0
  PRIMARY KEY (recall_id, kind, memory_id)
) WITHOUT ROWID;
CREATE INDEX handed_episode ON handed (episode_id);
CREATE INDEX handed_note ON handed (note_id);
CREATE INDEX handed_used ON handed (used_episode);
CREATE TABLE handed_sessions ( -- recalls that gave something, and the session that each went to
  recall_id INTEGER PRIMARY KEY REFERENCES recalls (id) ON DELETE CASCADE,
  salt BLOB NOT NULL, -- of the digests
  episode_id INTEGER REFERENCES episodes (id) ON DELETE SET NULL, -- of the session
  state BLOB NOT NULL -- of the session's episodes, as it was judged; empty while it was not
);
CREATE INDEX handed_sessions_episode ON handed_sessions (episode_id);
"""
