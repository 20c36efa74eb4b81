"""The kinds of databases that are read, in the order in which they are asked."""

from __future__ import annotations

from hpm_engine.ingest.crush.tables import DATABASES as CRUSH
from hpm_engine.ingest.cursor.editor import CursorEditorDatabase
from hpm_engine.ingest.cursor.store import CursorStoreDatabase
from hpm_engine.ingest.databases.kind import DatabaseKind
from hpm_engine.ingest.goose.database import GooseDatabase
from hpm_engine.ingest.hermes.database import HermesDatabase
from hpm_engine.ingest.kiro.conversations import KiroDatabase
from hpm_engine.ingest.memory_notes.database_kinds import NOTE_DATABASES
from hpm_engine.ingest.opencode.tables import DATABASES as OPENCODE
from hpm_engine.ingest.pi.openclaw_database import OpenClawDatabase
from hpm_engine.ingest.warp.database import WarpDatabase
from hpm_engine.ingest.zed.database import ZedDatabase

KINDS: tuple[DatabaseKind, ...] = (
    CursorEditorDatabase(),
    CursorStoreDatabase(),
    GooseDatabase(),
    HermesDatabase(),
    KiroDatabase(),
    *NOTE_DATABASES,
    OpenClawDatabase(),
    WarpDatabase(),
    ZedDatabase(),
    *OPENCODE,
    *CRUSH,
)
