"""Statements that change a store's file behind the program's back."""

from __future__ import annotations

from pathlib import Path

from hpm_engine.store.file.driver import load_driver

# What takes the last step of the schema back, the last two, and so on.
WITHOUT_SECRETS = (
    "DROP TABLE secret_places",
    "DROP TABLE secrets",
    "DROP TABLE secret_key",
    "DROP INDEX sources_read",
    "ALTER TABLE sources DROP COLUMN masked",
    "ALTER TABLE sources DROP COLUMN read_size",
    "ALTER TABLE sources DROP COLUMN read_sha256",
    "DELETE FROM _sqlite_migrations WHERE name = 'm031_secrets'",
)
WITHOUT_AUDIT_TREE = (
    *WITHOUT_SECRETS,
    "DROP TABLE audit_checkpoints",
    "DROP TABLE audit_contents",
    "DROP TABLE audit_leaves",
    "DROP TABLE audit_nodes",
    "DROP TABLE audit_head",
    "ALTER TABLE audit DROP COLUMN state",
    "DELETE FROM _sqlite_migrations WHERE name = 'm030_audit_tree'",
)
WITHOUT_HANDED = (
    *WITHOUT_AUDIT_TREE,
    "DROP TABLE handed",
    "DROP TABLE handed_sessions",
    "DELETE FROM _sqlite_migrations WHERE name = 'm029_handed'",
)
WITHOUT_TRASH = (
    *WITHOUT_HANDED,
    "DROP TABLE trash",
    "DROP TABLE quarantine",
    "DROP TABLE erased",
    "DROP TABLE erasures",
    "DELETE FROM _sqlite_migrations WHERE name = 'm028_trash_and_erasure'",
)
WITHOUT_BACKUPS = (
    *WITHOUT_TRASH,
    "DROP TABLE backups",
    "DROP TABLE backup_plan",
    "DROP TABLE backup_mark",
    "DROP TABLE earlier_log",
    "DELETE FROM _sqlite_migrations WHERE name = 'm027_backups'",
)
WITHOUT_CHECKPOINTS = (
    *WITHOUT_BACKUPS,
    "DROP TABLE checkpoint_words",
    "DROP TABLE checkpoint_pieces",
    "DROP TABLE state_pieces",
    "DROP TABLE checkpoints",
    "DELETE FROM _sqlite_migrations WHERE name = 'm026_checkpoints'",
)
WITHOUT_ROWS_OF_DATABASES = (
    *WITHOUT_CHECKPOINTS,
    "ALTER TABLE sources DROP COLUMN rows_sha256",
    "DELETE FROM _sqlite_migrations WHERE name = 'm025_rows_of_databases'",
)
WITHOUT_PROPOSALS = (
    *WITHOUT_ROWS_OF_DATABASES,
    "DROP TABLE proposals",
    "DELETE FROM _sqlite_migrations WHERE name = 'm024_proposals'",
)
WITHOUT_CHOSEN_SOURCES = (
    *WITHOUT_PROPOSALS,
    "DROP TABLE chosen_sources",
    "DROP TABLE read_files",
    "DROP INDEX sources_imported",
    "DELETE FROM _sqlite_migrations WHERE name = 'm023_chosen_sources'",
)
WITHOUT_MEMORY_NOTES = (
    *WITHOUT_CHOSEN_SOURCES,
    "DROP TABLE memory_note_links",
    "DROP TABLE memory_note_versions",
    "DROP TABLE memory_note_words",
    "DROP TABLE memory_notes",
    "DELETE FROM _sqlite_migrations WHERE name = 'm022_memory_notes'",
)
WITHOUT_NOTES = (
    *WITHOUT_MEMORY_NOTES,
    "DROP TABLE notes",
    "DROP INDEX episodes_tokens_in",
    "DROP INDEX episodes_tokens_out",
    "DROP INDEX episodes_cost",
    "DROP INDEX episodes_duration",
    "DELETE FROM _sqlite_migrations WHERE name = 'm021_notes'",
)


def change(path: Path, *statements: str) -> None:
    connection = load_driver().connect(str(path))
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
