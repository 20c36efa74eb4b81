"""The schema of checkpoints: states of agents, in pieces that are stored once."""

from __future__ import annotations

M026 = """
CREATE TABLE checkpoints ( -- states of agents, each at a moment of its thread
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- the log and other programs name them by it
  thread TEXT NOT NULL,
  number INTEGER NOT NULL, -- in the thread, from 1
  parent_id INTEGER, -- the checkpoint that it came from, which may be forgotten
  at INTEGER NOT NULL, -- Unix microseconds
  actor TEXT NOT NULL,
  kind TEXT NOT NULL, -- a media type
  label TEXT NOT NULL,
  text TEXT NOT NULL, -- what it is found by; '' for nothing
  size INTEGER NOT NULL, -- bytes of the state
  sha256 BLOB NOT NULL, -- of the state
  episode_id INTEGER REFERENCES episodes (id) ON DELETE SET NULL,
  step INTEGER, -- its position, from 0
  pinned INTEGER NOT NULL DEFAULT 0,
  UNIQUE (thread, id)
);
CREATE INDEX checkpoints_label ON checkpoints (thread, label);
CREATE INDEX checkpoints_episode ON checkpoints (episode_id) WHERE episode_id IS NOT NULL;
CREATE TABLE state_pieces (
  id INTEGER PRIMARY KEY,
  sha256 BLOB NOT NULL UNIQUE,
  size INTEGER NOT NULL,
  base_id INTEGER REFERENCES state_pieces (id), -- a piece without one, on which it is packed
  data BLOB NOT NULL -- zstd, or as it is where that is not shorter
);
CREATE INDEX state_pieces_base ON state_pieces (base_id) WHERE base_id IS NOT NULL;
CREATE TABLE checkpoint_pieces (
  checkpoint_id INTEGER NOT NULL REFERENCES checkpoints (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  piece_id INTEGER NOT NULL REFERENCES state_pieces (id),
  PRIMARY KEY (checkpoint_id, position)
) WITHOUT ROWID;
CREATE INDEX checkpoint_pieces_piece ON checkpoint_pieces (piece_id);
CREATE VIRTUAL TABLE checkpoint_words USING fts5 ( -- a row for each that was saved with a text
  words, content='', contentless_delete=1,
  tokenize="porter unicode61 remove_diacritics 2 tokenchars '_' categories 'L* N* Co M*'"
);
"""
