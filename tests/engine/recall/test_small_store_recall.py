"""Recall in a store that is small, or all about one thing."""

from __future__ import annotations

from pathlib import Path

import pytest

from hpm_engine.memory import Memory, open_memory
from hpm_engine.values.episodes import Part, PartKind
from tests.support.cases import CASES
from tests.support.written_episodes import write_parts


def recalled(memory: Memory, cue: str) -> list[int]:
    memory.recall.prepare()
    return [hit.episode.id for hit in memory.recall.ask(cue, k=20).hits]


def test_the_one_topic_of_a_store_is_recalled(tmp_path: Path) -> None:
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        memory.import_paths([CASES / "49-small-store-recall"])
        assert sorted(recalled(memory, "kiln")) == [1, 2]
        assert recalled(memory, "harpsichord") == []


@pytest.mark.parametrize("lengths", ["alike", "apart"])
@pytest.mark.parametrize(
    ("episodes", "having"), [(n, k) for n in (1, 2, 4, 8, 12) for k in range(1, n + 1)]
)
def test_all_that_have_the_word_are_recalled(
    tmp_path: Path, episodes: int, having: int, lengths: str
) -> None:
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        for number in range(episodes):
            subject = "kiln" if number < having else "boat"
            more = " and then some more" * number**2 if lengths == "apart" else ""
            write_parts(memory, Part(PartKind.MESSAGE, f"the {subject} number {number}{more}"))
        assert sorted(recalled(memory, "kiln")) == list(range(1, having + 1))


@pytest.mark.parametrize(
    ("cue", "text"),
    [
        ("评审会议", "明天下午三点开项目评审会议讨论排期"),
        ("会", "明天开会讨论"),
        ("メモリの調査", "メモリリークの調査をお願いします"),
        ("หน่วยความจำ", "ระบบหน่วยความจำรั่ว"),
        ("메모리", "메모리 누수를 조사해 주세요"),
        ("हिन्दी", "यह हिन्दी में है"),
        ("profile page", "getUserProfileById failed"),
        ("AuthToken", "AuthTokenProvider is null"),
        ("how to build C++", "C++ templates"),
        ("party 🎉", "🎉 shipped it"),
        ("ﬁle", "the file is gone"),
    ],
)
def test_a_cue_of_any_script_recalls_what_has_its_words(
    tmp_path: Path, cue: str, text: str
) -> None:
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        for number in range(4):
            write_parts(
                memory, Part(PartKind.MESSAGE, f"Something else, number {number}: C and Java")
            )
        episode = write_parts(memory, Part(PartKind.MESSAGE, text))
        assert recalled(memory, cue)[:1] == [episode]


def test_words_behind_line_breaks_of_commands_are_recalled(tmp_path: Path) -> None:
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        write_parts(memory, Part(PartKind.CALL, r'{"command": "cd x\nothers"}', "bash", "c"))
        episode = write_parts(
            memory, Part(PartKind.CALL, r'{"command": "cd x\nneedle"}', "bash", "c")
        )
        assert recalled(memory, "needle") == [episode]
