"""Which of its names a Claude Code session goes by."""

from __future__ import annotations

from typing import Any

import pytest

from hpm_engine.ingest.steps.first_lines import TITLE_LENGTH
from tests.support.files.claude_code_lines import READER, SESSION, agent, said, user
from tests.support.files.line_sources import Line, jsonl, only, source_of

ASKED = [user("go"), agent(said("hi"))]


def custom(title: Any, session: str = SESSION) -> Line:
    return {"type": "custom-title", "customTitle": title, "sessionId": session}


def guess(title: Any, session: str = SESSION) -> Line:
    return {"type": "ai-title", "aiTitle": title, "sessionId": session}


def titles(*lines: Line) -> tuple[str | None, str]:
    draft, _ = only(READER, source_of(jsonl(*lines)))
    return draft.title, draft.agent_title


@pytest.mark.parametrize(
    ("lines", "given"),
    [
        ([custom("one"), custom("two")], ("two", "")),
        ([custom("two"), guess("other")], ("two", "other")),
        ([guess("same"), custom("same")], ("same", "")),
        ([guess("first"), guess("second"), guess(" ")], ("second", "")),
        ([custom("one"), custom("")], ("", "")),
        ([guess("other"), custom("one"), custom(" \t\n")], ("other", "")),
        ([custom("\u200b\u2060\ufeff\u3164\u2800")], ("", "")),
        ([custom("one"), custom(None)], ("one", "")),
        ([custom(42), guess(["x"])], ("", "")),
        ([custom("two\nlines  of\tit")], ("two lines of it", "")),
        ([custom("another's", "other-session")], ("", "")),
    ],
)
def test_the_last_name_holds_wherever_it_stands(lines: list[Line], given: tuple[str, str]) -> None:
    assert titles(*ASKED, *lines) == given
    assert titles(*lines, *ASKED) == given


def test_a_very_long_title_is_cut() -> None:
    title, _ = titles(*ASKED, custom("word " * 5_000))
    assert title and len(title) <= TITLE_LENGTH and title.endswith("…")


@pytest.mark.parametrize(
    ("before", "after", "given"),
    [
        ([custom("parent's")], [], ("parent's", "")),
        ([custom("parent's")], [guess("own")], ("own", "")),
        ([custom("parent's"), guess("theirs")], [custom("own")], ("own", "")),
        ([custom("parent's", "parent")], [], ("", "")),
        ([], [custom("parent's", "parent"), guess("own")], ("own", "")),
    ],
)
def test_a_forks_own_name_goes_before_those_that_it_copied(
    before: list[Line], after: list[Line], given: tuple[str, str]
) -> None:
    copied = [{**line, "forkedFrom": {"sessionId": "parent"}} for line in ASKED]
    own = [user("fork it", 5), agent(said("done"), message="m9")]
    assert titles(*copied[:1], *before, *copied[1:], *own, *after) == given
