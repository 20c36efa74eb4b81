"""The schema of what is hidden, set apart or erased: later numbered steps."""

from __future__ import annotations

M028 = """
CREATE TABLE trash ( -- episodes that a person deleted, out of view until they are erased
  episode_id INTEGER PRIMARY KEY REFERENCES episodes (id) ON DELETE CASCADE,
  deleted_at INTEGER NOT NULL, -- Unix microseconds, as keep_until
  keep_until INTEGER NOT NULL,
  actor TEXT NOT NULL
);
CREATE TABLE quarantine ( -- what a person set apart: in view, but neither recalled nor learned
  number INTEGER NOT NULL, -- of the episode, or of the memory note
  kind TEXT NOT NULL CHECK (kind IN ('episode', 'note')),
  reason TEXT NOT NULL,
  at INTEGER NOT NULL, -- Unix microseconds
  actor TEXT NOT NULL,
  PRIMARY KEY (kind, number)
) WITHOUT ROWID;
CREATE TABLE erased ( -- what an import must not bring back unasked, by keyed digests alone
  digest BLOB PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('episode', 'step')),
  at INTEGER NOT NULL, -- Unix microseconds
  stands_for BLOB NOT NULL -- of a step: the digest of what stands in its place
) WITHOUT ROWID;
CREATE TABLE erasures ( -- an erasure whose bytes are still to be taken out of the file
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  report TEXT NOT NULL -- JSON: counts and digests, no text
);
"""
