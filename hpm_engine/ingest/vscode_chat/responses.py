"""A reply of a chat: what its items say and do, in their order."""

from __future__ import annotations

from typing import Any

from hpm_engine.ingest.json.plain_values import first_text, items, mapping, text
from hpm_engine.ingest.steps.uris import path_of
from hpm_engine.ingest.vscode_chat.calls import asked_calls, chat_call, model_result
from hpm_engine.values.episodes import Part, PartKind

_TOOL = "toolInvocationSerialized"
# What the window showed of work under way, or asked for: no words of the model.
_PROGRESS = frozenset(
    (
        *("autoModeResolution", "clearToPreviousToolInvocation", "codeblockUri", "codeCitation"),
        *("command", "confirmation", "elicitation", "elicitation2", "elicitationSerialized"),
        *("extensions", "hook", "mcpServersStarting", "multiDiffData", "notebookEditGroup"),
        *("prepareToolInvocation", "progressMessage", "progressTask", "progressTaskSerialized"),
        *("pullRequest", "questionCarousel", "todoList", "treeData", "undoStop", "workspaceEdit"),
    )
)


class ChatReply:
    """The parts of one reply: texts without a call between them are one message.

    ``unshown`` are results that only the model read, under the names of their tools.
    """

    def __init__(self, request: dict[str, Any]) -> None:
        self.parts: list[Part] = []
        self.unshown: list[str] = []
        self.waiting: list[str] = []  # ids of the calls without a result
        self.unknown: list[str] = []  # kinds of items that were not read
        self._words: list[str] = []
        self._results: list[Part] = []
        metadata = mapping(mapping(request.get("result")).get("metadata"))
        response = _items(request.get("response"))
        calls = sum(item.get("kind") == _TOOL for item in response)
        asked = asked_calls(metadata)
        if len(asked) != calls:  # which is which cannot be told
            asked = []
        for item in response:
            if item.get("kind") == _TOOL:
                self._call(item, asked.pop(0) if asked else {}, metadata)
            else:
                self._say(item)
        self._end_message()
        self.parts += self._results

    def _call(self, item: dict[str, Any], asked: dict[str, Any], metadata: dict[str, Any]) -> None:
        self._end_message()
        call, result, ended = chat_call(item, asked)
        self.parts.append(call)
        read = model_result(metadata, text(asked.get("id")))
        if result is not None:
            self._results.append(result)
        elif not ended and not read:
            self.waiting.append(call.call_id)
        if read and (result is None or read not in result.text):
            self.unshown.append(f"{call.name}:\n{read}")

    def _say(self, item: dict[str, Any]) -> None:
        kind = item.get("kind")
        if kind == "thinking":
            self._end_message()
            value = item.get("value")
            thoughts = "".join(map(text, items(value))) or text(value)
            if thoughts.strip():
                self.parts.append(Part(PartKind.REASONING, thoughts))
        elif kind in (None, "markdownContent", "markdownVuln", "warning"):
            self._words.append(_markdown(item))
        elif kind == "inlineReference":
            self._words.append(_reference(item))
        elif kind == "textEditGroup":
            self._words.append(_edit(item))
        elif kind not in _PROGRESS:
            self.unknown.append(text(kind)[:40])

    def _end_message(self) -> None:
        words = "".join(self._words)
        self._words = []
        if words.strip():
            self.parts.append(Part(PartKind.MESSAGE, words))


def _items(response: object) -> list[dict[str, Any]]:
    """The items of a response; older ones are a text or one item."""
    if isinstance(response, str):
        return [{"value": response}]
    if isinstance(response, dict):
        inner = response.get("value")
        return _items(inner) if isinstance(inner, list) else [response]
    return [{"value": item} if isinstance(item, str) else mapping(item) for item in items(response)]


def _markdown(item: dict[str, Any]) -> str:
    value = item.get("value")
    content = item.get("content")
    return first_text(value, mapping(value).get("value"), content, mapping(content).get("value"))


def _reference(item: dict[str, Any]) -> str:
    """A symbol or a file in a text, as the chat shows it."""
    reference = mapping(item.get("inlineReference"))
    place = reference.get("uri") or mapping(reference.get("location")).get("uri") or reference
    path = path_of(place)
    name = first_text(item.get("name"), reference.get("name"), path.rpartition("/")[2])
    return f"`{name}`" if name else ""


def _edit(item: dict[str, Any]) -> str:
    """An edit of a file: its path, and the new texts."""
    groups = items(item.get("edits"))
    edits = (edit for group in groups for edit in (group if isinstance(group, list) else [group]))
    texts = [words for edit in edits if (words := text(mapping(edit).get("text")))]
    return "\n".join((f"\n[edited {path_of(item.get('uri'))}]", *texts, ""))
