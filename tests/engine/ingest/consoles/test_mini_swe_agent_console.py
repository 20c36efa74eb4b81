from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

from hpm_engine.ingest.detect import NotATrace, detect
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.walk import walk
from hpm_engine.values.episodes import Outcome, StepFlag, StepSource
from tests.support.files.console_texts import MINI_START, MINI_STEPS
from tests.support.files.trace_sources import memory_source, read_one, shown, tar_of, zip_of

CONSOLE = (MINI_START + MINI_STEPS).replace("\n", "\r\n").encode()
RESULTS = {
    "trial_name": "clock.1-of-1.2025",
    "task_id": "clock",
    "instruction": "Fix the clock",
    "is_resolved": True,
    "agent_started_at": "2025-08-08T03:59:17.767956+00:00",
    "agent_ended_at": "2025-08-08T04:10:55.745506+00:00",
}
TRIAL = {
    "run/clock/sessions/agent.log": CONSOLE,
    "run/clock/results.json": json.dumps(RESULTS).encode(),
    "run/clock/panes/post-agent.txt": MINI_STEPS.encode(),
    "run/clock/commands.txt": b"['clear', 'Enter']\n",
}


def sources(folder: Path) -> list[SourceFile]:
    trial = list(walk([folder]))
    assert all(isinstance(source, SourceFile) for source in trial)
    return trial  # type: ignore[return-value]


def test_the_console_is_told_as_steps_without_its_noise() -> None:
    episode, steps = read_one(memory_source(CONSOLE))
    assert shown(steps) == [
        [("message", "You are a helpful assistant.")],
        [("message", "Please solve this issue: Fix the clock")],
        [
            ("message", "THOUGHT: Look around."),
            ("call", "cat notes"),
            ("result", "<returncode>1</returncode>\n<output>\nUser:\nnot a header\n</output>"),
        ],
        [
            ("message", "I am not sure."),
            ("result", "Please always provide EXACTLY ONE action."),
        ],
        [
            ("message", "Done."),
            ("call", "echo COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT"),
            ("result", "All done."),
        ],
    ]
    assert [step.flags for step in steps[2:]] == [
        StepFlag.ERROR,
        StepFlag.NOT_EXECUTED,
        StepFlag.SUBMISSION,
    ]
    assert [round(step.cost_usd or 0, 4) for step in steps[2:]] == [0.01, 0.02, 0.01]
    assert (episode.model, episode.outcome) == ("anthropic/claude-4", Outcome.UNKNOWN)
    said = CONSOLE[steps[2].raw_start :][: steps[2].raw_size].decode()
    assert said.startswith("THOUGHT: Look around.")


def test_the_trials_results_beside_the_console_label_it_in_folders_and_archives(
    tmp_path: Path,
) -> None:
    for name, data in TRIAL.items():
        path = tmp_path / "folder" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    for name, packed in (("tar", tar_of(TRIAL, "xz")), ("zip", zip_of(TRIAL))):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"runs.{name}").write_bytes(packed)
    for kind in ("folder", "tar", "zip"):
        by_reader = [(source, detect(source)) for source in sources(tmp_path / kind)]
        read = [source for source, reader in by_reader if not isinstance(reader, NotATrace)]
        (log,) = read
        episode, _ = read_one(log)
        assert episode.key == "clock.1-of-1.2025"
        assert (episode.task_key, episode.outcome) == ("clock", Outcome.SUCCESS)
        assert episode.started_at == 1754625557767956
        assert episode.ended_at is not None


def test_a_run_that_broke_down_keeps_its_task_and_what_the_console_said(tmp_path: Path) -> None:
    folder = tmp_path / "clock"
    (folder / "sessions").mkdir(parents=True)
    (folder / "sessions" / "agent.log").write_bytes(
        MINI_START.encode() + b"bash: mini: not found\r\n"
    )
    (folder / "results.json").write_text(json.dumps({**RESULTS, "is_resolved": None}))
    episode, steps = read_one(sources(folder)[1])
    assert [step.source for step in steps] == [StepSource.USER, StepSource.SYSTEM]
    assert shown(steps)[0] == [("message", "Fix the clock")]
    assert "bash: mini: not found" in shown(steps)[1][0][1]
    assert steps[1].flags == StepFlag.ERROR
    assert episode.outcome is Outcome.UNKNOWN


def test_every_real_console_has_the_steps_and_the_outcome_of_its_label(data: Path) -> None:
    folder = data / "terminal-bench-mini-logs"
    with (folder / "labels.csv").open() as table:
        labels = {row["dir"]: row for row in csv.DictReader(table)}
    outcomes: Counter[Outcome] = Counter()
    keys = set()
    for source in sources(folder / "runs.tar.xz"):
        reader = detect(source)
        if isinstance(reader, NotATrace) or reader.format == "asciinema":
            continue
        episode, steps = read_one(source)
        label = labels[source.name.partition("!/")[2].partition("sessions/")[0]]
        agent = [step for step in steps if step.source is StepSource.AGENT]
        assert len(agent) == int(label["max_step"]), source.name
        assert episode.task_key == label["task"]
        outcomes[episode.outcome] += 1
        keys.add(episode.key)
    assert len(keys) == len(labels) == 220
    assert outcomes == {Outcome.SUCCESS: 37, Outcome.FAILURE: 138, Outcome.UNKNOWN: 45}
