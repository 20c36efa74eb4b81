"""What agents print on a console: Claude Code, Gemini CLI and mini-SWE-agent."""

from __future__ import annotations

CLAUDE = """\
claude
╭──────────────────────────────╮
│ ✻ Welcome to Claude Code!    │
│                              │
│   cwd: /home/me/clock        │
│                              │
│   • Model: opus-4            │
╰──────────────────────────────╯

> fix the clock,
  it is late

✻ Thinking…

  The user wants the clock fixed.

⏺ I'll look first.

⏺ Bash(pytest -q)…
  ⎿  Waiting…

  ⎿  Error: 1 failed
     … +12 lines (ctrl+r to expand)

⏺ Update Todos
  ⎿\xa0 ☐ Fix the clock
     ☒ Look

⏺ It is:
  - late
  - slow

=============== Previous Conversation Compacted ===============

> /cost
  ⎿  Total cost: $1

> thanks
"""
GEMINI = """\
gemini

 ███            █████████  ██████████ ██████   ██████
░░░███         ███░░░░░███░░███░░░░░█░░██████ ██████
 ███░         ░░█████████  ██████████ █████     █████

> fix the clock

✦ I'll look first.
  Then I fix it.
 ╭─────────────────────────────╮
 │ ✔  Shell pytest -q          │
 │                             │
 │    1 failed                 │
 ╰─────────────────────────────╯
 ╭─────────────────────────────╮
 │ -  Edit clock.py            │
 ╰─────────────────────────────╯

\N{INFORMATION SOURCE} Request cancelled.

╭─────────────────────────────╮
│  > go on                    │
│    please                   │
╰─────────────────────────────╯

✕ [API Error: 429 Too Many Requests]
"""
_RULE = "─" * 40
_LOG_ERROR = """\
04:07:03 - LiteLLM:ERROR: litellm_logging.py:4483 - Error creating standard logging object
Traceback (most recent call last):
  File "proxy_server.py", line 74, in <module>
    import backoff
ModuleNotFoundError: No module named 'backoff'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "proxy_server.py", line 80, in <module>
ImportError: Missing dependency No module named 'backoff'.
"""
MINI_START = (
    "\x1b[?2004hroot@box:/app# source /installed-agent/setup-env.sh\r\n"
    "root@box:/app# mini -m anthropic/claude-4 -t 'Fix the clock' -y\r\n"
)
MINI_STEPS = f"""
System:
You are a helpful assistant.

User:
Please solve this issue: Fix the clock
{_RULE}
\x1b[2K⠼ Waiting for the LM to respond...\r
mini-swe-agent (step 1, $0.01):
THOUGHT: Look around.

```bash
cat notes
```


User:
{_LOG_ERROR}
<returncode>1</returncode>
<output>
User:
not a header
</output>
{_RULE}
{_LOG_ERROR}
mini-swe-agent (step 2, $0.03):
I am not sure.

User:
Please always provide EXACTLY ONE action.
{_RULE}

mini-swe-agent (step 3, $0.04):
Done.

```bash
echo COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT
```


User:
All done.
{_RULE}
Saved trajectory to '/root/last.traj.json'
"""
