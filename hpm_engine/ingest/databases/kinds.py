"""The kinds of databases that are read, in the order in which they are asked."""

from __future__ import annotations

from hpm_engine.ingest.databases.kind import DatabaseKind

KINDS: tuple[DatabaseKind, ...] = ()
