"""What of a mini-SWE-agent trajectory is read: the fields of its envelope and messages."""

from __future__ import annotations

import msgspec

from hpm_engine.ingest.json.typed import TypedDecoder


class ReplyMessage(msgspec.Struct):
    """The message in a provider's reply: only its readable reasoning is of use."""

    reasoning: object = None
    reasoning_content: object = None


class Choice(msgspec.Struct):
    """One choice of a reply."""

    message: ReplyMessage | None = None


class Usage(msgspec.Struct):
    """What a reply cost."""

    prompt_tokens: object = None
    completion_tokens: object = None
    cost: object = None


class Reply(msgspec.Struct):
    """The provider's raw reply."""

    created: object = None
    model: object = None
    choices: list[Choice] | None = None
    usage: Usage | None = None


class Command(msgspec.Struct):
    """A command that the second format names beside the text."""

    command: object = None


class Extra(msgspec.Struct):
    """What the agent keeps beside a message."""

    response: Reply | None = None
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
    tool_calls: msgspec.Raw = msgspec.Raw(b"")
    tool_call_id: object = None


class ModelConfig(msgspec.Struct):
    """Which model was asked."""

    model_name: object = None


class EnvironmentConfig(msgspec.Struct):
    """Where commands ran."""

    cwd: object = None


class MiniConfig(msgspec.Struct):
    """How the run was set up."""

    model: ModelConfig | None = None
    environment: EnvironmentConfig | None = None


class Stats(msgspec.Struct):
    """The run's sums."""

    instance_cost: object = None


class MiniInfo(msgspec.Struct):
    """About the run."""

    exit_status: object = None
    model_stats: Stats | None = None
    config: MiniConfig | None = None


class Envelope(msgspec.Struct):
    """The whole file."""

    messages: list[msgspec.Raw] = []
    info: MiniInfo | None = None
    instance_id: object = None


ENVELOPE = TypedDecoder(Envelope)
MESSAGE = TypedDecoder(MiniMessage)
