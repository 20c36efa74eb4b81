from __future__ import annotations

from typing import Any

import pytest

from hpm_engine.ingest.detect import NotATrace, detect
from tests.support.files.trace_sources import document

FILES: dict[str, Any] = {
    "Cline CLI": {"session_id": "s", "pid": 1, "started_at": "t", "cwd": "/w"},
    "screen's copy": [{"ts": 1, "type": "say", "say": "text", "text": "Go"}],
    "its model": {"files_in_context": [], "model_usage": []},
    "What is known of a task": [{"id": "1", "ts": 1, "task": "Go", "tokensIn": 1}],
    "Continue": [{"sessionId": "s", "title": "t", "dateCreated": "1"}],
    "Vibe": {"session_id": "s", "environment": {}, "stats": {"steps": 1}},
    "Entire": {"checkpoint_id": "c", "strategy": "manual", "session_id": "s"},
    "data in an export of ChatGPT": {"id": "u", "chatgpt_plus_user": True},
    "data in an export of Claude.ai": [{"uuid": "u", "full_name": "Mo"}],
    "shared links": [{"conversation_id": "c", "is_anonymous": False}],
}


@pytest.mark.parametrize("word", FILES)
def test_a_file_beside_a_session_says_where_what_it_knows_goes(word: str) -> None:
    verdict = detect(document(FILES[word]))
    assert isinstance(verdict, NotATrace)
    assert word in verdict.reason
    assert "does not read yet" not in verdict.reason
