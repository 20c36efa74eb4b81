"""Agents that live in an editor, and where the editor keeps what they write."""

from __future__ import annotations

from hpm_engine.ingest.discovery.place import LINUX, MACOS, WINDOWS, AgentPlaces, Each, Place

# Each editor made of VS Code has a folder of its own with the same folders in it.
_USERS = ("{config}/*/User", "~/.*-server*/data/User")


def _task_places(format_: str, extension: str) -> tuple[Place, ...]:
    return tuple(
        Place(
            format_,
            f"{user}/globalStorage/{extension}/tasks",
            (
                *("api_conversation_history.json", "ui_messages.json", "task_metadata.json"),
                "history_item.json",
            ),
            Each.FOLDER,
        )
        for user in _USERS
    )


EDITORS = (
    AgentPlaces("Cline", _task_places("cline", "saoudrizwan.claude-dev")),
    AgentPlaces("Roo Code", _task_places("roo-code", "rooveterinaryinc.roo-cline")),
    AgentPlaces("Kilo Code", _task_places("kilo-legacy", "kilocode.kilo-code")),
    AgentPlaces(
        "VS Code Copilot Chat",
        (
            *(
                Place(
                    "vscode-copilot-chat",
                    f"{user}/workspaceStorage",
                    ("chatSessions/*.json", "chatSessions/*.jsonl"),
                )
                for user in _USERS
            ),
            *(
                Place(
                    "vscode-copilot-chat",
                    f"{user}/globalStorage/emptyWindowChatSessions",
                    ("*.json", "*.jsonl"),
                )
                for user in _USERS
            ),
        ),
    ),
    AgentPlaces(
        "Cursor",
        (
            Place("cursor", "{config}/Cursor/User/globalStorage", ("state.vscdb",), Each.MANY),
            Place("cursor", "{config}/Cursor/User/workspaceStorage", ("state.vscdb",), Each.MANY),
        ),
    ),
    AgentPlaces(
        "Kiro",
        (
            Place("kiro-ide", "{config}/Kiro/User/globalStorage/kiro.kiroagent", ("*.chat",)),
            Place(
                "kiro-ide",
                "{config}/Kiro/User/globalStorage/kiro.kiroagent/workspace-sessions",
                ("*.json",),
            ),
            Place("kiro-ide", "~/.kiro/sessions", ("session.json", "messages.jsonl"), Each.FOLDER),
        ),
    ),
    AgentPlaces(
        "Zed",
        (
            Place("zed", "{data}/zed/threads", ("threads.db",), Each.MANY, (LINUX,)),
            Place("zed", "{data}/Zed/threads", ("threads.db",), Each.MANY, (MACOS, WINDOWS)),
        ),
    ),
)
