"""opencode's plugin: a file of JavaScript that runs our hook and adds what it says.

opencode (1.x) loads each file of its ``plugins`` folder in Bun. ``chat.message`` brings what a
person typed, ``experimental.chat.system.transform`` lets a plugin add to the system prompt, and
the event ``session.idle`` says that the agent waits. Every failure is silent: no hook may stop
an agent.
"""

from __future__ import annotations

import json
from pathlib import Path

from hpm_engine.connecting.agents import ConnectableAgent
from hpm_engine.connecting.entries import HOOK_MODULE, hook_words

_MARK = "// Made by hpm connect; hpm disconnect removes it."
_TEXT = """\
{mark}
import {{ spawn }} from "node:child_process"

const COMMAND = {command}

function run(event, milliseconds) {{
  return new Promise((resolve) => {{
    let text = ""
    const done = () => {{
      try {{
        resolve(JSON.parse(text).hookSpecificOutput.additionalContext || "")
      }} catch {{
        resolve("")
      }}
    }}
    try {{
      const child = spawn(COMMAND[0], COMMAND.slice(1), {{ stdio: ["pipe", "pipe", "ignore"] }})
      const timer = setTimeout(() => child.kill(), milliseconds)
      child.stdout.on("data", (data) => (text += data))
      child.on("error", done)
      child.on("close", () => {{
        clearTimeout(timer)
        done()
      }})
      child.stdin.on("error", () => {{}})
      child.stdin.end(JSON.stringify(event))
    }} catch {{
      resolve("")
    }}
  }})
}}

export const HPM = async ({{ directory }}) => {{
  const waiting = new Map()
  const asked = new Set()
  const ask = (name, sessionID, more) =>
    run(
      {{ hook_event_name: name, session_id: sessionID, cwd: directory, ...more }},
      name === "Stop" ? 30000 : 2000,
    )
  return {{
    "chat.message": async (input, output) => {{
      if (asked.has(input.sessionID)) return
      asked.add(input.sessionID)
      const prompt = (output.parts || []).map((part) => part.text || "").join("\\n")
      const start = await ask("SessionStart", input.sessionID, {{ source: "startup" }})
      const recall = await ask("UserPromptSubmit", input.sessionID, {{ prompt }})
      waiting.set(input.sessionID, [start, recall].filter(Boolean).join("\\n"))
    }},
    "experimental.chat.system.transform": async (input, output) => {{
      const text = waiting.get(input.sessionID)
      if (text) output.system.push(text)
    }},
    event: async ({{ event }}) => {{
      if (event.type === "session.idle") await ask("Stop", event.properties.sessionID, {{}})
      if (event.type === "session.deleted") waiting.delete(event.properties.info?.id)
    }},
  }}
}}
"""


def plugin_text(agent: ConnectableAgent, store: Path) -> str:
    """The plugin's file for a store."""
    return _TEXT.format(mark=_MARK, command=json.dumps(hook_words(agent, store)))


def is_our_plugin(text: str) -> bool:
    """Whether a file of JavaScript is one of ours."""
    return text.startswith(_MARK) and HOOK_MODULE in text
