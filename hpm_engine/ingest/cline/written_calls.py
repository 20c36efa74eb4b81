"""Calls that earlier versions wrote into the prose: ``<read_file><path>…</path></read_file>``."""

from __future__ import annotations

from hpm_engine.ingest.steps.wrappers import element, inside, opening_tag
from hpm_engine.values.episodes import Part, PartKind

TOOLS = frozenset(
    (
        *("execute_command", "read_file", "write_to_file", "replace_in_file", "apply_diff"),
        *("insert_content", "search_and_replace", "search_files", "list_files", "edit_file"),
        *("list_code_definition_names", "browser_action", "use_mcp_tool", "access_mcp_resource"),
        *("ask_followup_question", "attempt_completion", "plan_mode_respond", "new_task"),
        *("switch_mode", "load_mcp_documentation", "fetch_instructions", "codebase_search"),
        *("update_todo_list", "generate_image", "condense", "new_rule", "web_fetch", "web_search"),
        *("run_slash_command", "use_skill", "report_bug", "summarize_task"),
    )
)
# Tools whose call is what the person reads, each with the field that holds it.
VISIBLE = {"attempt_completion": "result", "plan_mode_respond": "response"}


def written_calls(text: str) -> tuple[str, list[Part]]:
    """The prose around the calls in a text, and the calls with their arguments as they stand."""
    around: list[str] = []
    calls: list[Part] = []
    unended: set[str] = set()
    position = start = 0
    while (start := text.find("<", start)) >= 0:
        name, _ = opening_tag(text, start)
        found = element(text, start) if name in TOOLS and name not in unended else None
        if found is None:
            unended.add(name)
            start += 1
            continue
        around.append(text[position:start])
        calls.append(Part(PartKind.CALL, found.inner.strip("\n"), name))
        position = start = found.end
    return ("".join(around) + text[position:]).strip() if calls else text, calls


def visible_words(call: Part, value: object) -> str:
    """What a person reads of a call of one of ``VISIBLE``; ``value`` are its decoded arguments."""
    field = VISIBLE[call.name]
    words = value.get(field) if isinstance(value, dict) else None
    return words if isinstance(words, str) else inside(call.text, field) or call.text
