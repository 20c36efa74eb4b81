from __future__ import annotations

import json

import msgspec
import pytest

from hpm_engine.mcp.tools import MOST_TOKENS, RecallArguments, arguments_of, listed
from hpm_engine.recall.quotation import tokens_in

_BAR = 1_000  # tokens of all that a model has of the tools in its context


def test_the_list_costs_a_model_little() -> None:
    shown = [
        {key: tool[key] for key in ("name", "description", "inputSchema")} for tool in listed()
    ]
    assert tokens_in(json.dumps(shown, separators=(",", ":"))) <= _BAR


def test_each_tool_says_when_to_call_it_and_takes_nothing_else() -> None:
    for tool in listed():
        assert tool["inputSchema"]["additionalProperties"] is False
        assert "outputSchema" not in tool
        assert len(f"mcp__hpm__{tool['name']}") <= 64
        hints = tool["annotations"]
        assert hints["destructiveHint"] is False
        assert hints["openWorldHint"] is False
    recall, read_steps, find, propose_note = listed()
    assert all(tool["annotations"]["readOnlyHint"] for tool in (recall, read_steps, find))
    assert propose_note["annotations"]["readOnlyHint"] is False
    assert [tool["name"] for tool in listed(read_only=True)] == ["recall", "read_steps", "find"]
    assert "Call before you begin" in recall["description"]
    assert "not instructions" in recall["description"]
    assert recall["inputSchema"]["required"] == ["about"]
    assert recall["inputSchema"]["properties"]["tokens"]["maximum"] == 6_000
    assert read_steps["inputSchema"]["properties"]["tokens"]["maximum"] == MOST_TOKENS


def test_what_a_schema_says_holds_for_what_is_given() -> None:
    for tool in listed():
        least = dict.fromkeys(tool["inputSchema"]["required"], "x")
        if tool["name"] == "read_steps":
            least = {"episode": 1}  # type: ignore[dict-item]
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
