"""Small sessions in lines, by the agent that writes them."""

from __future__ import annotations

from typing import Any

from tests.support.files.copilot_lines import COPILOT_CLI
from tests.support.files.pi_lines import PI

AGENT_LINES: dict[str, list[dict[str, Any]]] = {
    "copilot-cli": COPILOT_CLI,
    "pi": PI,
}
