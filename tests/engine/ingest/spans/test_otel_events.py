from __future__ import annotations

from pathlib import Path

import pytest

from hpm_engine.errors import NothingToImport
from hpm_engine.ingest.detect import detect
from hpm_engine.ingest.sources.walk import walk
from hpm_engine.values.episodes import StepFlag
from tests.support.files.trace_sources import memory_source, read_all, shown


def test_the_real_events_are_two_sessions_of_prompts_and_calls(data: Path) -> None:
    (source,) = walk([data / "otel-and-langfuse" / "codemie-otel-events"])
    (first, steps), (second, others) = read_all(source)  # type: ignore[arg-type]
    assert first.task == "Build the analytics loader"
    assert second.task == "research the indexer"
    assert first.cwd == "/Users/dev/projects/codemie-code"
    assert [step.tokens_in for step in steps if step.model] == [18_200, 18_900, 21_700]
    names = [[part.name for part in step.parts if part.kind == "call"] for step in steps]
    assert [name for name in names if name] == [["Edit", "Edit", "Bash"], ["Read"]]
    assert [bool(step.flags & StepFlag.ERROR) for step in steps if step.parts] == [
        *[False] * 3,
        True,
    ]
    assert shown(others)[0] == [("message", "research the indexer")]


def test_metrics_alone_are_no_session() -> None:
    line = b'{"_type":"metric","name":"lines","value":1,"attrs":{"session.id":"s"}}\n'
    source = memory_source(line * 2)
    with pytest.raises(NothingToImport, match="telemetry without a prompt"):
        list(detect(source).read(source))  # type: ignore[union-attr]
