"""Recorded recalls as spans of OpenTelemetry."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hpm_engine import CannotWrite, Memory, open_memory
from tests.support.command_runs import run
from tests.support.written_episodes import step, write


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with open_memory(tmp_path / "a.hpm", create=True, actor="agent:writer") as memory:
        write(memory, [step(1, "the kiln needs zanzibar clay")])
        memory.recall.prepare()
        memory.recall.ask("zanzibar")
        memory.recall.ask("nothing of the kind")
        yield memory


def spans(path: Path) -> list[dict[str, Any]]:
    (resource,) = json.loads(path.read_bytes())["resourceSpans"]
    (scope,) = resource["scopeSpans"]
    listed: list[dict[str, Any]] = scope["spans"]
    return listed


def facts(span: dict[str, Any]) -> dict[str, str]:
    return {each["key"]: next(iter(each["value"].values())) for each in span["attributes"]}


def test_each_recall_is_a_span_without_what_was_asked(memory: Memory, tmp_path: Path) -> None:
    target = tmp_path / "recalls.json"
    exported = memory.recall.export_spans(target)
    listed = spans(target)
    assert exported.recalls == len(listed) == 2
    assert "zanzibar" not in target.read_text()
    for span, recall in zip(listed, memory.recall.past(), strict=True):
        assert re.fullmatch("[0-9a-f]{32}", span["traceId"])
        assert re.fullmatch("[0-9a-f]{16}", span["spanId"])
        assert int(span["endTimeUnixNano"]) == recall.at * 1000
        took = int(span["endTimeUnixNano"]) - int(span["startTimeUnixNano"])
        assert took == pytest.approx(recall.ms * 1e6, abs=1)
        named = facts(span)
        assert named["gen_ai.operation.name"] == span["name"] == "search_memory"
        assert named["gen_ai.memory.store.id"] == memory.settings.all()["store_id"]
        assert named["hpm.recall.actor"] == "agent:writer"
        assert named["hpm.recall.hits"] == str(len(recall.hits))
        assert not named.keys() & {"gen_ai.memory.query.text", "gen_ai.memory.records"}
    row = memory.audit.page()[-1]
    assert (row.action, row.subject, row.after) == ("export", "recalls", exported.sha256)


def test_texts_stand_in_it_only_where_they_are_asked_for(memory: Memory, tmp_path: Path) -> None:
    plain, full = tmp_path / "plain.json", tmp_path / "full.json"
    memory.recall.export_spans(plain)
    memory.recall.export_spans(full, texts=True)
    assert [span["spanId"] for span in spans(plain)] == [span["spanId"] for span in spans(full)]
    asked = {facts(span)["gen_ai.memory.query.text"]: facts(span) for span in spans(full)}
    assert asked.keys() == {"zanzibar", "nothing of the kind"}
    (record,) = json.loads(asked["zanzibar"]["gen_ai.memory.records"])
    assert record["id"] == "episode:1" and isinstance(record["score"], float)


def test_the_command_writes_them_and_no_store_is_overwritten(
    memory: Memory, tmp_path: Path
) -> None:
    target = tmp_path / "recalls.json"
    with pytest.raises(CannotWrite, match="is the store itself"):
        memory.recall.export_spans(memory.path)
    written = run("export", memory.path, "--otel", "-o", target)
    assert (written.exit_code, "2 recalls written" in written.stdout) == (0, True)
    assert len(spans(target)) == 2
    assert "2 recalls exported for OpenTelemetry, without what" in run("audit", memory.path).stdout
    full = run("export", memory.path, "--otel", "--otel-texts", "-o", target, "--json")
    assert json.loads(full.stdout)["recalls"] == 2 and "zanzibar" in target.read_text()
    for wrong in (["--otel"], ["--otel-texts", "-o", target], ["--otel", "1", "-o", target], []):
        assert run("export", memory.path, *wrong).exit_code == 2


def test_a_store_without_recalls_gives_a_document_without_spans(tmp_path: Path) -> None:
    with open_memory(tmp_path / "a.hpm", create=True) as memory:
        assert memory.recall.export_spans(tmp_path / "none.json").recalls == 0
    assert spans(tmp_path / "none.json") == []
