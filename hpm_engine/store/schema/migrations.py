"""The store's schema, as numbered steps that are only ever added to.

Each step is self-contained: it calls no live code, so that it does the same for ever.
"""

from __future__ import annotations

import re
from typing import Any

from hpm_engine.store.schema.backup_schema import M027
from hpm_engine.store.schema.checkpoint_schema import M026
from hpm_engine.store.schema.handed_schema import M029
from hpm_engine.store.schema.later_schema import (
    M004,
    M005,
    M006,
    M007,
    M008,
    M009,
    M010,
    M011,
    M012,
    M013,
    M014,
    M015,
    M016,
    M017,
    M018,
    M019,
    M020,
    M021,
    M022,
)
from hpm_engine.store.schema.recent_schema import M023, M024, M025
from hpm_engine.store.schema.secret_schema import M031
from hpm_engine.store.schema.trail_schema import M030
from hpm_engine.store.schema.trust_schema import M028

SCHEMA = 31
_CREATED = re.compile(r"^CREATE TABLE (\w+)", re.MULTILINE)
_DROPPED = re.compile(r"^DROP TABLE (\w+)", re.MULTILINE)
APPLICATION_ID = 0x48504D31  # "HPM1", at byte 68 of the file

_M001 = """
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE totals (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO totals VALUES ('text_size', 0), ('text_stored', 0);

CREATE TABLE sources (
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL,
  format TEXT NOT NULL,
  sha256 BLOB NOT NULL UNIQUE,
  size INTEGER NOT NULL,
  stored INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('imported', 'aside', 'superseded')),
  reason TEXT NOT NULL DEFAULT '',
  modified_at INTEGER,
  imported_at INTEGER NOT NULL
);
CREATE TABLE raw_chunks (
  source_id INTEGER NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
  start INTEGER NOT NULL,
  size INTEGER NOT NULL,
  data BLOB NOT NULL
);
CREATE UNIQUE INDEX raw_chunks_place ON raw_chunks (source_id, start);

CREATE TABLE texts (
  id INTEGER PRIMARY KEY,
  sha256 BLOB NOT NULL,
  size INTEGER NOT NULL,
  data BLOB NOT NULL
);
CREATE UNIQUE INDEX texts_sha256 ON texts (sha256);

CREATE TABLE episodes (
  id INTEGER PRIMARY KEY,
  format TEXT NOT NULL,
  key TEXT NOT NULL,
  parent_key TEXT NOT NULL,
  continues_key TEXT NOT NULL,
  source_id INTEGER REFERENCES sources (id),
  raw_start INTEGER NOT NULL,
  raw_size INTEGER NOT NULL,
  agent TEXT NOT NULL,
  model TEXT NOT NULL,
  project TEXT NOT NULL,
  cwd TEXT NOT NULL,
  branch TEXT NOT NULL,
  task TEXT NOT NULL,
  outcome TEXT NOT NULL,
  tier TEXT NOT NULL DEFAULT 'episodic',
  started_at INTEGER,
  ended_at INTEGER,
  steps INTEGER NOT NULL DEFAULT 0,
  agent_steps INTEGER NOT NULL DEFAULT 0,
  calls INTEGER NOT NULL DEFAULT 0,
  errors INTEGER NOT NULL DEFAULT 0,
  tokens_in INTEGER NOT NULL DEFAULT 0,
  tokens_out INTEGER NOT NULL DEFAULT 0,
  cost_usd REAL,
  text_size INTEGER NOT NULL DEFAULT 0,
  pinned INTEGER NOT NULL DEFAULT 0,
  kept_share REAL,
  last_recalled_at INTEGER,
  digest BLOB NOT NULL DEFAULT x'',
  imported_at INTEGER NOT NULL,
  UNIQUE (format, key)
);
CREATE INDEX episodes_started ON episodes (started_at);
CREATE INDEX episodes_source ON episodes (source_id);
CREATE INDEX episodes_parent ON episodes (format, parent_key) WHERE parent_key <> '';

CREATE TABLE steps (
  id INTEGER PRIMARY KEY, -- episode id << 24 | position: an episode's steps lie together
  source INTEGER NOT NULL, -- 0 user, 1 agent, 2 system
  flags INTEGER NOT NULL,
  at INTEGER,
  tool TEXT NOT NULL,
  model TEXT NOT NULL,
  tokens_in INTEGER,
  tokens_out INTEGER,
  text_size INTEGER NOT NULL,
  raw_start INTEGER NOT NULL,
  raw_size INTEGER NOT NULL,
  digest BLOB NOT NULL
);
CREATE TABLE parts (
  step_id INTEGER NOT NULL,
  position INTEGER NOT NULL,
  kind INTEGER NOT NULL, -- 0 message, 1 reasoning, 2 call, 3 result
  name TEXT NOT NULL,
  call_id TEXT NOT NULL,
  is_error INTEGER NOT NULL,
  text_id INTEGER NOT NULL,
  PRIMARY KEY (step_id, position)
) WITHOUT ROWID;
CREATE VIRTUAL TABLE step_fts USING fts5 (
  said, did, saw, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2'
);
-- New words wait in memory up to this size (bytes): 1 MB, the default, makes many small segments
-- that are merged again at once, which doubles the time of an import.
INSERT INTO step_fts (step_fts, rank) VALUES ('hashsize', 16777216);

CREATE TABLE tags (
  episode_id INTEGER NOT NULL REFERENCES episodes (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  PRIMARY KEY (episode_id, name)
) WITHOUT ROWID;
CREATE INDEX tags_name ON tags (name);

CREATE TABLE audit (
  seq INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  before TEXT NOT NULL,
  after TEXT NOT NULL,
  detail TEXT NOT NULL,
  previous TEXT NOT NULL,
  hash TEXT NOT NULL
);
CREATE INDEX audit_subject ON audit (subject);
CREATE INDEX audit_at ON audit (at);
"""

_M002 = """
CREATE TABLE saved_searches (
  name TEXT PRIMARY KEY,
  text TEXT NOT NULL, -- in the query language
  saved_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE episode_tools ( -- each tool that an episode called, once
  episode_id INTEGER NOT NULL REFERENCES episodes (id) ON DELETE CASCADE,
  tool TEXT NOT NULL,
  PRIMARY KEY (episode_id, tool)
) WITHOUT ROWID;
INSERT INTO episode_tools
  SELECT DISTINCT p.step_id >> 24, p.name FROM parts p JOIN steps s ON s.id = p.step_id
  WHERE p.kind = 2 AND p.name <> '' AND NOT s.flags & 16 -- calls, but not those of copied steps
  AND EXISTS (SELECT 1 FROM episodes e WHERE e.id = p.step_id >> 24);
CREATE INDEX episode_tools_tool ON episode_tools (tool);
"""

_M003 = """
CREATE TABLE encoders (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL, -- what its vectors stand for: see hpm_engine/vectors.py
  name TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  dimension INTEGER NOT NULL,
  current INTEGER NOT NULL DEFAULT 0, -- 1: its vectors are the ones in use
  UNIQUE (kind, name, sha256, dimension)
);
CREATE UNIQUE INDEX encoders_current ON encoders (kind) WHERE current = 1;
CREATE TABLE vectors (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice: what an index has not seen is larger
  encoder_id INTEGER NOT NULL REFERENCES encoders (id),
  episode_id INTEGER NOT NULL REFERENCES episodes (id) ON DELETE CASCADE,
  steps INTEGER NOT NULL, -- how many of the episode's steps they speak for
  positions BLOB NOT NULL, -- which of them have a vector: little-endian 32-bit, rising
  data BLOB NOT NULL -- these vectors in that order: little-endian 16-bit floats
);
CREATE UNIQUE INDEX vectors_episode ON vectors (episode_id, encoder_id);
CREATE TABLE index_generations (
  encoder_id INTEGER PRIMARY KEY REFERENCES encoders (id) ON DELETE CASCADE,
  name TEXT NOT NULL, -- of its folder in the cache
  sha256 TEXT NOT NULL -- of its manifest, which has those of its files
);
"""

# What a store's schema may execute by itself: anything else in a file is somebody's code.
_AUDIT_TRIGGERS = {
    f"audit_is_append_only_{change.lower()}": (
        f"CREATE TRIGGER audit_is_append_only_{change.lower()} BEFORE {change} ON audit\n"
        "BEGIN SELECT RAISE (ABORT, 'the audit log is append-only'); END"
    )
    for change in ("UPDATE", "DELETE")
}
# A counter that an index reads before each search: vectors also go when their episode goes.
_VECTOR_TRIGGERS = {
    f"vectors_count_{change.lower()}": (
        f"CREATE TRIGGER vectors_count_{change.lower()} AFTER {change} ON vectors\n"
        "BEGIN UPDATE totals SET value = value + 1 WHERE name = 'vectors_changed'; END"
    )
    for change in ("INSERT", "DELETE")
}
TRIGGERS = _AUDIT_TRIGGERS | _VECTOR_TRIGGERS
VIRTUAL_TABLES = frozenset(
    (
        "step_fts",
        "step_fts_earlier",
        "recall_words",
        "recall_steps",
        "recall_patch",
        "recall_changed",
        "recall_touched",
        "memory_note_words",
        "checkpoint_words",
    )
)


# A step's name, under which a store knows that it was taken, its script, and triggers.
_STEPS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("m001_first_schema", _M001, (*_AUDIT_TRIGGERS.values(),)),
    ("m002_saved_searches_and_tools", _M002, ()),
    ("m003_vectors", _M003, ()),
    ("m004_recall", M004, ()),
    ("m005_vectors_changed", M005, (*_VECTOR_TRIGGERS.values(),)),
    ("m006_compressed", M006, ()),
    ("m007_prototypes", M007, ()),
    ("m008_refused_cycles", M008, ()),
    ("m009_prototype_marks", M009, ()),
    ("m010_tuned_weights", M010, ()),
    ("m011_continued_episodes", M011, ()),
    ("m012_titles_and_accounts", M012, ()),
    ("m013_every_script", M013, ()),
    ("m014_no_bytes_of_non_traces", M014, ()),
    ("m015_branches_of_sessions", M015, ()),
    ("m016_project_paths", M016, ()),
    ("m017_agent_titles", M017, ()),
    ("m018_unfinished_episodes", M018, ()),
    ("m019_usual_letters", M019, ()),
    ("m020_bare_letters", M020, ()),
    ("m021_notes", M021, ()),
    ("m022_memory_notes", M022, ()),
    ("m023_chosen_sources", M023, ()),
    ("m024_proposals", M024, ()),
    ("m025_rows_of_databases", M025, ()),
    ("m026_checkpoints", M026, ()),
    ("m027_backups", M027, ()),
    ("m028_trash_and_erasure", M028, ()),
    ("m029_handed", M029, ()),
    ("m030_audit_tree", M030, ()),
    ("m031_secrets", M031, ()),
)


def migrate(connection: Any) -> list[str]:
    """Bring the schema up to date inside the caller's transaction; the steps applied."""
    # Imported here: reading a store must not pay for it at start-up (0.1 s).
    from sqlite_utils import Database, Migrations

    migrations = Migrations("hpm")
    for name, script, triggers in _STEPS:

        def take(db: Database, script: str = script, triggers: tuple[str, ...] = triggers) -> None:
            # Not executescript(): that commits the transaction it is called in.
            for statement in (*_statements(script), *triggers):
                db.execute(statement)

        migrations(name=name)(take)
    database = Database(connection, recursive_triggers=False, execute_plugins=False)
    pending = [migration.name for migration in migrations.pending(database)]
    migrations.apply(database)
    database.execute(f"PRAGMA user_version = {SCHEMA}")
    return pending


def table_names() -> frozenset[str]:
    """The ordinary tables of today's schema."""
    scripts = "".join(script for _, script, _ in _STEPS)
    created = frozenset(_CREATED.findall(scripts)) | {"_sqlite_migrations"}
    return created - frozenset(_DROPPED.findall(scripts))


def _statements(script: str) -> list[str]:
    """The script's statements."""
    from sqlite3 import complete_statement

    statements, pending = [], ""
    for line in script.splitlines(keepends=True):
        pending += line
        if complete_statement(pending):
            statements.append(pending.strip())
            pending = ""
    return statements
