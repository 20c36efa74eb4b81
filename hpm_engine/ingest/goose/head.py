"""What Goose states of a session as a whole: in its first line, or in its row."""

from __future__ import annotations

import msgspec

from hpm_engine.ingest.steps.amounts import dollars, token_count
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.gathered import GatheredSession

FORMAT = "goose"


class GooseHead(msgspec.Struct):
    """The facts of a session. ``name`` is the person's if ``user_set_name`` says so."""

    id: object = None
    description: object = None
    name: object = None
    user_set_name: object = None
    working_dir: object = None
    parent_session_id: object = None
    accumulated_input_tokens: object = None
    accumulated_output_tokens: object = None
    accumulated_cost: object = None


def note_head(gathered: GatheredSession, head: GooseHead) -> None:
    """Take the facts of a session."""
    gathered.key = text_of(head.id) or gathered.key
    gathered.parent_key = text_of(head.parent_session_id)
    gathered.cwd = text_of(head.working_dir)
    name, described = text_of(head.name), text_of(head.description)
    named = head.user_set_name in (1, True)
    gathered.name = name if named else ""
    gathered.agent_name = described or ("" if named else name)
    gathered.tokens_in = token_count(head.accumulated_input_tokens)
    gathered.tokens_out = token_count(head.accumulated_output_tokens)
    gathered.cost = dollars(head.accumulated_cost)
