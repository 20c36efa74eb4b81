"""Sessions after a crash, with records on one line, and as a list: nothing whole is lost."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from hpm_engine.ingest.claude_code.reader import ClaudeCodeReader
from hpm_engine.ingest.codex.reader import CodexReader
from hpm_engine.ingest.detect import detect
from hpm_engine.ingest.gemini.reader import GeminiCliReader
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.values.episodes import PartKind, StepFlag
from hpm_engine.values.reports import SourceAccount
from tests.support.cases import CASES


def steps_of(path: Path) -> tuple[int, str, SourceAccount]:
    """How many steps a session has, its texts, and the account of its file."""
    source = SourceFile(str(path), path.stat().st_size, lambda: path.open("rb"))
    (draft,) = ClaudeCodeReader().read(source)
    steps = list(draft.steps)
    texts = "\n".join(part.text for step in steps for part in step.parts)
    assert any(part.kind is PartKind.MESSAGE for step in steps for part in step.parts)
    return len(steps), texts, source.account.sums()


@pytest.mark.parametrize(
    ("case", "steps", "damaged", "mended"),
    [("10-nul-padding", 6, 0, 3), ("11-spliced-lines", 5, 1, 1)],
)
def test_a_damaged_session_keeps_every_whole_record(
    case: str, steps: int, damaged: int, mended: int
) -> None:
    (path,) = (CASES / case).glob("*.jsonl")
    count, _, account = steps_of(path)
    assert (count, account.damaged, account.mended) == (steps, damaged, mended)


def test_the_record_before_the_padding_is_whole() -> None:
    (path,) = (CASES / "10-nul-padding").glob("*.jsonl")
    assert "Ochre, the warm one" in steps_of(path)[1]


@pytest.mark.parametrize(("name", "records"), [("line-each.json", 4), ("pretty.json", 2)])
def test_a_list_of_lines_is_read_like_the_lines(name: str, records: int) -> None:
    count, _, account = steps_of(CASES / "48-json-array-of-lines" / name)
    assert (count, account.damaged, account.mended) == (records, 0, 0)


def codex(data: bytes) -> list[tuple[str, list[str], tuple[int, int]]]:
    """The key, own words and own tokens of each session of a rollout."""
    source = SourceFile("rollout.jsonl", len(data), lambda: io.BytesIO(data))
    read = []
    for draft in CodexReader().read(source):
        own = [step for step in draft.steps if not step.flags & StepFlag.COPIED]
        tokens = sum(s.tokens_in or 0 for s in own), sum(s.tokens_out or 0 for s in own)
        texts = [part.text for step in own for part in step.parts]
        read.append((draft.key, texts, tokens))
    return read


@pytest.mark.parametrize("begun", [20, 41, 120])
def test_a_head_written_again_behind_its_beginning_is_the_same(begun: int) -> None:
    whole = (CASES / "02-codex-fork" / "rollout-fork.jsonl").read_bytes()
    assert codex(whole[:begun] + whole) == codex(whole)


@pytest.mark.parametrize("name", ["rollout-parent.jsonl", "rollout-fork.jsonl"])
def test_a_rollout_and_its_copy_in_one_file_count_once(name: str) -> None:
    whole = (CASES / "02-codex-fork" / name).read_bytes()
    assert codex(whole + whole) == codex(whole)


@pytest.mark.parametrize("name", ["rollout-parent.jsonl", "rollout-fork.jsonl"])
@pytest.mark.parametrize("each", [2, 3, 100])
def test_rollouts_with_several_records_on_a_line_are_read_whole(name: str, each: int) -> None:
    whole = (CASES / "02-codex-fork" / name).read_bytes()
    lines = whole.splitlines()
    joined = [b"".join(lines[start : start + each]) for start in range(0, len(lines), each)]
    assert codex(b"\n".join(joined) + b"\n") == codex(whole)


@pytest.mark.parametrize("padding", ["before", "behind", "both"])
def test_a_document_padded_by_a_crash_is_read_and_the_damage_said(padding: str) -> None:
    (path,) = (CASES / "31-gemini-session-context").glob("*.json")
    before, behind = padding != "behind", padding != "before"
    data = bytes(600 * before) + path.read_bytes() + bytes(4096 * behind)
    source = SourceFile("session.json", len(data), lambda: io.BytesIO(data))
    reader = detect(source)
    assert isinstance(reader, GeminiCliReader)
    (draft,) = reader.read(source)
    assert draft.task == "Candle the eggs"
    assert (source.account.mended, source.account.damaged) == (1, 0)


def test_raw_line_breaks_in_a_text_stay_line_breaks() -> None:
    (path,) = (CASES / "11-spliced-lines").glob("*.jsonl")
    data = path.read_bytes().replace(b"Three kilos of", b"Three kilos\n\tof")
    source = SourceFile("a.jsonl", len(data), lambda: io.BytesIO(data))
    (draft,) = ClaudeCodeReader().read(source)
    texts = [part.text for step in draft.steps for part in step.parts]
    assert "Three kilos\n\tof lanolin." in texts
