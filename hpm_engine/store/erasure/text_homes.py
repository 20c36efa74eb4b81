"""Where texts live: the one registry of every column that can hold a text, and what erases it.

A test goes through the schema and fails for a column of text or bytes that is not named here.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from hpm_engine.store.search.recall_index import RecallField
from hpm_engine.store.search.search_index import TABLES


class Home(StrEnum):
    """How what a column holds is erased."""

    REWRITTEN = "rewritten"  # a mark takes its place wherever it stands
    DIGESTED = "digested"  # a name by which rows are known: a keyed digest takes its place
    PACKED = "packed"  # unpacked, looked through and written anew, or let go, by code of its own
    REMOVED = "removed"  # its row goes
    STAYS = "stays"  # cannot be taken out here: a preview says so
    NO_TEXT = "no text"  # digests, numbers, and words that the program alone writes


_R, _D, _P, _X = Home.REWRITTEN, Home.DIGESTED, Home.PACKED, Home.REMOVED
_S, _N = Home.STAYS, Home.NO_TEXT
HOMES: Mapping[str, Mapping[str, Home]] = MappingProxyType(
    {
        "settings": {"name": _N, "value": _R},
        "totals": {"name": _N},
        "sources": {
            **{"path": _R, "format": _N, "sha256": _N, "state": _N, "reason": _R},
            **{"account": _R, "rows_sha256": _N, "read_sha256": _N},
        },
        "raw_chunks": {"data": _P},
        "aside": {"path": _R, "sha256": _N},
        "aside_reasons": {"text": _R},
        "chosen_sources": {"path": _X, "agent": _R, "failure": _R},
        "read_files": {"path": _X, "aside_by": _N},
        "unfinished": {"run": _N, "host": _N},
        "episodes": {
            **{"format": _N, "key": _D, "parent_key": _D, "continues_key": _D, "session_key": _D},
            **{"agent": _R, "model": _R, "project": _R, "cwd": _R, "branch": _R, "task": _R},
            **{"outcome": _N, "tier": _N, "digest": _N, "title": _R, "agent_title": _R},
            "project_path": _R,
        },
        "steps": {"tool": _R, "model": _R, "digest": _N},
        "parts": {"name": _R, "call_id": _R},
        "texts": {"sha256": _N, "data": _P},
        "episode_tools": {"tool": _R},
        "tags": {"name": _R},
        "notes": {"text": _R, "author": _R, "salt": _N},
        "saved_searches": {"name": _R, "text": _R},
        "encoders": {"kind": _N, "name": _N, "sha256": _N, "made_with": _N},
        "vectors": {"positions": _N, "data": _P},
        "index_generations": {"name": _N, "sha256": _N},
        "recall_episodes": {"digest": _N},
        "changed_files": {"stem": _R, "path": _R},
        "recalls": {
            **{"actor": _R, "cue": _R, "destination": _R, "context_sha256": _N},
        },
        "recall_hits": {"shares": _N},
        "episode_use": {},
        "handed": {"kind": _N, "terms": _P, "used": _N},
        "handed_sessions": {"salt": _N, "state": _N},
        "prototype_members": {},
        "compressed": {"digest": _N, "data": _P},
        "episode_words": {"digest": _N, "data": _P},
        "prototype_space": {"encoder_sha256": _N, "origin": _N},
        "prototypes": {"mean": _P, "fisher": _P, "words": _R},
        "prototype_marks": {"name": _R},
        "cycles": {"scores": _R, "report": _R, "undo": _P},
        "refused_cycles": {"report": _R},
        "memory_notes": {
            **{"store": _N, "key": _D, "path": _R, "agent": _R, "author": _N, "name": _R},
            **{"title": _R, "type": _R, "scope": _R},
        },
        "memory_note_versions": {"text": _P, "sha256": _P},
        "memory_note_links": {"kind": _N, "target": _R},
        "proposals": {
            **{"agent": _R, "session": _D, "project": _R, "sha256": _P, "text": _P, "because": _R},
            **{"state": _N, "accepted": _R, "decided_by": _R, "salt": _N},
        },
        "checkpoints": {
            **{"thread": _P, "actor": _R, "kind": _R, "label": _P, "text": _P, "sha256": _N},
        },
        "checkpoint_pieces": {},
        "state_pieces": {"sha256": _N, "data": _P},
        "tuned_weights": {"model": _N, "sha256": _N, "verdict": _N, "data": _N},
        "audit": {
            **{"at": _N, "actor": _S, "action": _N, "subject": _S, "before": _N, "after": _N},
            **{"detail": _S, "state": _N, "previous": _N, "hash": _N},
        },
        "audit_head": {"store": _N, "begun_at": _N, "root": _N, "edge": _N},
        "audit_nodes": {"hash": _N},
        "audit_leaves": {"hashes": _N},
        "audit_contents": {"salt": _P, "text": _P},  # the rows stay, and their proofs hold
        "audit_checkpoints": {"note": _N},
        "secret_key": {"key": _N},
        "secrets": {"tag": _N, "rule": _N, "state": _N},
        "secret_places": {"tag": _N, "place": _N},
        "trash": {"actor": _R},
        "quarantine": {"kind": _N, "reason": _R, "actor": _R},
        "erased": {"digest": _N, "kind": _N, "stands_for": _N},
        "erasures": {"actor": _R, "report": _N},
        "backups": {"path": _S, "sha256": _N, "audit_head": _N},
        "backup_plan": {"every": _N, "folder": _S, "failure": _R},
        "backup_mark": {"store_id": _N, "audit_head": _N},
        "earlier_log": {"row": _R},
    }
)
# Full-text tables: their rows go with what they are made of, and their segments are merged.
WORD_TABLES = (
    *TABLES,
    *(field.value for field in RecallField),
    "memory_note_words",
    "checkpoint_words",
)


def columns(home: Home) -> list[tuple[str, str]]:
    """The tables and columns that are erased in one way."""
    return [
        (table, name) for table, each in HOMES.items() for name, how in each.items() if how is home
    ]
