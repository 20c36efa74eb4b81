"""The fields of mini-SWE-agent's envelope and messages that are read."""

from __future__ import annotations

import msgspec

from hpm_engine.ingest.json.raw_values import NO_JSON
from hpm_engine.ingest.json.typed import TypedDecoder


class ReplyMessage(msgspec.Struct):
    """The message in a provider's reply; only its readable reasoning is used."""

    reasoning: object = None
    reasoning_content: object = None


class MiniChoice(msgspec.Struct):
    """One choice of a reply."""

    message: ReplyMessage | None = None


class MiniUsage(msgspec.Struct):
    """Tokens and cost of a reply."""

    prompt_tokens: object = None
    completion_tokens: object = None
    cost: object = None


class MiniReply(msgspec.Struct):
    """The provider's raw reply."""

    created: object = None
    model: object = None
    choices: list[MiniChoice] | None = None
    usage: MiniUsage | None = None


class Command(msgspec.Struct):
    """A command, which the second format names beside the text."""

    command: object = None


class Extra(msgspec.Struct):
    """The agent's own facts beside a message."""

    response: MiniReply | None = None
    actions: list[Command] | None = None
    cost: object = None
    timestamp: object = None
    returncode: object = None
    exit_status: object = None


class MiniMessage(msgspec.Struct):
    """One message of a trajectory."""

    role: str = ""
    content: object = None
    extra: Extra | None = None
    tool_calls: msgspec.Raw = NO_JSON
    tool_call_id: object = None


class ModelConfig(msgspec.Struct):
    """The model of the run."""

    model_name: object = None


class EnvironmentConfig(msgspec.Struct):
    """The environment of commands."""

    cwd: object = None


class MiniConfig(msgspec.Struct):
    """The settings of the run."""

    model: ModelConfig | None = None
    environment: EnvironmentConfig | None = None


class MiniStats(msgspec.Struct):
    """The sums over the run."""

    instance_cost: object = None


class MiniInfo(msgspec.Struct):
    """Facts about the run."""

    exit_status: object = None
    model_stats: MiniStats | None = None
    config: MiniConfig | None = None


class Envelope(msgspec.Struct):
    """The whole file."""

    messages: list[msgspec.Raw] = []
    info: MiniInfo | None = None
    instance_id: object = None


ENVELOPE = TypedDecoder(Envelope)
MESSAGE = TypedDecoder(MiniMessage)
