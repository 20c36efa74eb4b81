"""Identifiers found in many lines at once are those that a regular expression finds in each."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hpm_engine.compressor.evidence import identifiers
from hpm_engine.compressor.evidence.identifiers import IDENTIFIER, LONGEST, EpisodeIdentifiers
from hpm_engine.compressor.evidence.trajectory import EpisodeLines, trajectory
from hpm_engine.values.episodes import Part, PartKind, Step, StepFlag, StepSource

USUAL = ["get_url", "exchange_rate", "_hidden", "2nd_value", "short", "sixsix", "Sixsix"]
LONG = ["x" * LONGEST, "x" * (LONGEST + 1), "y" * (LONGEST - 1), "x" * 9, "x" * 9 + "y" * 9]
ODD = ["naïve_name", "größe_neu", "東京_tower", "\x00", "\r", "\x85", "\u2028", "a.b", "-", "\n\n"]
PARTS = st.sampled_from([*USUAL, *LONG, *ODD, "(", "\n", " "])
TEXTS = st.lists(PARTS | st.text("ab_1 \né", max_size=9), max_size=20).map("".join)
TOLD = st.tuples(st.sampled_from(PartKind), TEXTS)
TALKS = st.lists(st.tuples(st.booleans(), st.lists(TOLD, max_size=4)), max_size=6)


def talk(turns: list[tuple[bool, list[tuple[PartKind, str]]]]) -> EpisodeLines:
    steps = []
    for seq, (agent, texts) in enumerate(turns):
        source = StepSource.AGENT if agent else StepSource.USER
        parts = tuple(Part(kind, text) for kind, text in texts)
        steps.append(Step(1, seq, source, StepFlag(0), None, "", None, None, parts))
    return trajectory(steps)


def one_by_one(of: EpisodeLines) -> tuple[tuple[str, ...], list[tuple[int, int, int, int]]]:
    halves: dict[tuple[int, bool], Counter[str]] = {}
    for piece in of.pieces:
        counts = halves.setdefault((piece.seq, piece.acted), Counter())
        counts.update(IDENTIFIER.findall("\n".join(piece.lines)))
    ids: dict[str, int] = {}
    rows = [
        (ids.setdefault(word, len(ids)), seq, acted, times)
        for (seq, acted), counts in halves.items()
        for word, times in counts.items()
    ]
    return tuple(ids), rows


def in_blocks(of: EpisodeLines, lines: int, characters: int) -> EpisodeIdentifiers:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(identifiers, "_FEW", lines)
        patch.setattr(identifiers, "_AT_ONCE", characters)
        return EpisodeIdentifiers(of)


@settings(max_examples=200)
@given(TALKS, st.integers(1, 5), st.integers(0, 200))
@example([], 1, 0)
@example([(True, [(PartKind.MESSAGE, "")])], 1, 0)
def test_the_same_ones_are_found_one_by_one(
    turns: list[tuple[bool, list[tuple[PartKind, str]]]], lines: int, characters: int
) -> None:
    of = talk(turns)
    table = in_blocks(of, lines, characters)
    words, rows = one_by_one(of)
    assert table.words == words
    columns = table.word, table.step, table.acted, table.times
    assert list(zip(*(column.tolist() for column in columns), strict=True)) == rows
    for number, line in enumerate(of.lines):
        expected = sorted({table.ids[word] for word in IDENTIFIER.findall(line)})
        assert table.in_lines(np.array([number]))[1].tolist() == expected


def test_what_is_done_and_shown_in_turns_is_counted_by_halves() -> None:
    call, result = PartKind.CALL, PartKind.RESULT
    of = talk(
        [
            (True, [(call, "first_done"), (result, "seen_early"), (call, "seen_early later_done")]),
            (True, [(result, "first_done\nfirst_done"), (call, "seen_early")]),
            (True, [(call, "first_done first_done")]),
        ]
    )
    table = EpisodeIdentifiers(of)
    assert table.words == ("first_done", "seen_early", "later_done")
    assert table.word.tolist() == [0, 1, 2, 1, 0, 1, 0]
    assert table.step.tolist() == [0, 0, 0, 0, 1, 1, 2]
    assert table.acted.tolist() == [1, 1, 1, 0, 0, 1, 1]
    assert table.times.tolist() == [1, 1, 1, 1, 2, 1, 2]
    assert table.home().tolist() == [1, 0, 0]
