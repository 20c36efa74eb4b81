"""The schema of what the audit log rests on: its tree, contents beside it, and checkpoints."""

from __future__ import annotations

M030 = """
ALTER TABLE audit ADD COLUMN state TEXT NOT NULL DEFAULT ''; -- JSON: digests of what it leaves
CREATE TABLE audit_head ( -- one row: how long the log is, and the root over its rows
  id INTEGER PRIMARY KEY CHECK (id = 1),
  store TEXT NOT NULL, -- the store's own id, as the log's first row says
  begun_at TEXT NOT NULL, -- as the time of that row
  earlier INTEGER NOT NULL, -- rows that were written before there was a tree
  rows INTEGER NOT NULL,
  last INTEGER NOT NULL, -- the number of the last of them
  root BLOB NOT NULL,
  edge BLOB NOT NULL, -- the roots of the tree's full subtrees, largest first
  checkpoints INTEGER NOT NULL DEFAULT 0 -- how many were signed
);
CREATE TABLE audit_nodes ( -- nodes over 256 rows, 65,536 and so on: proofs begin from them
  level INTEGER NOT NULL,
  position INTEGER NOT NULL,
  hash BLOB NOT NULL,
  PRIMARY KEY (level, position)
) WITHOUT ROWID;
CREATE TABLE audit_leaves ( -- the leaves of rows that were written before there was a tree
  block INTEGER PRIMARY KEY, -- of 256 rows
  hashes BLOB NOT NULL
);
CREATE TABLE audit_contents ( -- what rows say of content; may be erased, the rows stay
  seq INTEGER PRIMARY KEY,
  salt BLOB NOT NULL,
  text TEXT NOT NULL -- canonical JSON: the content, or its SHA-256 where only that is kept
);
CREATE TABLE audit_checkpoints ( -- signed notes (C2SP): how long the log was, and its root
  rows INTEGER PRIMARY KEY,
  note TEXT NOT NULL
);
"""
