"""The schema of chosen sources, of proposals and of rows: what the latest numbered steps add."""

from __future__ import annotations

M023 = """
CREATE TABLE chosen_sources ( -- folders and files that the store is kept up to date with
  path TEXT PRIMARY KEY,
  agent TEXT NOT NULL, -- whose folder it was found to be; '' for any other
  paused INTEGER NOT NULL,
  added_at INTEGER NOT NULL, -- Unix microseconds, as synced_at
  synced_at INTEGER NOT NULL DEFAULT 0,
  failure TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE TABLE read_files ( -- files of theirs as they were when they were read
  path TEXT PRIMARY KEY,
  size INTEGER NOT NULL,
  modified_ns INTEGER NOT NULL, -- Unix nanoseconds, as changed_ns: of the file's own row
  changed_ns INTEGER NOT NULL,
  aside_by TEXT NOT NULL -- the version that found no session in it; '' where there was one
) WITHOUT ROWID;
CREATE INDEX sources_imported ON sources (imported_at); -- which episodes grow now
"""

M024 = """
CREATE TABLE proposals ( -- what agents propose to remember
  id INTEGER PRIMARY KEY,
  proposed_at INTEGER NOT NULL, -- Unix microseconds, as decided_at
  agent TEXT NOT NULL,
  session TEXT NOT NULL, -- the agent's own id of it; '' where it did not say
  project TEXT NOT NULL, -- '' for everywhere
  sha256 BLOB NOT NULL, -- of the text with its white space folded: the same is held once
  text TEXT NOT NULL,
  because TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'accepted', 'refused', 'withdrawn')),
  accepted TEXT NOT NULL, -- the text that a person accepted, perhaps edited
  decided_at INTEGER,
  decided_by TEXT NOT NULL,
  salt BLOB NOT NULL, -- of the digests in the log
  UNIQUE (project, sha256)
);
CREATE INDEX proposals_state ON proposals (state, proposed_at);
"""

M025 = """
ALTER TABLE sources ADD COLUMN rows_sha256 BLOB; -- of the database's rows that it tells, if any
"""
