"""Small sessions in lines, by the agent that writes them."""

from __future__ import annotations

from typing import Any

from tests.support.files.copilot_lines import COPILOT_CLI
from tests.support.files.other_agents import DEEPSEEK, DROID, DROID_STREAM, QWEN_CODE
from tests.support.files.pi_lines import PI

AGENT_LINES: dict[str, list[dict[str, Any]]] = {
    "copilot-cli": COPILOT_CLI,
    "deepseek-harness": DEEPSEEK,
    "droid": DROID,
    "droid-stream": DROID_STREAM,
    "pi": PI,
    "qwen-code": QWEN_CODE,
}
