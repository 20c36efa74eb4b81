"""Small sessions in lines, by the agent that writes them."""

from __future__ import annotations

from typing import Any

from tests.support.files.copilot_lines import COPILOT_CLI
from tests.support.files.grok_lines import ANTIGRAVITY, GROK_HISTORY, GROK_UPDATES
from tests.support.files.kimi_lines import KIMI_CLI, KIMI_CODE
from tests.support.files.other_agents import DEEPSEEK, DROID, DROID_STREAM, QWEN_CODE
from tests.support.files.pi_lines import PI
from tests.support.files.row_databases import CRUSH_ROWS, OPENCODE_ROWS

AGENT_LINES: dict[str, list[dict[str, Any]]] = {
    "antigravity": ANTIGRAVITY,
    "copilot-cli": COPILOT_CLI,
    "crush": CRUSH_ROWS,
    "deepseek-harness": DEEPSEEK,
    "droid": DROID,
    "droid-stream": DROID_STREAM,
    "grok-history": GROK_HISTORY,
    "grok-updates": GROK_UPDATES,
    "kimi-code": KIMI_CODE,
    "kimi-legacy": KIMI_CLI,
    "opencode": OPENCODE_ROWS,
    "pi": PI,
    "qwen-code": QWEN_CODE,
}
