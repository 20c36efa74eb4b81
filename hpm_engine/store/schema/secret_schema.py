"""The schema of secrets: what was masked or found, by a tag of the store's own key."""

from __future__ import annotations

M031 = """
ALTER TABLE sources ADD COLUMN read_sha256 BLOB; -- of the file, if secrets were masked
ALTER TABLE sources ADD COLUMN read_size INTEGER; -- and its size
ALTER TABLE sources ADD COLUMN masked INTEGER; -- secrets masked in it; NULL: kept as it was read
CREATE INDEX sources_read ON sources (read_sha256) WHERE read_sha256 IS NOT NULL;
CREATE TABLE secret_key ( -- one row: the key of the tags
  id INTEGER PRIMARY KEY CHECK (id = 1),
  key BLOB NOT NULL,
  earlier INTEGER NOT NULL, -- 1: the store held sessions before, and keeps secrets unless told
  scanned_at INTEGER -- Unix microseconds: when all that is stored was looked at last
);
INSERT INTO secret_key (id, key, earlier)
  SELECT 1, randomblob(32), EXISTS (SELECT 1 FROM sources);
CREATE TABLE secrets (
  tag TEXT PRIMARY KEY, -- eight hexadecimal digits of a keyed digest
  rule TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('masked', 'waiting', 'stored', 'cleared')),
  times INTEGER NOT NULL, -- how often it was met
  first_at INTEGER NOT NULL, -- Unix microseconds, as last_at
  last_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE secret_places ( -- where secrets stand in clear, by the last scan
  tag TEXT NOT NULL,
  place TEXT NOT NULL, -- 'step:ID', 'source:ID', 'note:ID' …
  times INTEGER NOT NULL,
  PRIMARY KEY (tag, place)
) WITHOUT ROWID;
"""
