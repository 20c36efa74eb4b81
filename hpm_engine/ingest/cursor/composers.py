"""Chats of Cursor's editor: what a chat states of itself, and its bubbles in their order."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

import msgspec

from hpm_engine.ingest.cursor.bubbles import Bubble, BubbleSteps, BubbleTool, nested_bubble
from hpm_engine.ingest.json.raw_values import NO_JSON, elements, is_string, string
from hpm_engine.ingest.json.text import RAW_OBJECT
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.gathered import GatheredSession, Raw
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.drafts import EpisodeDraft
from hpm_engine.values.renderings import CURSOR

_TOOLS = 15  # the type of the capability that holds calls, before they were in bubbles


class BubbleHeader(msgspec.Struct, rename="camel"):
    """The place of a bubble in its chat."""

    bubble_id: object = None


class ComposerModel(msgspec.Struct, rename="camel"):
    """The model that a chat asks now."""

    model_name: object = None


class WorkspaceUri(msgspec.Struct, rename="camel"):
    """A folder."""

    fs_path: object = None


class WorkspaceIdentifier(msgspec.Struct):
    """The workspace of a chat."""

    uri: WorkspaceUri | None = None


class ComposerSubagent(msgspec.Struct, rename="camel"):
    """Whose agent started a chat."""

    parent_composer_id: object = None


class CapabilityData(msgspec.Struct, rename="camel"):
    """The calls of older chats, by the bubble that made them."""

    bubble_data_map: msgspec.Raw = NO_JSON


class Capability(msgspec.Struct):
    """Something that a chat can do."""

    type: object = None
    data: CapabilityData | None = None


class Composer(msgspec.Struct, rename="camel"):
    """A chat; its bubbles are in it, or rows of their own that the headers name."""

    composer_id: object = None
    name: object = None
    created_at: object = None
    last_updated_at: object = None
    headers: list[BubbleHeader] | None = msgspec.field(
        default=None, name="fullConversationHeadersOnly"
    )
    conversation: msgspec.Raw = NO_JSON
    capabilities: list[Capability] | None = None
    model_config: ComposerModel | None = None
    workspace_identifier: WorkspaceIdentifier | None = None
    subagent_info: ComposerSubagent | None = None


class AskTab(msgspec.Struct, rename="camel"):
    """A chat of the oldest versions."""

    tab_id: object = None
    chat_title: object = None
    last_send_time: object = None
    bubbles: msgspec.Raw = NO_JSON


_TOOL = TypedDecoder(BubbleTool)
Rows = Mapping[str, tuple[Bubble, Raw]]  # the bubbles of rows, by id, with their locations


def composer_draft(
    composer: Composer, bubbles: Rows, raw: Raw, cwd: str, account: Account, key: str = ""
) -> EpisodeDraft | None:
    """A chat as an episode; None for one in which nothing was said: a draft."""
    gathered = GatheredSession(CURSOR, text_of(composer.composer_id) or key)
    gathered.agent_name = text_of(composer.name)
    gathered.started_at = micros(composer.created_at)
    gathered.ended_at = micros(composer.last_updated_at) or gathered.started_at
    identifier = composer.workspace_identifier or WorkspaceIdentifier()
    gathered.cwd = text_of(identifier.uri.fs_path if identifier.uri else "") or cwd
    parent = composer.subagent_info or ComposerSubagent()
    gathered.parent_key = text_of(parent.parent_composer_id)
    steps, calls = BubbleSteps(gathered, account), _calls(composer)
    for item in elements(composer.conversation):
        bubble = nested_bubble(item, account)
        if bubble is None:
            account.miss("a bubble that is no object")
            continue
        bubble.tool_former_data = bubble.tool_former_data or calls.get(bubble.identity)
        steps.add(bubble, raw)
    shown = set()
    for header in composer.headers or []:
        identity = text_of(header.bubble_id)
        if identity in bubbles and identity not in shown:
            bubble, place = bubbles[identity]
            gathered.cwd = gathered.cwd or folder_of(bubble.workspace_uri)
            bubble.tool_former_data = bubble.tool_former_data or calls.get(identity)
            steps.add(bubble, place)
        elif identity not in shown:
            account.miss("a bubble that the database lacks")
        shown.add(identity)
    account.pass_over("a bubble that its chat shows no more", len(bubbles.keys() - shown))
    asked = composer.model_config or ComposerModel()
    gathered.model = text_of(asked.model_name)
    return _spoken(gathered)


def tab_draft(tab: AskTab, raw: Raw, cwd: str, account: Account) -> EpisodeDraft | None:
    """A chat of the oldest versions; the time of its last prompt is the only one it has.

    So it stands for the chat's beginning and end.
    """
    gathered = GatheredSession(CURSOR, text_of(tab.tab_id))
    gathered.agent_name, gathered.cwd = text_of(tab.chat_title), cwd
    gathered.started_at = gathered.ended_at = micros(tab.last_send_time)
    steps = BubbleSteps(gathered, account)
    for item in elements(tab.bubbles):
        bubble = nested_bubble(item, account)
        if bubble is None:
            account.miss("a bubble that is no object")
        else:
            steps.add(bubble, raw)
    return _spoken(gathered)


def _spoken(gathered: GatheredSession) -> EpisodeDraft | None:
    """The episode; None where nothing was said: the box for a prompt is a bubble, too."""
    said = any(part.text or part.name for turn in gathered.turns for part in turn.parts)
    models = (turn.model for turn in reversed(gathered.turns) if turn.model)
    gathered.model = next(models, gathered.model)
    return gathered.draft() if said else None


def folder_of(uri: str) -> str:
    """The path that a workspace's URI names; "" for none."""
    try:
        path = unquote(urlsplit(uri).path)
    except ValueError:
        return ""
    drive = path[1:2].isalpha() and path[2:3] == ":"
    return (path[1:] if drive else path).rstrip("/")


def _calls(composer: Composer) -> dict[str, BubbleTool]:
    """The calls of older chats, by the bubble that made them."""
    calls: dict[str, BubbleTool] = {}
    for capability in composer.capabilities or []:
        data = capability.data
        if capability.type != _TOOLS or data is None:
            continue
        packed = data.bubble_data_map
        text = string(packed).encode() if is_string(packed) else bytes(packed)
        try:
            by_bubble = RAW_OBJECT.decode(text)
        except (ValueError, RecursionError):
            continue
        for identity, raw in by_bubble.items():
            if (tool := _TOOL.nested(raw)) is not None:
                calls[identity] = tool
    return calls
