"""The schema of recall, compression and consolidation: what the later numbered steps add."""

from __future__ import annotations

M004 = """
CREATE TABLE recall_episodes ( -- which state of an episode the tables below speak for
  episode_id INTEGER PRIMARY KEY REFERENCES episodes (id) ON DELETE CASCADE,
  digest BLOB NOT NULL
);
-- An episode is found by its words, by the text of its changes, and by paths; a step by its words.
-- Identifiers are kept whole in words and taken apart in paths.
CREATE VIRTUAL TABLE recall_words USING fts5 (
  words, content='', contentless_delete=1,
  tokenize="porter unicode61 remove_diacritics 2 tokenchars '_'"
);
CREATE VIRTUAL TABLE recall_patch USING fts5 (
  patch, content='', contentless_delete=1,
  tokenize="porter unicode61 remove_diacritics 2 tokenchars '_'"
);
CREATE VIRTUAL TABLE recall_changed USING fts5 (
  paths, content='', contentless_delete=1, tokenize='porter unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE recall_touched USING fts5 (
  paths, content='', contentless_delete=1, tokenize='porter unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE recall_steps USING fts5 (
  words, content='', contentless_delete=1,
  tokenize="porter unicode61 remove_diacritics 2 tokenchars '_'"
);
CREATE TABLE changed_files ( -- the stem is the file's name without its ending, in lower case
  stem TEXT NOT NULL,
  episode_id INTEGER NOT NULL REFERENCES episodes (id) ON DELETE CASCADE,
  path TEXT NOT NULL,
  PRIMARY KEY (stem, episode_id, path)
) WITHOUT ROWID;
CREATE INDEX changed_files_episode ON changed_files (episode_id);

CREATE TABLE recalls (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  cue TEXT NOT NULL,
  destination TEXT NOT NULL, -- what the context block was given to
  ms REAL NOT NULL,
  tokens INTEGER NOT NULL,
  context_sha256 TEXT NOT NULL
);
CREATE TABLE recall_hits (
  recall_id INTEGER NOT NULL REFERENCES recalls (id) ON DELETE CASCADE,
  place INTEGER NOT NULL, -- 0 is the best
  episode_id INTEGER NOT NULL, -- stays when the episode goes
  score REAL NOT NULL,
  shares TEXT NOT NULL, -- JSON: parts of the score by name
  injected INTEGER NOT NULL,
  PRIMARY KEY (recall_id, place)
) WITHOUT ROWID;
CREATE INDEX recall_hits_episode ON recall_hits (episode_id);
CREATE TABLE episode_use ( -- how often and how lately an episode was recalled
  episode_id INTEGER PRIMARY KEY REFERENCES episodes (id) ON DELETE CASCADE,
  times INTEGER NOT NULL,
  heat REAL NOT NULL, -- recalls, each fading with time, as of the last one
  last_at INTEGER NOT NULL
);
"""

M005 = """
INSERT INTO totals VALUES ('vectors_changed', 0);
ALTER TABLE encoders ADD COLUMN made_with BLOB NOT NULL DEFAULT x''; -- the store's word counts
"""

M006 = """
CREATE TABLE compressed ( -- what compression kept of an episode
  episode_id INTEGER PRIMARY KEY REFERENCES episodes (id) ON DELETE CASCADE,
  digest BLOB NOT NULL, -- the first 8 bytes of the digest of the state that it was made of
  kind INTEGER NOT NULL, -- of the budget: 0 standard, 1 deep
  ratio REAL NOT NULL,
  raw_size INTEGER NOT NULL,
  zstd_size INTEGER, -- where the budget asked for it
  made_at INTEGER NOT NULL,
  evicted_at INTEGER, -- when the whole texts went; NULL while they are kept
  data BLOB NOT NULL -- see hpm_engine/compressor/container.py
);
CREATE TABLE episode_words ( -- identifiers of an episode that tell what later ones may need
  episode_id INTEGER PRIMARY KEY REFERENCES episodes (id) ON DELETE CASCADE,
  digest BLOB NOT NULL,
  data BLOB NOT NULL -- three lists, zstd: in its changes, in its task, in its actions
);
CREATE INDEX episodes_project ON episodes (project, started_at);
"""

M007 = """
CREATE TABLE prototype_space ( -- one row, once there are prototypes
  encoder_sha256 TEXT NOT NULL, -- of the encoder of whose vectors they are made
  origin BLOB NOT NULL -- what memories have in common; little-endian 32-bit floats
);
CREATE TABLE prototypes (
  id INTEGER PRIMARY KEY,
  born INTEGER NOT NULL, -- the cycle
  reinforced INTEGER NOT NULL, -- the last cycle that gave it a member
  count REAL NOT NULL, -- of memories, each by its share
  resultant REAL NOT NULL, -- the length of their sum
  mean BLOB NOT NULL, -- little-endian 32-bit floats, as fisher
  fisher BLOB NOT NULL,
  words TEXT NOT NULL -- JSON: what its exemplars say, for its label
);
CREATE TABLE prototype_members (
  episode_id INTEGER NOT NULL REFERENCES episodes (id) ON DELETE CASCADE,
  number INTEGER NOT NULL, -- of the memory in its episode
  prototype_id INTEGER NOT NULL,
  start INTEGER NOT NULL, -- the positions of the memory's first step and behind its last
  stop INTEGER NOT NULL,
  weight REAL NOT NULL,
  cycle_id INTEGER NOT NULL,
  PRIMARY KEY (episode_id, number, prototype_id)
) WITHOUT ROWID;
CREATE INDEX prototype_members_prototype ON prototype_members (prototype_id);
CREATE TABLE cycles (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  scores TEXT NOT NULL, -- JSON: how much of each project was found again after it
  report TEXT NOT NULL, -- JSON
  undo BLOB, -- zstd over what puts the rows above back; NULL when it is too late
  undone_at INTEGER
);
"""

M008 = """
CREATE TABLE refused_cycles ( -- cycles that would have forgotten too much, and changed nothing
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  report TEXT NOT NULL -- JSON
);
"""

M009 = """
CREATE TABLE prototype_marks ( -- a row stays when its prototype goes: undoing may bring it back
  prototype_id INTEGER PRIMARY KEY,
  name TEXT NOT NULL DEFAULT '',
  pinned INTEGER NOT NULL DEFAULT 0
);
"""

M010 = """
CREATE TABLE tuned_weights ( -- of models fine-tuned on this store; the shipped ones are in no row
  id INTEGER PRIMARY KEY,
  model TEXT NOT NULL,
  before_id INTEGER REFERENCES tuned_weights (id) ON DELETE SET NULL, -- NULL: the shipped ones
  sha256 TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  verdict TEXT NOT NULL, -- JSON
  current INTEGER NOT NULL, -- 1: in use; where a model has none, the shipped ones are
  data BLOB NOT NULL -- safetensors
);
CREATE UNIQUE INDEX tuned_weights_current ON tuned_weights (model) WHERE current = 1;
"""

M011 = """
CREATE INDEX episodes_continues ON episodes (format, continues_key) WHERE continues_key <> '';
"""

M012 = """
ALTER TABLE episodes ADD COLUMN title TEXT NOT NULL DEFAULT ''; -- the name that it was given
ALTER TABLE sources ADD COLUMN account TEXT NOT NULL DEFAULT ''; -- JSON: see reports.SourceAccount
"""

M013 = """
-- Words in every script: texts come prepared (hpm_engine/scripts.py), so that marks are parts of
-- words, and "apart" has the parts of names. What was indexed before is indexed again by a job, an
-- episode at a time; until then it is found in the earlier table, whose rows the job deletes.
ALTER TABLE step_fts RENAME TO step_fts_earlier;
CREATE VIRTUAL TABLE step_fts USING fts5 (
  said, did, saw, apart, content='', contentless_delete=1,
  tokenize="unicode61 remove_diacritics 2 categories 'L* N* Co M*'"
);
INSERT INTO step_fts (step_fts, rank) VALUES ('hashsize', 16777216);
-- What recall searches is computed from the steps by its job, as after an import.
DELETE FROM recall_episodes;
DELETE FROM changed_files;
DROP TABLE recall_words;
DROP TABLE recall_patch;
DROP TABLE recall_changed;
DROP TABLE recall_touched;
DROP TABLE recall_steps;
CREATE VIRTUAL TABLE recall_words USING fts5 (
  words, content='', contentless_delete=1,
  tokenize="porter unicode61 remove_diacritics 2 tokenchars '_' categories 'L* N* Co M*'"
);
CREATE VIRTUAL TABLE recall_patch USING fts5 (
  patch, content='', contentless_delete=1,
  tokenize="porter unicode61 remove_diacritics 2 tokenchars '_' categories 'L* N* Co M*'"
);
CREATE VIRTUAL TABLE recall_changed USING fts5 (
  paths, content='', contentless_delete=1,
  tokenize="porter unicode61 remove_diacritics 2 categories 'L* N* Co M*'"
);
CREATE VIRTUAL TABLE recall_touched USING fts5 (
  paths, content='', contentless_delete=1,
  tokenize="porter unicode61 remove_diacritics 2 categories 'L* N* Co M*'"
);
CREATE VIRTUAL TABLE recall_steps USING fts5 (
  words, content='', contentless_delete=1,
  tokenize="porter unicode61 remove_diacritics 2 tokenchars '_' categories 'L* N* Co M*'"
);
"""

M014 = """
-- What was no trace is remembered without its bytes: they were nobody's episode, and sometimes a
-- secret. The freed pages are wiped by the next ageing. Where a path looks like a secret's place,
-- its digest goes too: a short secret could be guessed by it.
CREATE TABLE aside_reasons (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE aside (
  path TEXT PRIMARY KEY,
  reason_id INTEGER NOT NULL REFERENCES aside_reasons (id),
  size INTEGER NOT NULL,
  sha256 BLOB, -- NULL: it was not read
  modified_at INTEGER,
  noted_at INTEGER NOT NULL
) WITHOUT ROWID;
INSERT OR IGNORE INTO aside_reasons (text)
  SELECT CASE WHEN substr(reason, 1, length(path) + 2) = path || ': '
  THEN substr(reason, length(path) + 3) ELSE reason END FROM sources WHERE state = 'aside';
INSERT OR REPLACE INTO aside
  SELECT path, (SELECT r.id FROM aside_reasons r WHERE r.text =
  CASE WHEN substr(reason, 1, length(path) + 2) = path || ': '
  THEN substr(reason, length(path) + 3) ELSE reason END), size,
  CASE WHEN lower(path) GLOB '*.env*' OR lower(path) GLOB '*credential*'
  OR lower(path) GLOB '*secret*' OR lower(path) GLOB '*token*' OR lower(path) GLOB '*auth*'
  OR lower(path) GLOB '*passw*' OR lower(path) GLOB '*.pem' OR lower(path) GLOB '*key*'
  OR lower(path) GLOB '*id_[rde][scd]*' OR lower(path) GLOB '*rc' OR lower(path) GLOB '*.ssh/*'
  OR lower(path) GLOB '*.aws/*' OR lower(path) GLOB '*.gnupg/*' THEN NULL ELSE sha256 END,
  modified_at, imported_at FROM sources WHERE state = 'aside' ORDER BY imported_at, id;
INSERT OR REPLACE INTO totals
  SELECT 'unwiped_files', count(*) FROM sources
  WHERE state = 'aside' AND id IN (SELECT source_id FROM raw_chunks) HAVING count(*) > 0;
DELETE FROM raw_chunks WHERE source_id IN (SELECT id FROM sources WHERE state = 'aside');
DELETE FROM sources WHERE state = 'aside';
"""

M015 = """
-- Of a second branch of a session (it went on in two places): the session's key; else ''.
ALTER TABLE episodes ADD COLUMN session_key TEXT NOT NULL DEFAULT '';
CREATE INDEX episodes_session ON episodes (format, session_key) WHERE session_key <> '';
"""

M016 = """
-- The repository or folder worked in; '' where only a name is known. "project" is the shortest end
-- of it that no other project has.
ALTER TABLE episodes ADD COLUMN project_path TEXT NOT NULL DEFAULT '';
CREATE INDEX episodes_project_path ON episodes (project_path, project) WHERE project_path <> '';
"""

M017 = """
-- The agent's name for a session to which a person gave another, which is its title; else ''.
ALTER TABLE episodes ADD COLUMN agent_title TEXT NOT NULL DEFAULT '';
"""

M018 = """
-- Steps of episodes that an import writes in slices: out of view, for no row of "episodes" has
-- them yet. What a killed import left is removed by the next one.
CREATE TABLE unfinished (
  episode_id INTEGER PRIMARY KEY, -- kept from being given to another
  run TEXT NOT NULL, -- of which import
  host TEXT NOT NULL,
  pid INTEGER NOT NULL,
  written_at INTEGER NOT NULL -- the last slice, Unix microseconds
);
"""

M019 = """
-- Words are prepared otherwise (ß as ss, nothing unseen inside): the steps up to the last one that
-- is indexed now are looked at again by a job; what recall searches is computed anew by its own.
INSERT OR REPLACE INTO totals VALUES ('index_anew_after', 0);
INSERT OR REPLACE INTO totals SELECT 'index_anew_last', coalesce(max(id), 0) FROM step_fts_docsize;
UPDATE recall_episodes SET digest = x'';
"""

M020 = """
-- Words are prepared otherwise (Greek without accents, the dotless i as i), and recall has the
-- parts of names that "_" joins: both are indexed again, as after the step before.
INSERT OR REPLACE INTO totals VALUES ('index_anew_after', 0);
INSERT OR REPLACE INTO totals SELECT 'index_anew_last', coalesce(max(id), 0) FROM step_fts_docsize;
UPDATE recall_episodes SET digest = x'';
"""

M021 = """
CREATE TABLE notes ( -- what a person wrote on an episode, or on one of its steps
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice: undoing puts a note back under it
  episode_id INTEGER NOT NULL REFERENCES episodes (id) ON DELETE CASCADE,
  seq INTEGER, -- position of the step; NULL for the episode
  text TEXT NOT NULL,
  author TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  salt BLOB NOT NULL -- of the digest in the log: without it nobody can try out what was written
);
CREATE INDEX notes_episode ON notes (episode_id);
-- Sorting 100,000 episodes by these takes 40 ms with an index, 150 to 185 ms without.
CREATE INDEX episodes_tokens_in ON episodes (tokens_in);
CREATE INDEX episodes_tokens_out ON episodes (tokens_out);
CREATE INDEX episodes_cost ON episodes (cost_usd);
CREATE INDEX episodes_duration ON episodes (ended_at - started_at);
"""

M022 = """
CREATE TABLE memory_notes ( -- what agents keep for later sessions, and people's instructions
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- the log names notes by it
  store TEXT NOT NULL, -- the kind of memory
  key TEXT NOT NULL, -- the file's path, or the store's own id
  path TEXT NOT NULL, -- of the file that held it last
  agent TEXT NOT NULL,
  author TEXT NOT NULL CHECK (author IN ('agent', 'person')),
  name TEXT NOT NULL,
  title TEXT NOT NULL,
  type TEXT NOT NULL,
  scope TEXT NOT NULL, -- the folder or project that it is for; '' for everywhere
  created_at INTEGER, -- as the memory says
  changed_at INTEGER,
  seen_at INTEGER NOT NULL, -- the last import that met it
  gone_at INTEGER, -- since when it is known to be gone from there
  UNIQUE (store, key)
);
CREATE INDEX memory_notes_path ON memory_notes (path);
CREATE TABLE memory_note_versions (
  note_id INTEGER NOT NULL REFERENCES memory_notes (id) ON DELETE CASCADE,
  number INTEGER NOT NULL, -- from 1, the oldest
  text TEXT NOT NULL,
  sha256 BLOB NOT NULL,
  written_at INTEGER, -- as the memory or the file says
  seen_at INTEGER NOT NULL, -- the import that met it first
  PRIMARY KEY (note_id, number)
) WITHOUT ROWID;
CREATE TABLE memory_note_links (
  note_id INTEGER NOT NULL REFERENCES memory_notes (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('session', 'note')),
  position INTEGER NOT NULL,
  target TEXT NOT NULL, -- a session's key, or a link as the note writes it
  PRIMARY KEY (note_id, kind, position)
) WITHOUT ROWID;
CREATE VIRTUAL TABLE memory_note_words USING fts5 ( -- a row a note: its latest text
  name, words, content='', contentless_delete=1,
  tokenize="porter unicode61 remove_diacritics 2 tokenchars '_' categories 'L* N* Co M*'"
);
"""
