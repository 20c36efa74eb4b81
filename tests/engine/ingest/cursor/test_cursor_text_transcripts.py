from __future__ import annotations

import pytest

from hpm_engine.ingest.detect import NotATrace, detect
from hpm_engine.values.episodes import StepFlag
from tests.support.files.trace_sources import memory_source, read_one, shown

PATH = "projects/home-mira/agent-transcripts/chat-1.txt"
TEXT = """user:
<user_info>
Workspace Path: /home/mira
</user_info>
<user_query>
Fix the ferry
</user_query>

assistant:
[Thinking] I list.
  Then I look.
I look.
[Tool call] Shell
  command=rm a.py
    --force

[Tool result] Shell
  no right
[Tool call] Read
  {"path": "a.py"}
It is done.

user:
Thanks, says the user: yes
"""


@pytest.mark.parametrize("text", [TEXT, TEXT.replace("\n", "\r\n"), "\ufeff" + TEXT, TEXT.rstrip()])
def test_a_chat_in_text(text: str) -> None:
    episode, steps = read_one(memory_source(text.encode(), PATH))
    assert shown(steps) == [
        [("message", "<user_info>\nWorkspace Path: /home/mira\n</user_info>")],
        [("message", "Fix the ferry")],
        [
            ("reasoning", "I list.\nThen I look."),
            ("message", "I look.\nIt is done."),
            ("call", "command=rm a.py\n  --force"),
            ("call", '{"path": "a.py"}'),
            ("result", "no right"),
        ],
        [("message", "Thanks, says the user: yes")],
    ]
    assert [part.name for part in steps[2].parts[2:4]] == ["Shell", "Read"]
    assert steps[0].flags == StepFlag.INJECTED
    assert (episode.format, episode.agent) == ("cursor-transcript", "cursor")
    assert (episode.key, episode.task) == ("chat-1", "Fix the ferry")


def test_a_chat_outside_its_folder_needs_a_query() -> None:
    episode, _ = read_one(memory_source(b"user:\n<user_query>\nGo\n</user_query>\n", "a.txt"))
    assert (episode.task, episode.key != "a") == ("Go", True)
    verdict = detect(memory_source(b"user:\nmira\npassword:\nnone\n", "a.txt"))
    assert isinstance(verdict, NotATrace)


def test_each_message_is_found_byte_for_byte() -> None:
    data = TEXT.encode()
    _, steps = read_one(memory_source(data, PATH))
    last = data[steps[-1].raw_start :][: steps[-1].raw_size]
    assert last == b"user:\nThanks, says the user: yes"
