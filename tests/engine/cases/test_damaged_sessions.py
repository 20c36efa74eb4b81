"""Sessions after a crash, with records on one line, and as a list: nothing whole is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from hpm_engine.ingest.claude_code import ClaudeCodeReader
from hpm_engine.ingest.source import SourceFile
from hpm_engine.records import PartKind
from hpm_engine.reports import SourceAccount

CASES = Path(__file__).parents[2] / "cases"


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
