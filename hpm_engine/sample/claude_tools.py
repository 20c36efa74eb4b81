"""Claude Code's tools: their names, their arguments and the shapes of their results."""

from __future__ import annotations

from typing import Any

from hpm_engine.sample.script import Act

Answer = tuple[str, Any]  # the text for the model, and the structured twin


def call(act: Act, home: str) -> tuple[str, dict[str, Any]]:
    """The tool's name and its arguments."""
    path = f"{home}/{act.path}"
    match act.tool:
        case "read":
            window = {"offset": act.start, "limit": act.output.count("\n") + 1}
            return "Read", {"file_path": path} | (window if act.start > 1 else {})
        case "search":
            return "Grep", {"pattern": act.command, "output_mode": "content", "-n": True}
        case "run":
            return "Bash", {"command": act.command, "description": _describe(act.command)}
        case "edit":
            return "Edit", {"file_path": path, "old_string": act.old, "new_string": act.new}
        case "write":
            return "Write", {"file_path": path, "content": act.new}
        case "plan":
            return "TodoWrite", {"todos": _todos(act)}
        case _:
            prompt = {"description": act.title, "prompt": act.command}
            return "Task", prompt | {"subagent_type": "general-purpose"}


def answer(act: Act, home: str) -> Answer:
    """The result as the model saw it, and its structured twin."""
    if not act.ok:
        return _failure(act)
    path = f"{home}/{act.path}"
    match act.tool:
        case "read":
            lines = act.output.count("\n") + 1
            file = {"filePath": path, "content": act.output, "numLines": lines}
            file |= {"startLine": act.start, "totalLines": act.total}
            return numbered(act.output, act.start), {"type": "text", "file": file}
        case "search":
            return _search(act)
        case "run":
            twin = {"stdout": act.output, "stderr": "", "interrupted": False, "isImage": False}
            return act.output, twin
        case "edit":
            shown = numbered(act.output, max(1, act.start - 3))
            text = f"The file {path} has been updated. Here's the result of running `cat -n` on a "
            return f"{text}snippet of the edited file:\n{shown}", _edited(act, path)
        case "write":
            return act.output, {"type": "create", "filePath": path, "content": act.new}
        case "plan":
            return "Todos have been modified successfully. Proceed with the current task.", {
                "oldTodos": [],
                "newTodos": _todos(act),
            }
        case _:
            return act.output, None


def numbered(text: str, start: int) -> str:
    """Lines with their numbers, as ``cat -n`` shows them."""
    return "\n".join(f"{start + index:6}→{line}" for index, line in enumerate(text.split("\n")))


def _failure(act: Act) -> Answer:
    if act.tool == "run":
        text = f"Exit code 1\n{act.output}"
        return text, f"Error: {text}"
    return f"<tool_use_error>{act.output}</tool_use_error>", f"Error: {act.output}"


def _search(act: Act) -> Answer:
    files = sorted({item.split(":")[0] for item in act.items})
    text = "\n".join(act.items) or "No matches found"
    twin = {"mode": "content", "numFiles": len(files), "filenames": files}
    return text, twin | {"content": "\n".join(act.items), "numLines": len(act.items)}


def _edited(act: Act, path: str) -> dict[str, Any]:
    old, new = act.old.split("\n"), act.new.split("\n")
    lines = [f"-{line}" for line in old] + [f"+{line}" for line in new]
    patch = {"oldStart": act.start, "oldLines": len(old), "newStart": act.start}
    return {
        "filePath": path,
        "oldString": act.old,
        "newString": act.new,
        "originalFile": None,
        "structuredPatch": [patch | {"newLines": len(new), "lines": lines}],
        "userModified": False,
        "replaceAll": False,
    }


def _todos(act: Act) -> list[dict[str, str]]:
    states = ["completed"] * act.done + ["in_progress"] + ["pending"] * len(act.items)
    return [
        {"content": item, "status": state, "activeForm": f"Working on: {item}"}
        for item, state in zip(act.items, states, strict=False)
    ]


def _describe(command: str) -> str:
    words = command.split()
    if words[:1] == ["git"]:
        return f"Run git {words[1]}"
    return "Run the tests" if "test" in command else f"Run {words[0]}"
