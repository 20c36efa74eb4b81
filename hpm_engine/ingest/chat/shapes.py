"""Trajectories whose items are observations and actions instead of messages with roles."""

from __future__ import annotations

import msgspec

from hpm_engine.ingest.json.raw_values import NO_JSON, raw_text
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.conversation import Conversation
from hpm_engine.values.episodes import Part, PartKind, StepSource


class Metadata(msgspec.Struct):
    """The thought of an agent before a browser action."""

    cot: object = None


class ActionItem(msgspec.Struct):
    """An item of the agent data protocol (``class_``) or of a browser trajectory."""

    class_: str = ""
    source: object = None
    content: object = None
    description: object = None
    language: object = None
    function: object = None
    kwargs: msgspec.Raw = NO_JSON
    url: object = None
    axtree: object = None
    metadata: Metadata | None = None
    action: msgspec.Raw = NO_JSON


ACTION = TypedDecoder(ActionItem)


def action_kind(item: dict[str, object]) -> str:
    """The format of an item: "adp" (agent data protocol), "browser" (pages, actions) or ""."""
    kind = item.get("class_")
    if isinstance(kind, str) and kind.endswith(("_observation", "_action")):
        return "adp"
    return "browser" if "axtree" in item and "url" in item else ""


def add_action(conversation: Conversation, item: ActionItem, raw: tuple[int, int]) -> None:
    """Add one observation or action."""
    if item.class_.endswith("_observation"):
        _add_observation(conversation, item, raw)
    elif item.class_:
        _add_step(conversation, item, raw)
    elif bytes(item.action):
        thought = text_of(item.metadata.cot) if item.metadata else ""
        call = Part(PartKind.CALL, raw_text(item.action), "browser")
        conversation.say(StepSource.AGENT, "", raw, reasoning=thought, calls=[call])
    else:
        _add_page(conversation, item, raw)


def _add_observation(conversation: Conversation, item: ActionItem, raw: tuple[int, int]) -> None:
    if item.class_ == "web_observation":
        _add_page(conversation, item, raw)
    elif item.source == "user" and not (conversation.last and conversation.last.waiting):
        conversation.say(StepSource.USER, text_of(item.content), raw)
    else:
        conversation.answer("", text_of(item.content), raw)


def _add_step(conversation: Conversation, item: ActionItem, raw: tuple[int, int]) -> None:
    text = text_of(item.description)
    if item.class_ == "code_action":
        call = Part(PartKind.CALL, text_of(item.content), text_of(item.language) or "code")
    elif item.class_ == "api_action":
        call = Part(PartKind.CALL, raw_text(item.kwargs), text_of(item.function) or "call")
    else:
        conversation.say(StepSource.AGENT, text_of(item.content), raw, reasoning=text)
        return
    conversation.say(StepSource.AGENT, text, raw, calls=[call])


def _add_page(conversation: Conversation, item: ActionItem, raw: tuple[int, int]) -> None:
    text = "\n".join(filter(None, (text_of(item.url), text_of(item.axtree))))
    if conversation.last is not None:
        conversation.answer("", text, raw)
    else:
        conversation.say(StepSource.USER, text, raw)
