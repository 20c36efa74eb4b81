"""Copies that leave the store: episodes in several forms, and the audit log."""
