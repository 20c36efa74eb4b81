"""Copies that leave the store: episodes, the audit log, backups."""
