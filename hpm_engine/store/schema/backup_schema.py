"""The schema of backups: those that were made, the plan by which more are, and what one says."""

from __future__ import annotations

M027 = """
CREATE TABLE backups (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  path TEXT NOT NULL UNIQUE,
  begun_at INTEGER NOT NULL, -- Unix microseconds, as made_at
  made_at INTEGER, -- NULL: it is being made, or its making was broken off
  size INTEGER NOT NULL DEFAULT 0,
  sha256 BLOB NOT NULL DEFAULT x'', -- of the file
  audit_rows INTEGER NOT NULL DEFAULT 0, -- where the log ended
  audit_head TEXT NOT NULL DEFAULT '',
  planned INTEGER NOT NULL, -- 1: made by itself, and may go when there are too many
  pinned INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE backup_plan ( -- one row, once there is a plan
  id INTEGER PRIMARY KEY CHECK (id = 1),
  every TEXT NOT NULL CHECK (every IN ('never', 'hour', 'day', 'week')),
  folder TEXT NOT NULL,
  last INTEGER NOT NULL, -- how many are kept, as daily and weekly
  daily INTEGER NOT NULL,
  weekly INTEGER NOT NULL,
  tried_at INTEGER NOT NULL DEFAULT 0,
  failure TEXT NOT NULL DEFAULT ''
);
CREATE TABLE backup_mark ( -- one row in a backup, none in a store that is worked with
  id INTEGER PRIMARY KEY CHECK (id = 1),
  store_id TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  audit_rows INTEGER NOT NULL,
  audit_head TEXT NOT NULL
);
CREATE TABLE earlier_log ( -- rows of the log of a damaged file, as they could be read of it
  seq INTEGER PRIMARY KEY,
  row TEXT NOT NULL -- JSON
);
"""
