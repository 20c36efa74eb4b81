"""Kiro's readers: one for its command line, one for its editor."""

from __future__ import annotations

from hpm_engine.ingest.kiro import cli, ide
from hpm_engine.ingest.kiro.conversations import KiroConversations
from hpm_engine.ingest.kiro.events import KiroEvents
from hpm_engine.ingest.kiro.workspace import KiroWorkspaceSessions
from hpm_engine.ingest.sources.renderings import ReaderOf

KIRO_CLI = ReaderOf(cli.FORMAT, KiroConversations(), cli.KiroSessions())
KIRO_IDE = ReaderOf(ide.FORMAT, ide.KiroChats(), KiroWorkspaceSessions(), KiroEvents())
