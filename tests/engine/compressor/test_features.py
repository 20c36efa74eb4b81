"""What the mask networks are told of steps and identifiers, on an episode made for it."""

from __future__ import annotations

import numpy as np
import pytest

from hpm_engine.compressor.evidence.commands import Does, does
from hpm_engine.compressor.evidence.identifiers import EpisodeIdentifiers, Floats
from hpm_engine.compressor.evidence.scorer import Evidence, StoreWords
from hpm_engine.compressor.evidence.trajectory import trajectory
from hpm_engine.compressor.scorers import step_features, word_features
from hpm_engine.values.episodes import Part, PartKind, Step, StepFlag, StepSource

_SCRIPT = [
    ("cat src/pricing.py", "def convert_currency(amount):\n    return exchange_rate * amount"),
    ("grep -rn convert_currency src", "src/pricing.py:1:def convert_currency(amount):"),
    ("sed -i 's/amount/amount_due/' src/pricing.py", ""),
    ("pytest tests/test_pricing.py", "RoundingError: exchange_rate\nFAILED tests/test_pricing.py"),
    ("pytest tests/test_pricing.py", "1 passed"),
]


def step(seq: int, command: str, result: str) -> Step:
    parts = [
        Part(PartKind.MESSAGE, f"{seq}: now the invoice_total"),
        Part(PartKind.CALL, command, "bash"),
    ]
    flags = StepFlag.ERROR if "FAILED" in result else StepFlag(0)
    parts.append(Part(PartKind.RESULT, result))
    return Step(1, seq, StepSource.AGENT, flags, None, "", None, None, tuple(parts))


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    of = trajectory([step(seq, *texts) for seq, texts in enumerate(_SCRIPT)])
    store = StoreWords(3, needed={"exchange_rate": 2}, asked={}, acted={"convert_currency": 3})
    return Evidence(of, EpisodeIdentifiers(of), (), store, frozenset(["convert_currency"]))


@pytest.fixture(scope="module")
def steps(evidence: Evidence) -> Floats:
    return step_features.step_features(evidence)


@pytest.fixture(scope="module")
def words(evidence: Evidence) -> dict[str, Floats]:
    rows = word_features.word_features(evidence)
    assert rows.shape == (len(evidence.identifiers), word_features.WIDTH)
    return dict(zip(evidence.identifiers.words, rows, strict=True))


def test_each_step_is_told_what_its_command_does(steps: Floats) -> None:
    kinds = [Does.READ, Does.SEARCH, Does.EDIT, Does.TEST, Does.TEST]
    assert steps.shape == (5, step_features.WIDTH)
    assert [list(Does)[int(row[: len(Does)].argmax())] for row in steps] == kinds
    assert (steps[:, : len(Does)].sum(axis=1) == 1).all()


@pytest.mark.parametrize(
    ("name", "call", "kind"),
    [
        ("str_replace_editor", "str_replace_editor view /w/shop/price.py", Does.READ),
        ("str_replace_editor", "str_replace_editor create /w/a.py --file_text 'x'", Does.EDIT),
        ("str_replace_editor", '{"command": "view", "path": "/w/shop/price.py"}', Does.READ),
        ("str_replace_editor", '{"path": "/w/a.py", "command": "view"}', Does.READ),
        (
            "str_replace_based_edit_tool",
            '{"command": "str_replace", "path": "/w/a.py", "old_str": "{", "new_str": "view"}',
            Does.EDIT,
        ),
        ("bash", "grep -rn view shop && cat shop/price.py", Does.SEARCH),
    ],
)
def test_an_editor_that_only_looks_reads(name: str, call: str, kind: Does) -> None:
    part = Part(PartKind.CALL, call, name)
    assert does(Step(1, 0, StepSource.AGENT, StepFlag(0), None, "", None, None, (part,))) is kind


def test_a_step_that_looks_and_edits_is_an_edit() -> None:
    calls = ('{"command": "view", "path": "/w/a.py"}', '{"command": "create", "path": "/w/b.py"}')
    parts = tuple(Part(PartKind.CALL, call, "str_replace_editor") for call in calls)
    step = Step(1, 0, StepSource.AGENT, StepFlag(0), None, "", None, None, parts)
    assert does(step) is Does.EDIT


def test_errors_sources_and_tests_have_columns_of_their_own(steps: Floats) -> None:
    error, source, other = steps[:, 6], steps[:, 7], steps[:, 8]
    assert error.tolist() == [0, 0, 0, 1, 0]
    assert source.tolist() == [1, 0, 1, 0, 0]
    assert other.tolist() == [0, 0, 0, 1, 1]


def test_a_step_is_told_how_much_it_was_shown_what_is_new_and_where_it_stands(
    steps: Floats,
) -> None:
    shown = steps[:, 9]
    assert shown[0] == shown.max() and shown[2] == 0
    new, later = steps[:, 12], steps[:, 13]
    assert new[0] == 1 and new[4] < new[0]  # nothing is new in what is done again
    assert later[4] == 0  # nothing comes after the last step
    np.testing.assert_allclose(steps[:, 15], np.arange(5) / 5)
    np.testing.assert_allclose(steps[:, 15] + steps[:, 16], 1)
    assert steps[:, 18].tolist() == [0, 0, 0, 0, 1]  # the same action, word for word


def test_an_identifier_is_told_how_often_it_is_used_and_shown(words: dict[str, Floats]) -> None:
    total, acted, shown = words["convert_currency"][:3]
    assert np.expm1([total, acted, shown]) == pytest.approx([3, 1, 2])
    assert np.expm1(words["exchange_rate"][:3]) == pytest.approx([2, 0, 2])
    first, last = words["exchange_rate"][3:5]
    assert (first, last) == pytest.approx((0.0, 3 / 5))


def test_an_identifier_is_told_which_commands_hold_it(words: dict[str, Floats]) -> None:
    own_edit, other_edit, read, search, test, _ = (words["amount_due"][5:11] > 0).tolist()
    assert (own_edit, other_edit, read, search, test) == (True, False, False, False, False)
    assert words["convert_currency"][8] > 0  # searched for
    assert words["test_pricing"][9] == pytest.approx(np.log1p(2))  # tested twice


def test_an_identifier_is_told_what_texts_say_of_it(words: dict[str, Floats]) -> None:
    def said_of(word: str) -> list[float]:
        return list(words[word][11:15])  # path, thought, error, defined

    assert said_of("test_pricing")[0] == 1 and said_of("exchange_rate")[0] == 0
    assert said_of("invoice_total") == [0, 1, 0, 0]
    assert said_of("RoundingError")[2] == 1 and said_of("exchange_rate")[2] == 1
    assert said_of("convert_currency")[3] == 1 and said_of("exchange_rate")[3] == 0


def test_shape_task_and_store_are_told(words: dict[str, Floats]) -> None:
    under, private, upper, mixed, digit, common = words["RoundingError"][15:21].tolist()
    assert (under, private, upper, mixed, digit, common) == (0, 0, 0, 1, 0, 0)
    assert words["amount"][20] == 1 and words["amount_due"][15] == 1
    assert words["convert_currency"][22] == 1 and words["exchange_rate"][22] == 0
    needed, rate, asked, acted, episodes = words["exchange_rate"][23:].tolist()
    assert (needed, rate) == pytest.approx((np.log1p(2), np.sqrt(2 / 3)))
    assert (asked, acted) == (0, 0) and episodes == pytest.approx(np.log1p(3) / 5)
    assert words["convert_currency"][26] == pytest.approx(1.0)
    assert not words["amount"][23:27].any()
