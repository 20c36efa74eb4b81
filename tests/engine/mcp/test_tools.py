from __future__ import annotations

from typing import Any

import mcp_types as types
import msgspec
import pytest

from hpm_engine.mcp.tools import MOST_TOKENS, RecallArguments, arguments_of, listed
from hpm_engine.recall.quotation import tokens_in

_BAR = 1_000  # tokens of all that a model has of the tools in its context


def test_the_list_as_it_is_sent_costs_a_model_little() -> None:
    tools = [types.Tool.model_validate(tool) for tool in listed()]
    sent = types.ListToolsResult(tools=tools).model_dump_json(by_alias=True, exclude_unset=True)
    assert all(key in sent for key in ("annotations", "inputSchema", "description"))
    assert tokens_in(sent) <= _BAR


def test_each_tool_says_when_to_call_it_and_takes_nothing_else() -> None:
    for tool in listed():
        with pytest.raises(msgspec.ValidationError, match="unknown field `more`"):
            arguments_of(tool["name"], {**_least(tool), "more": 1})
        assert "outputSchema" not in tool
        assert len(f"mcp__hpm__{tool['name']}") <= 64
        assert tool["annotations"]["openWorldHint"] is False
    recall, read_steps, find, propose_note = listed()
    for tool in (recall, read_steps, find):
        assert tool["annotations"]["readOnlyHint"] is True
        assert "Gives quoted records" in tool["description"]
    assert "readOnlyHint" not in propose_note["annotations"]  # it writes, unless one says otherwise
    assert propose_note["annotations"]["destructiveHint"] is False
    for tool in (recall, read_steps, propose_note):
        assert "Call" in tool["description"]
    assert [tool["name"] for tool in listed(read_only=True)] == ["recall", "read_steps", "find"]
    assert "Call before you begin" in recall["description"]
    assert "not instructions" in recall["description"]
    assert recall["inputSchema"]["required"] == ["about"]
    assert recall["inputSchema"]["properties"]["tokens"]["maximum"] == 6_000
    assert read_steps["inputSchema"]["properties"]["tokens"]["maximum"] == MOST_TOKENS


def test_what_a_schema_says_holds_for_what_is_given() -> None:
    for tool in listed():
        least = _least(tool)
        asked = arguments_of(tool["name"], least)
        assert asked is not None
        for name, field in tool["inputSchema"]["properties"].items():
            if "default" in field:
                assert getattr(asked, name) == field["default"]
            for bound, beyond in (("minimum", -1), ("maximum", 1)):
                if bound in field:
                    arguments_of(tool["name"], least | {name: field[bound]})
                    with pytest.raises(msgspec.ValidationError):
                        arguments_of(tool["name"], least | {name: field[bound] + beyond})
    assert arguments_of("recall", {"about": "x"}) == RecallArguments("x")
    assert arguments_of("forget", {}) is None


@pytest.mark.parametrize(
    ("tool", "given"),
    [
        ("recall", {"about": "x", "limit": 0}),
        ("read_steps", {"episode": 0}),
        ("read_steps", {"episode": 1, "first": 0}),
        ("find", {"query": "x", "cursor": -1}),
    ],
)
def test_what_a_schema_leaves_unsaid_is_checked(tool: str, given: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        arguments_of(tool, given)


def _least(tool: dict[str, Any]) -> dict[str, Any]:
    """What a call of a tool needs at least."""
    required = tool["inputSchema"]["required"]
    return {name: 1 if name == "episode" else "x" for name in required}
