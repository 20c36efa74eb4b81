"""Small exports of assistants on the web: a tree with branches, and pages of activities."""

from __future__ import annotations

from typing import Any

Node = dict[str, Any]


def node(identity: str, parent: str | None, message: Node | None = None) -> Node:
    return {"id": identity, "parent": parent, "children": [], "message": message}


def chatgpt(
    identity: str, parent: str | None, role: str, at: float | None, content: Any, **more: Any
) -> Node:
    """A node; a text stands for a content of that text."""
    if isinstance(content, str):
        content = {"content_type": "text", "parts": [content]}
    message = {"id": identity, "author": {"role": role}, "create_time": at, "content": content}
    return node(identity, parent, message | {"recipient": "all", "metadata": {}} | more)


_MODEL = {"model_slug": "o-9"}
_NODES = [
    node("root", None),
    chatgpt(
        "h", "root", "system", None, "", metadata={"is_visually_hidden_from_conversation": True}
    ),
    chatgpt(
        "ctx",
        "h",
        "user",
        None,
        {"content_type": "user_editable_context", "user_instructions": "Speak like a miller."},
    ),
    chatgpt(
        "q1",
        "ctx",
        "user",
        1_767_225_600.5,
        {
            "content_type": "multimodal_text",
            "parts": [
                {"content_type": "image_asset_pointer", "asset_pointer": "file-service://f-1"},
                "How many sacks are there?",
            ],
        },
        metadata={
            "attachments": [
                {"name": "sacks.csv", "mime_type": "text/csv"},
                {"name": "mill.png", "mime_type": "image/png"},
            ]
        },
    ),
    chatgpt(
        "t1",
        "q1",
        "assistant",
        1_767_225_601.0,
        {"content_type": "thoughts", "thoughts": [{"summary": "Sacks", "content": "I count."}]},
        metadata=_MODEL,
    ),
    chatgpt(
        "c1",
        "t1",
        "assistant",
        1_767_225_602.0,
        {"content_type": "code", "text": "len(sacks)"},
        recipient="python",
        metadata=_MODEL,
    ),
    chatgpt(
        "r1",
        "c1",
        "tool",
        1_767_225_603.0,
        {"content_type": "execution_output", "text": "NameError"},
        author={"role": "tool", "name": "python"},
        metadata={"aggregate_result": {"status": "failed_with_in_kernel_exception"}},
    ),
    chatgpt("a1", "r1", "assistant", 1_767_225_604.0, "Seven.", metadata=_MODEL),
    chatgpt("q2", "a1", "user", 1_767_225_610.0, "Are you sure?"),
    chatgpt("a2", "q2", "assistant", 1_767_225_612.0, "No.", metadata=_MODEL),
    chatgpt("q2b", "a1", "user", 1_767_225_620.0, "Whose are they?"),
    chatgpt("a2b", "q2b", "assistant", 1_767_225_625.0, "The miller's.", metadata=_MODEL),
]
CHATGPT: list[dict[str, Any]] = [
    {
        "title": "Sacks",
        "create_time": 1_767_225_600.0,
        "update_time": 1_767_225_700.0,
        "mapping": {each["id"]: each for each in _NODES},
        "current_node": "a2b",
        "conversation_id": "c-1",
    },
    {"title": "Empty", "create_time": 1.5, "mapping": {"r": node("r", None)}, "id": "c-2"},
]


def _claude(number: int, parent: int, sender: str, text: str, **more: Any) -> dict[str, Any]:
    return {
        "uuid": f"m{number}",
        "parent_message_uuid": f"m{parent}",
        "sender": sender,
        "text": text,
        "content": [{"type": "text", "text": text}],
        "created_at": f"2026-02-03T04:05:{number:02}.5Z",
        "attachments": [],
        "files": [],
    } | more


CLAUDE_AI: list[dict[str, Any]] = [
    {
        "uuid": "k-1",
        "name": "The mill",
        "created_at": "2026-02-03T04:05:00Z",
        "chat_messages": [
            _claude(
                1,
                0,
                "human",
                "Grind the corn",
                attachments=[{"file_name": "corn.csv", "extracted_content": "rye,3"}],
                files=[{"file_name": "mill.png"}],
            ),
            _claude(
                2,
                1,
                "assistant",
                "I grind.\n```\nThis block is not supported on your current device yet.\n```",
                content=[
                    {"type": "thinking", "thinking": "Slowly."},
                    {"type": "text", "text": "I grind."},
                    {"type": "tool_use", "id": "c1", "name": "mill", "input": {"corn": "rye"}},
                    {
                        "type": "tool_result",
                        "tool_use_id": "c1",
                        "content": [{"type": "text", "text": "stuck"}],
                        "is_error": True,
                    },
                    {"type": "text", "text": "It is stuck."},
                    {"type": "token_budget"},
                ],
            ),
            _claude(3, 2, "human", "Again"),
            _claude(4, 3, "assistant", "Still stuck."),
            _claude(5, 3, "assistant", "Now it turns."),
        ],
    },
    {"uuid": "k-2", "name": "", "created_at": "2026-02-03T04:05:00Z", "chat_messages": []},
]


def cell(heading: str, content: str) -> str:
    """A cell of the page of a person's activities."""
    column = "content-cell mdl-cell mdl-cell--6-col mdl-typography--body-1"
    return (
        '<div class="outer-cell mdl-cell mdl-cell--12-col mdl-shadow--2dp"><div class="mdl-grid">'
        f'<div class="header-cell"><p class="mdl-typography--title">{heading}<br></p></div>'
        f'<div class="{column}">{content}</div>'
        f'<div class="{column} mdl-typography--text-right"></div>'
        "<div>Products: Gemini Apps</div></div></div>"
    )


def page(*cells: str) -> bytes:
    """A page of cells, the newest first."""
    head = '<html lang="en"><head><meta charset="utf-8"><title>My Activity</title></head><body>'
    return f"{head}<div>{''.join(cells)}</div></body></html>".encode()


PAGE = page(
    cell(
        "Gemini Apps",
        "Prompted&nbsp;Why &lt;b&gt;?<br>Mar 4, 2026, 9:08:31\u202fPM UTC<br>"
        "<p>Because &amp; so:</p><pre><code>if corn:\n    grind()</code></pre>"
        "<ul><li>one</li><li>two</li></ul>",
    ),
    cell("Gemini Apps", "Used Canvas feature<br>Mar 4, 2026, 9:00:00\u202fPM UTC<br>"),
    cell("Search", "Searched for&nbsp;corn<br>Mar 4, 2026, 8:00:00\u202fPM UTC<br>"),
    cell("Gemini Apps", "Prompted&nbsp;Hello<br>Mar 3, 2026, 7:00:00\u202fAM PST<br>"),
)
GEMINI_APPS: list[dict[str, Any]] = [
    {
        "header": "Gemini Apps",
        "title": "Prompted Why?",
        "time": "2026-03-04T21:08:31.250Z",
        "products": ["Gemini Apps"],
        "safeHtmlItem": [{"html": "<p>Because.</p>"}],
    },
    {"header": "Gemini Apps", "title": "Used Canvas", "time": "2026-03-04T21:00:00Z"},
    {"header": "Search", "title": "Searched for corn", "time": "2026-03-04T20:00:00Z"},
]
WEB_EXPORTS: dict[str, Any] = {
    "chatgpt": CHATGPT,
    "claude-ai": CLAUDE_AI,
    "gemini-apps": GEMINI_APPS,
}
