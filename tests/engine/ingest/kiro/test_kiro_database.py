from __future__ import annotations

from pathlib import Path

from hpm_engine.values.episodes import StepFlag
from tests.support.files.agent_databases import kiro, sessions
from tests.support.files.trace_sources import shown


def test_of_a_conversation_under_two_folders_the_newest_counts(tmp_path: Path) -> None:
    read = sessions(kiro(tmp_path / "data.sqlite3"))
    episode, steps = read["k1"]
    assert shown(steps) == [
        [("message", "Fix the ferry")],
        [
            ("message", "I look."),
            ("call", '{"command": "ls"}'),
            ("result", 'a.py\n{"n":1}'),
        ],
        [("message", "Done.")],
    ]
    assert (steps[1].parts[2].is_error, steps[1].flags) == (True, StepFlag.ERROR)
    assert (episode.format, episode.cwd) == ("kiro-cli", "/home/mira/ferry app")
    assert (episode.started_at, episode.ended_at) == (1772355600_000000, 1772355660_000000)
    assert [step.at for step in steps] == [1772355600_000000, 1772355601_000000, None]
    assert steps[1].model == "north-3"


def test_an_older_conversation_is_known_by_its_folder(tmp_path: Path) -> None:
    read = sessions(kiro(tmp_path / "data.sqlite3"))
    (key,) = read.keys() - {"k1"}
    episode, steps = read[key]
    assert (episode.cwd, len(steps)) == ("/home/mira/old", 2)
    assert steps[1].flags == StepFlag.UNANSWERED
